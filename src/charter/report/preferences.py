"""The labelled pairs of a run in a reviewer's order: what could not be labelled and what was labelled wrongly first."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from charter.records import Pair, Preference, Status, Vote
from charter.report.facets import NO_CATEGORY, Group, anchor_of
from charter.report.figures import probability

PAIR_GROUPS = (
    Group("wrong", "The oracle prefers the other response", failure=True),
    Group("failed", "Without a label", failure=True),
    Group("torn", "The order decided: each order preferred another response", failure=True),
    Group("tied", "Ties", failure=False),
    Group("rest", "The rest", failure=False),
)

Oracle = Callable[[Pair], float | None]
"""Probability that the first response is better, where the truth is known; None where it is not."""


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """A pair of responses, what was said of it, and the truth where it is known."""

    anchor: str
    preference: Preference
    truth: float | None
    group: Group
    facets: Mapping[str, tuple[str, ...]]

    @property
    def label(self) -> str:
        """Which response is said to be better, and how surely."""
        p = self.preference.p_first
        return f"{_better(p)} {probability(p)}" if p is not None and p != 0.5 else _better(p)

    @property
    def oracle(self) -> str:
        """Which response the oracle prefers."""
        return _TRUTHS[_better(self.truth)]


_TRUTHS = {
    "first": "prefers the first",
    "second": "prefers the second",
    "tie": "prefers neither",
    "no label": "does not know",
}


def labelled_pairs(preferences: Iterable[Preference], oracle: Oracle | None) -> list[LabelledPair]:
    """Every pair that was to be labelled, failures first; ``oracle`` is None where no truth is known."""
    return sorted((_labelled(one, oracle(one.pair) if oracle else None) for one in preferences), key=_rank)


def torn(vote: Vote) -> bool:
    """Whether the two orders preferred different responses."""
    if vote.forward is None or vote.backward is None:
        return False
    return (vote.forward - 0.5) * (vote.backward - 0.5) < 0


def _labelled(preference: Preference, truth: float | None) -> LabelledPair:
    agrees = _agreement(preference.p_first, truth)
    return LabelledPair(
        anchor=anchor_of("pair", preference.id),
        preference=preference,
        truth=truth,
        group=_group(preference, agrees),
        facets={
            "aim": (preference.pair.aim,),
            "label": (_better(preference.p_first),),
            "oracle": (agrees,) if agrees else (),
            "principle": tuple(vote.principle_id for vote in preference.votes if vote.principle_id),
            "rater": (preference.rater,),
            "category": (preference.pair.prompt.category or NO_CATEGORY,),
        },
    )


def _better(p: float | None) -> str:
    if p is None:
        return "no label"
    return "tie" if p == 0.5 else "first" if p > 0.5 else "second"


def _agreement(label: float | None, truth: float | None) -> str:
    """Whether label and truth say the same; empty where one of them says nothing."""
    if label is None or truth is None or 0.5 in (label, truth):
        return ""
    return "agrees" if (label > 0.5) == (truth > 0.5) else "disagrees"


def _group(preference: Preference, agrees: str) -> Group:
    key = "rest"
    if preference.status is not Status.OK or preference.p_first is None:
        key = "failed"
    elif agrees == "disagrees":
        key = "wrong"
    elif any(torn(vote) for vote in preference.votes):
        key = "torn"
    elif preference.p_first == 0.5:
        key = "tied"
    return next(group for group in PAIR_GROUPS if group.key == key)


def _rank(pair: LabelledPair) -> tuple[int, float, str]:
    """Failures first; among them the surest label first, which is the one that trains the most."""
    p = pair.preference.p_first
    return PAIR_GROUPS.index(pair.group), -abs((0.5 if p is None else p) - 0.5), pair.preference.id
