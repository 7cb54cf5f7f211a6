"""Labelled pairs in a reviewer's order."""

import pytest

from charter.records import Message, Pair, Preference, Prompt, Status, Vote
from charter.report.preferences import LabelledPair, labelled_pairs, torn


def preference(name: str, *votes: Vote, status: Status = Status.OK) -> Preference:
    prompt = Prompt(messages=(Message("user", name),), kind="red_team", category="theft")
    given = [p for vote in votes if (p := vote.p_first) is not None]
    return Preference(
        id=name,
        pair=Pair(prompt=prompt, first="yes", second="no"),
        p_first=sum(given) / len(given) if given else None,
        votes=votes,
        feedback="ai",
        rater="me",
        status=status,
    )


def shown(*preferences: Preference, truth: float | None = 1.0) -> list[LabelledPair]:
    return labelled_pairs(preferences, lambda pair: truth)


def test_wrong_labels_come_first_the_surest_of_them_before_the_others() -> None:
    found = shown(
        preference("right", Vote(forward=0.9, backward=0.8)),
        preference("a little wrong", Vote(forward=0.4, backward=0.45)),
        preference("tied", Vote(forward=0.5, backward=0.5)),
        preference("torn", Vote(forward=0.9, backward=0.3)),
        preference("failed", Vote(reason="neither"), status=Status.FAILED),
        preference("quite wrong", Vote(forward=0.1, backward=0.05)),
    )
    assert [(one.preference.id, one.group.key) for one in found] == [
        ("quite wrong", "wrong"),
        ("a little wrong", "wrong"),
        ("failed", "failed"),
        ("torn", "torn"),
        ("tied", "tied"),
        ("right", "rest"),
    ]


@pytest.mark.parametrize(
    ("truth", "agreement", "said"),
    [
        (1.0, ("agrees",), "prefers the first"),
        (0.0, ("disagrees",), "prefers the second"),
        (0.5, (), "prefers neither"),
        (None, (), "does not know"),
    ],
)
def test_what_the_oracle_says(truth: float | None, agreement: tuple[str, ...], said: str) -> None:
    (one,) = shown(preference("x", Vote(forward=0.7)), truth=truth)
    assert one.facets["oracle"] == agreement
    assert one.oracle == said
    assert one.label == "first 0.70"


def test_without_an_oracle_nothing_is_wrong() -> None:
    (one,) = labelled_pairs([preference("x", Vote(forward=0.2))], None)
    assert (one.group.key, one.truth, one.label) == ("rest", None, "second 0.20")


@pytest.mark.parametrize(
    ("forward", "backward", "is_torn"),
    [(0.9, 0.2, True), (0.9, 0.6, False), (0.5, 0.2, False), (None, 0.2, False), (0.2, None, False)],
)
def test_orders_that_disagree(forward: float | None, backward: float | None, is_torn: bool) -> None:
    assert torn(Vote(forward=forward, backward=backward)) == is_torn
