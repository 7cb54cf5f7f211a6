"""How many human labels one AI label is worth: both beside one reference, on the same pairs where there are such.

Where no oracle knows the truth, the reference is the majority of people, and a person is held against the others. Its
own errors make both kinds look less accurate than they are, by the same factor of 2 a - 1 if errors are independent:
the ratio of their worths is right all the same. The votes are read off accuracies that are free of it.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from charter.agreement.channel import HARD, NATS, SOFT, Measure, Observed, ratio
from charter.agreement.labels import Ints, Labels, Rater
from charter.agreement.votes import (
    VOTES_MAX,
    Votes,
    ai_columns,
    known_rates,
    pair_columns,
    people_columns,
    unknown_rates,
    vote_curve,
)
from charter.digests import derive_seed
from charter.results_agreement import Estimate, LabelKind, LabelWorth, Worth
from charter.stats_bootstrap import Floats, Statistic, bootstrap_interval, cluster_rate, too_small

_MIN_PEOPLE = 3
"""People on a pair whose majority can be its reference."""
_NO_REFERENCE = (
    "of no pair with such labels the better response is known: by the oracle, or by a majority of at least "
    f"{_MIN_PEOPLE} people"
)
_WORTH_NOTHING = "these people's labels say nothing of the reference"
_STILL = "these labels never err"


def measure_worth(labels: Labels, seed: int) -> tuple[Worth | None, str]:
    """The worth of AI labels in human ones; or None, and why."""
    people_kind: LabelKind = "human" if labels.of_kind("human") else "simulated"
    ai, people = labels.of_kind("ai"), labels.of_kind(people_kind)
    if not ai or not people:
        return None, f"there are no labels of {'people' if ai else 'an AI' if people else 'an AI or of people'}"
    truth = labels.of_kind("oracle")
    seen = (_beside(ai, truth[0]), _beside(people, truth[0])) if truth else _beside_others(ai, people)
    if not all(len(each.items) for each in seen):
        return None, _NO_REFERENCE
    common = np.intersect1d(seen[0].items, seen[1].items)
    if len(common):
        seen = seen[0].of(common), seen[1].of(common)
    votes_seed = derive_seed(seed, "votes")
    prompts = _Prompts(labels, seen)
    if truth:
        beside = [
            prompts.sums(seen[0].items, ai_columns(seen[0])),
            prompts.sums(seen[1].items, people_columns(seen[1])),
        ]
        votes = vote_curve(np.concatenate(beside, axis=1), known_rates, len(seen[1].items), votes_seed)
    else:
        columns = pair_columns(_gathered(ai), _gathered(people), common)
        votes = vote_curve(prompts.sums(common, columns), unknown_rates, len(common), votes_seed)
    return _worth(prompts, people_kind, "oracle" if truth else "majority", seen, votes=votes, seed=seed), ""


class _Prompts:
    """The prompts of what was seen, to which its labels' columns add up."""

    def __init__(self, labels: Labels, seen: tuple[Observed, Observed]) -> None:
        self._of = labels.prompt_of_N
        self._prompts = np.unique(self._of[np.concatenate([each.items for each in seen])])

    def sums(self, items: Ints, columns: Floats) -> Floats:
        """One row a prompt, the sums of its items' rows."""
        found = np.zeros((len(self._prompts), columns.shape[1]))
        np.add.at(found, np.searchsorted(self._prompts, self._of[items]), columns)
        return found


