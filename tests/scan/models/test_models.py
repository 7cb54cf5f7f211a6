"""The contract of scan/models: each file loads, and each pattern in it is met by a line of its fixture.

A fixture is code with one line for each pattern: what is tested is that the engine, reading that line, comes to a path
that the pattern matches, through imports, aliases and calls. A new pattern without a line fails here at once.
"""

from pathlib import Path

import pytest
import yaml

import charter.scan
from charter.documents import load_yaml
from charter.scan.fact_base import load_facts
from charter.scan.facts import Framework, Sink

from .watched import FIXTURES, names_seen, not_seen, patterns_of

MODELS = sorted((Path(charter.scan.__file__).parent / "models").glob("*.yaml"))


@pytest.fixture(scope="module")
def frameworks() -> dict[str, Framework]:
    return {path.stem: Framework.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in MODELS}


def test_there_are_models_for_both_languages() -> None:
    facts = load_facts()
    assert len(facts.frameworks("python")) > 20
    assert len(facts.frameworks("typescript")) > 8


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_each_pattern_has_a_line_in_the_fixture(path: Path, frameworks: dict[str, Framework]) -> None:
    framework = frameworks[path.stem]
    names = names_seen(list(frameworks.values()), path.stem, framework.language)
    assert not_seen(framework, names) == []


def test_a_pattern_without_a_line_is_noticed(frameworks: dict[str, Framework]) -> None:
    flask = frameworks["flask"]
    sink = Sink(call=("flask.not_a_function_of_it",), argument=(0,), kind="html", what="nothing")
    more = flask.model_copy(update={"sinks": (*flask.sinks, sink)})
    names = names_seen(list(frameworks.values()), "flask", "python")
    assert not_seen(more, names) == ["flask.not_a_function_of_it"]


def test_no_fixture_is_left_without_a_model() -> None:
    assert {path.name.partition(".")[0] for path in FIXTURES.iterdir()} <= {path.stem for path in MODELS}


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_sinks_say_which_argument_or_what_is_assigned(path: Path, frameworks: dict[str, Framework]) -> None:
    for sink in frameworks[path.stem].sinks:
        assert bool(sink.call) != bool(sink.assign)
        assert sink.what


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_frameworks_have_names_of_their_own(path: Path, frameworks: dict[str, Framework]) -> None:
    names = [each.framework for each in frameworks.values()]
    assert names.count(frameworks[path.stem].framework) == 1


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_the_reader_of_users_files_reads_ours(path: Path, frameworks: dict[str, Framework]) -> None:
    assert load_yaml(path, Framework) == frameworks[path.stem]


def test_a_model_has_patterns(frameworks: dict[str, Framework]) -> None:
    assert all(patterns_of(each) for each in frameworks.values())
