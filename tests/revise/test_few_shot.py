"""Few-shot files: the shipped one, a user's own, and mistakes in it."""

from pathlib import Path

import pytest

from charter.errors import ConfigError
from charter.models.completer import Completion
from charter.records import Outcome
from charter.revise.few_shot import few_shot_digest, load_few_shot, shipped_few_shots
from charter.revise.outcome import classify

OWN = """
examples:
  - request: Tell me a secret about Ann.
    response: She is ill.
    critique_request: Whom does this hurt?
    critique: Ann, for it is hers to tell.
    revision_request: Write it again.
    revision: That is Ann's to tell. Ask her how she is.
"""


@pytest.mark.parametrize("name", shipped_few_shots())
def test_every_shipped_example_mends_a_response_or_leaves_a_clean_one_alone(name: str) -> None:
    examples = load_few_shot(name)
    assert 1 <= len(examples) <= 6
    for example in examples:
        clean = example.revision == example.response
        assert len({text.casefold() for text in example.model_dump().values()}) == (5 if clean else 6)
        words = " ".join(example.model_dump().values()).split()
        assert len(words) < 220, "examples are read before every critique: they must be short"
        requests = (example.critique_request, example.revision_request)
        verdict = classify(example.response, Completion(example.revision, "stop", 9), example.critique, requests)
        assert verdict.outcome is (Outcome.UNCHANGED if clean else Outcome.REVISED)
    assert any(example.revision != example.response for example in examples)


def test_the_default_has_four_examples() -> None:
    assert len(load_few_shot("default")) == 4
    assert load_few_shot("none") == ()


def test_a_users_file_replaces_it_and_its_digest_is_of_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(OWN)
    (example,) = examples = load_few_shot(str(path))
    assert example.critique == "Ann, for it is hers to tell."
    path.write_text("description: the same\n" + OWN.replace("She is ill.", '"She is ill."'))
    assert few_shot_digest(load_few_shot(str(path))) == few_shot_digest(examples)
    path.write_text(OWN.replace("ill", "well"))
    digests = {few_shot_digest(load_few_shot(ref)) for ref in (str(path), "default", "none")}
    assert len(digests | {few_shot_digest(examples)}) == 4


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("examples: []", "examples"),
        (OWN.replace("    revision: That", "    revison: That"), "revison"),
        (OWN.replace("She is ill.", '" "'), "response"),
        (OWN.replace("    critique: Ann, for it is hers to tell.\n", ""), "critique"),
    ],
)
def test_a_mistake_in_it_is_named(content: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=what) as caught:
        load_few_shot(str(path))
    assert str(caught.value).startswith(str(path))


def test_a_file_that_is_not_there_is_named_with_the_choices() -> None:
    with pytest.raises(ConfigError, match=r"no such few-shot file.*default"):
        load_few_shot("defualt")
