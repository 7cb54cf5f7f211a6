"""Rubrics: the shipped one, a user's own, and mistakes in it."""

from pathlib import Path

import pytest
import yaml

from charter.errors import ConfigError
from charter.evaluate.rubric import Rubric, load_rubric, shipped_rubrics
from charter.records import Behaviour

DECIDED = {behaviour.value for behaviour in Behaviour} - {"unscored"}


@pytest.mark.parametrize("name", shipped_rubrics())
def test_every_shipped_rubric_shows_every_behaviour(name: str) -> None:
    rubric = load_rubric(name)
    assert rubric.name == name
    assert {example.verdict for example in rubric.examples} == DECIDED
    assert set(rubric.behaviours.model_dump()) == DECIDED


def write(path: Path, **changes: object) -> Path:
    data = {**load_rubric("default").model_dump(), **changes}
    path.write_text(yaml.safe_dump(data, sort_keys=True), encoding="utf-8")
    return path


def test_the_digest_is_of_what_the_judge_is_told(tmp_path: Path) -> None:
    default = load_rubric("default")
    same = load_rubric(str(write(tmp_path / "same.yaml", name="mine", description="Set out differently.")))
    other = load_rubric(str(write(tmp_path / "other.yaml", instructions="Judge.")))
    assert same.digest == default.digest
    assert other.digest != default.digest
    assert load_rubric(str(write(tmp_path / "few.yaml", examples=[]))).examples == ()


@pytest.mark.parametrize(
    ("changes", "key", "what"),
    [
        ({"behaviours": {"harmful": "It hurts."}}, "'behaviours.helpful'", "is missing"),
        ({"instructions": " "}, "'instructions'", "is blank"),
        ({"verdicts": "x"}, "'verdicts'", "is unknown"),
        (
            {"examples": [{"request": "a", "response": "b", "reason": "c", "verdict": "good"}]},
            "'examples[0].verdict'",
            "'good' is none of its values",
        ),
    ],
)
def test_a_mistake_is_named_where_it_stands(tmp_path: Path, changes: dict[str, object], key: str, what: str) -> None:
    path = write(tmp_path / "mine.yaml", **changes)
    with pytest.raises(ConfigError) as caught:
        load_rubric(str(path))
    assert str(caught.value).startswith(f"{path}:")
    assert key in str(caught.value)
    assert what in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_rubric_names_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r"no such rubric; name a YAML file or a shipped one \(default\)"):
        load_rubric("defualt")


def test_unscored_is_no_verdict_that_a_judge_may_give() -> None:
    example = {"request": "a", "response": "b", "reason": "c", "verdict": "unscored"}
    with pytest.raises(ValueError, match="verdict"):
        Rubric.model_validate({**load_rubric("default").model_dump(), "examples": [example]})