def _worth(
    prompts: _Prompts,
    people_kind: LabelKind,
    reference: Literal["oracle", "majority"],
    seen: tuple[Observed, Observed],
    *,
    votes: Votes,
    seed: int,
) -> Worth:
    ai, people = seen

    def in_people(measure: Measure, name: str) -> Estimate:
        sums = np.concatenate([prompts.sums(each.items, measure.columns(each)) for each in seen], axis=1)
        return _estimate(sums, ratio(measure), len(ai.items), derive_seed(seed, "ratio", name), _WORTH_NOTHING)

    def of_kind(kind: LabelKind, each: Observed) -> LabelWorth:
        def worth(measure: Measure, name: str) -> Estimate:
            sums = prompts.sums(each.items, measure.columns(each))
            return _estimate(sums, measure.value, len(each.items), derive_seed(seed, "worth", kind, name), "")

        taken = np.sign(each.s) * each.t
        sides = prompts.sums(each.items, np.stack([taken > 0, taken != 0], axis=1).astype(np.float64))
        return LabelWorth(
            feedback=kind,
            labels=len(each.items),
            accuracy=cluster_rate(sides[:, 0], sides[:, 1]),
            hard=worth(HARD, "hard"),
            soft=worth(SOFT, "soft"),
            nats=worth(NATS, "nats"),
        )

    several = reference == "oracle" and len(np.unique(people.items)) < len(people.items)
    return Worth(
        reference=reference,
        pairs=len(np.union1d(ai.items, people.items)),
        shared=bool(len(np.intersect1d(ai.items, people.items))),
        ai=of_kind("ai", ai),
        people=of_kind(people_kind, people),
        hard=in_people(HARD, "hard"),
        soft=in_people(SOFT, "soft"),
        nats=in_people(NATS, "nats"),
        votes=votes.read_off,
        votes_max=VOTES_MAX,
        correlation=votes.correlation if several else None,
        ai_vote=votes.ai,
        curve=votes.points,
    )


def _estimate(sums: Floats, statistic: Statistic, n: int, seed: int, undefined: str) -> Estimate:
    value = float(statistic(sums.sum(axis=0)[None])[0])
    if not np.isfinite(value):
        return Estimate(n=n, reason=undefined)
    bounds = bootstrap_interval(sums, statistic, seed=seed)
    if bounds is None:
        return Estimate(value=value, n=n, reason=too_small(len(sums)) or _STILL)
    return Estimate(value=value, low=bounds[0], high=bounds[1], n=n)


def _gathered(raters: Sequence[Rater]) -> tuple[Ints, Floats]:
    arrays = [rater.arrays() for rater in raters]
    return np.concatenate([items for items, _ in arrays]), 2 * np.concatenate([p for _, p in arrays]) - 1


def _beside(raters: Sequence[Rater], oracle: Rater) -> Observed:
    """The raters' labels beside the oracle's, where it prefers one response."""
    known, p = oracle.arrays()
    known, truth = known[p != 0.5], np.sign(p[p != 0.5] - 0.5)
    items, s = _gathered(raters)
    kept = np.isin(items, known)
    return Observed(items[kept], s[kept], truth[np.searchsorted(known, items[kept])])


def _beside_others(ai: Sequence[Rater], people: Sequence[Rater]) -> tuple[Observed, Observed]:
    """Each person's label beside the majority of the others of that pair, and every AI label beside each of these."""
    items, s = _gathered(people)
    of_item, inverse, number = np.unique(items, return_inverse=True, return_counts=True)
    sides = np.sign(s)
    others = np.sign(np.bincount(inverse, sides, minlength=len(of_item))[inverse] - sides)
    kept = (number[inverse] >= _MIN_PEOPLE) & (others != 0)
    people_seen = Observed(items[kept], s[kept], others[kept])
    ai_items, ai_s = _gathered(ai)
    order = np.argsort(people_seen.items, kind="stable")
    sorted_items, references = people_seen.items[order], people_seen.t[order]
    begin, end = (np.searchsorted(sorted_items, ai_items, side) for side in ("left", "right"))
    times = end - begin
    which = np.repeat(np.arange(len(ai_items)), times)
    offset = np.arange(len(which)) - np.repeat(np.cumsum(times) - times, times)
    return Observed(ai_items[which], ai_s[which], references[begin[which] + offset]), people_seen
