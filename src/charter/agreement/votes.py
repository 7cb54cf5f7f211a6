"""How often the majority of several people is right, and how many of them one AI label is worth on a pair.

Some pairs are harder than others, for all people alike: each pair has its own probability q that a person is right, of
a beta distribution whose mean is people's accuracy, and whose spread follows from how often two are right on one pair.
The majority of k (odd; a tie is half right) is right with the mean of I_q((k + 1) / 2, (k + 1) / 2) over that
distribution, I being the regularised incomplete beta function: Condorcet's theorem where people are independent; with
correlated votes: Ladha (1992), Am. J. Polit. Sci. 36, 617-634.

Where nobody knows the truth, accuracies follow from how often two people say the same, if what each gets wrong has
nothing to do with what others do: s = +1 or -1, the side taken, has E[s s'] = (2 a - 1)(2 a' - 1) over two labels of a
pair. Spearman (1904), Am. J. Psychol. 15, 72-101, on attenuation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import betainc, betaincinv

from charter.agreement.channel import Observed
from charter.agreement.labels import Ints
from charter.results_agreement import Estimate, VotePoint
from charter.stats import CONFIDENCE
from charter.stats_bootstrap import Floats, cluster_bootstrap, too_small

VOTES_MAX = 49
"""Votes beyond which none are counted."""
_VOTES_K = np.arange(1, VOTES_MAX + 1, 2)
_QUANTILES = (np.arange(24) + 0.5) / 24
_DRAWS = 500
_MOST_ALIKE = 0.98
"""Correlations above this are taken as this."""
_ALONE = 1e-3
"""Correlations below this make no difference that is seen."""
_AT_CHANCE = "these people are right no more often than chance"


class Rates(NamedTuple):
    """How often labels are right, one of each a draw."""

    ai: Floats
    people: Floats
    alike: Floats
    """Correlation of two people's being right on one pair."""


@dataclass(frozen=True, slots=True)
class Votes:
    """The curve, and what is read off it."""

    points: tuple[VotePoint, ...]
    ai: VotePoint
    """One AI label."""
    read_off: Estimate
    correlation: float
    """Of two people's being right on one pair."""


def ai_columns(ai: Observed) -> Floats:
    """What each AI label adds to the first sums of :func:`known_rates`: one, and whether it is right."""
    credit = (1 + np.sign(ai.s) * ai.t) / 2
    return np.stack([np.ones_like(credit), credit], axis=1)


def people_columns(people: Observed) -> Floats:
    """What each human label adds to the other sums of :func:`known_rates`: one, whether it is right; the number of
    other labels of its pair, and of how many of them both are right."""
    credit = (1 + np.sign(people.s) * people.t) / 2
    _, inverse = np.unique(people.items, return_inverse=True)
    others = np.bincount(inverse)[inverse] - 1.0
    right = np.bincount(inverse, credit)[inverse] - credit
    return np.stack([np.ones_like(credit), credit, others, credit * right], axis=1)


