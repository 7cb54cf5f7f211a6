"""Every shipped constitution keeps what the documents promise of it."""

from itertools import combinations

import pytest

from charter.constitution import Constitution, load_constitution, review, shipped_constitutions
from charter.errors import ConfigError

THEMES = {
    "deception",
    "theft",
    "fraud",
    "violence",
    "privacy",
    "hate",
    "substances",
    "cyber",
    "self-harm",
    "child-safety",
    "discrimination",
    "manipulation",
    "honesty",
    "non-evasiveness",
    "helpfulness",
}


@pytest.fixture(params=shipped_constitutions())
def shipped(request: pytest.FixtureRequest) -> Constitution:
    return load_constitution(request.param)


def test_it_leaves_nothing_to_remark(shipped: Constitution) -> None:
    assert review(shipped) == ()


def test_its_texts_are_short_and_its_sources_can_be_looked_up(shipped: Constitution) -> None:
    for principle in shipped.principles:
        requests = (principle.critique_request, principle.revision_request, principle.comparison_question)
        assert all(4 <= len(text.split()) <= 30 for text in requests)
        assert all(text[0].isupper() and text[-1] in ".?" for text in requests)
        assert principle.comparison_question.startswith("Which ")
        assert principle.source.url is not None
        assert principle.source.url.startswith("https://")
        assert "own wording" in principle.source.licence


def test_no_two_of_its_texts_say_the_same(shipped: Constitution) -> None:
    for one, two in combinations(shipped.principles, 2):
        for field in ("critique_request", "revision_request", "comparison_question"):
            words, others = (set(getattr(each, field).lower().split()) for each in (one, two))
            assert len(words & others) / len(words | others) < 0.8, (one.id, two.id, field)


def test_it_is_written_and_read_back(shipped: Constitution) -> None:
    assert Constitution.model_validate(shipped.model_dump(mode="json")).digest == shipped.digest


def test_the_default_covers_every_theme() -> None:
    default = load_constitution("default")
    assert len(default.principles) >= 16
    assert {principle.category for principle in default.principles} >= THEMES


def test_the_default_says_how_many_principles_it_has() -> None:
    default = load_constitution("default")
    assert len(default.principles) == 25
    assert default.description.startswith("Twenty-five principles")


def test_every_general_principle_is_drawn_in_about_half_of_all_rounds() -> None:
    weights = [
        (principle.category == "general", principle.weight) for principle in load_constitution("default").select()
    ]
    general = sum(weight for is_general, weight in weights if is_general)
    assert 0.5 <= general / sum(weight for _, weight in weights) <= 0.6


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("defualt", r"^defualt: no such constitution \(did you mean 'default'\?\); name a YAML file"),
        ("none.yaml", "^none.yaml: no such constitution; name a YAML file, or a shipped one: default"),
        ("x" * 5000, "no such constitution; name a YAML file"),
        ("a\0b", "no such constitution; name a YAML file"),
        (".", "^.: this is a folder; name a YAML file in it"),
        ("", "no such constitution"),
    ],
)
def test_a_constitution_that_is_not_there(reference: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load_constitution(reference)