def known_rates(sums_D_6: Floats) -> Rates:
    """From sums of :func:`ai_columns` and :func:`people_columns`: labels beside the truth."""
    ai, ai_right, people, people_right, pairs, both_right = np.moveaxis(sums_D_6, -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        a = people_right / people
        alike = (both_right / pairs - a**2) / (a * (1 - a))
        alike = np.clip(np.where(np.isfinite(alike), alike, 0.0), 0.0, _MOST_ALIKE)
        return Rates(ai_right / ai, a, alike)


def pair_columns(ai: tuple[Ints, Floats], people: tuple[Ints, Floats], items: Ints) -> Floats:
    """What each of ``items`` adds to the sums of :func:`unknown_rates`: two labels of it, one by an AI and one by a
    person, their number and how many more agree than not; the same of two people, each two counted twice.

    Labels are their items, and sides or numbers whose signs are the sides.
    """

    def totals(labels: tuple[Ints, Floats], values: Floats) -> Floats:
        kept = np.isin(labels[0], items)
        place = np.searchsorted(items, labels[0][kept])
        return np.bincount(place, values[kept], minlength=len(items)).astype(np.float64)

    ai_number, number = (totals(each, np.ones_like(each[1])) for each in (ai, people))
    ai_sides, sides, taken = totals(ai, np.sign(ai[1])), totals(people, np.sign(people[1])), np.sign(people[1]) ** 2
    same = sides**2 - totals(people, taken)
    return np.stack([ai_number * number, ai_sides * sides, number * (number - 1), same], axis=1)


def unknown_rates(sums_D_4: Floats) -> Rates:
    """From sums of :func:`pair_columns`: labels beside each other, their errors independent."""
    mixed, mixed_same, among, same = np.moveaxis(sums_D_4, -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        people = np.sqrt(np.maximum(same / among, 0))
        ai = np.clip(np.where(people > 0, mixed_same / mixed / people, 0.0), -1, 1)
        return Rates((1 + ai) / 2, (1 + people) / 2, np.zeros_like(people))


def vote_curve(sums_C_S: Floats, rates: Callable[[Floats], Rates], n: int, seed: int) -> Votes:
    """The curve with its 95% interval (percentiles of the bootstrap over prompts), and the read-off."""

    def figures(sums_D_S: Floats) -> Floats:
        found = rates(sums_D_S)
        curve = _curve(found)
        return np.column_stack([curve, found.ai, _read_off(found.ai, curve)])

    total = sums_C_S.sum(axis=0)[None]
    found = figures(total)[0]
    drawn = cluster_bootstrap(sums_C_S, figures, seed=seed, draws=_DRAWS)
    drawn = np.where(np.isfinite(drawn), drawn, found)  # a draw without any label of one kind says nothing
    low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], axis=0)
    low, high = np.minimum(low, found), np.maximum(high, found)
    points = [
        VotePoint(votes=votes, accuracy=found[place], low=low[place], high=high[place])
        for place, votes in enumerate([*_VOTES_K.tolist(), 1])
    ]
    read_off = Estimate(n=n, reason=_AT_CHANCE)
    if few := too_small(len(sums_C_S)):
        read_off = Estimate(value=found[-1] if np.isfinite(found[-1]) else None, n=n, reason=few)
    elif np.isfinite(found[-1]):
        read_off = Estimate(value=found[-1], low=low[-1], high=high[-1], n=n)
    return Votes(tuple(points[:-1]), points[-1], read_off, float(rates(total).alike[0]))


def _curve(rates: Rates) -> Floats:
    """How often the majority is right: (draws, votes)."""
    a, alike = np.clip(rates.people, 1e-6, 1 - 1e-6), rates.alike
    spread = 1 / np.maximum(alike, _ALONE) - 1
    of_pair_D_Q = betaincinv((a * spread)[:, None], ((1 - a) * spread)[:, None], _QUANTILES)
    of_pair_D_Q = np.where((alike > _ALONE)[:, None], of_pair_D_Q, a[:, None])
    half = (_VOTES_K + 1) / 2
    curve: Floats = betainc(half, half, of_pair_D_Q[:, :, None]).mean(axis=1)
    curve[:, 0] = a
    return curve


def _read_off(ai_D: Floats, curve_D_K: Floats) -> Floats:
    """Votes at which the curve is as often right as one AI label; NaN where people are at chance.

    Between whole votes, (2 accuracy - 1)^2 is taken to grow evenly, as for small numbers; without votes it is 0.
    """
    heights = np.maximum.accumulate(np.maximum(2 * curve_D_K - 1, 0) ** 2, axis=1)
    wanted = np.maximum(2 * ai_D - 1, 0) ** 2
    votes = np.concatenate([[0], _VOTES_K])
    found = [np.interp(height, np.concatenate([[0.0], of]), votes) for height, of in zip(wanted, heights, strict=True)]
    return np.where(heights[:, 0] > 1e-9, np.array(found), np.nan)
