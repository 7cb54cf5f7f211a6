"""How often the majority of several people is right, and how many of them one AI label is worth on a pair.

Some pairs are harder than others, for all people alike: each pair has its own probability q that a person is right, of
a beta distribution whose mean is people's accuracy, and whose spread follows from how often two are right on one pair.
The majority of k (odd; a tie is half right) is right with the mean of I_q((k + 1) / 2, (k + 1) / 2) over that
distribution, I being the regularised incomplete beta function: Condorcet's theorem where people are independent; with
correlated votes: Ladha (1992), Am. J. Polit. Sci. 36, 617-634.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv

from charter.agreement.channel import Observed
from charter.results_agreement import Estimate, VotePoint
from charter.stats import CONFIDENCE
from charter.stats_bootstrap import Floats, cluster_bootstrap

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


@dataclass(frozen=True, slots=True)
class Votes:
    """The curve, and what is read off it."""

    points: tuple[VotePoint, ...]
    ai: VotePoint
    """One AI label."""
    read_off: Estimate
    correlation: float | None


def ai_columns(ai: Observed) -> Floats:
    """What each AI label adds to the sums: one, and whether it is right."""
    credit = (1 + np.sign(ai.s) * ai.t) / 2
    return np.stack([np.ones_like(credit), credit], axis=1)


def people_columns(people: Observed) -> Floats:
    """What each human label adds to the sums: one, whether it is right; and, for the other labels of its pair, how
    many there are and for how many of them both are right."""
    credit = (1 + np.sign(people.s) * people.t) / 2
    _, inverse = np.unique(people.items, return_inverse=True)
    others = np.bincount(inverse)[inverse] - 1.0
    right = np.bincount(inverse, credit)[inverse] - credit
    return np.stack([np.ones_like(credit), credit, others, credit * right], axis=1)


def vote_curve(ai_C_2: Floats, people_C_4: Floats, seed: int) -> Votes:
    """The curve with its 95% interval (percentiles of the bootstrap over prompts), and the read-off."""
    sums_C = np.concatenate([ai_C_2, people_C_4], axis=1)
    total = sums_C.sum(axis=0)[None]

    def figures(sums_D: Floats) -> Floats:
        return np.column_stack([_curve(sums_D), sums_D[:, 1] / np.maximum(sums_D[:, 0], 1), _read_off(sums_D)])

    found = figures(total)[0]
    drawn = cluster_bootstrap(sums_C, figures, seed=seed, draws=_DRAWS)
    drawn = np.where(np.isfinite(drawn), drawn, found)  # a draw without any label of one kind says nothing
    low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], axis=0)
    low, high = np.minimum(low, found), np.maximum(high, found)
    points = [
        VotePoint(votes=votes, accuracy=found[place], low=low[place], high=high[place])
        for place, votes in enumerate([*_VOTES_K.tolist(), 1])
    ]
    pairs = int(total[0, 2])
    read_off = Estimate(n=pairs, reason=_AT_CHANCE)
    if np.isfinite(found[-1]):
        read_off = Estimate(value=found[-1], low=low[-1], high=high[-1], n=pairs)
    correlation = float(_correlation(total)[0]) if total[0, 4] else None
    return Votes(points=tuple(points[:-1]), ai=points[-1], read_off=read_off, correlation=correlation)


def _accuracy(sums_D: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        accuracy: Floats = sums_D[:, 3] / sums_D[:, 2]
        return accuracy


def _correlation(sums_D: Floats) -> Floats:
    a = _accuracy(sums_D)
    with np.errstate(invalid="ignore", divide="ignore"):
        both = sums_D[:, 5] / sums_D[:, 4]
        found = (both - a**2) / (a * (1 - a))
    return np.clip(np.where(np.isfinite(found), found, 0.0), 0.0, _MOST_ALIKE)


def _curve(sums_D: Floats) -> Floats:
    """How often the majority is right: (draws, votes)."""
    a, alike = np.clip(_accuracy(sums_D), 1e-6, 1 - 1e-6), _correlation(sums_D)
    spread = 1 / np.maximum(alike, _ALONE) - 1
    of_pair_D_Q = betaincinv((a * spread)[:, None], ((1 - a) * spread)[:, None], _QUANTILES)
    of_pair_D_Q = np.where((alike > _ALONE)[:, None], of_pair_D_Q, a[:, None])
    half = (_VOTES_K + 1) / 2
    curve: Floats = betainc(half, half, of_pair_D_Q[:, :, None]).mean(axis=1)
    curve[:, 0] = a
    return curve


def _read_off(sums_D: Floats) -> Floats:
    """Votes at which the curve is as often right as one AI label; NaN where people are at chance.

    Between whole votes, (2 accuracy - 1)^2 is taken to grow evenly, as for small numbers; without votes it is 0.
    """
    heights = np.maximum.accumulate(np.maximum(2 * _curve(sums_D) - 1, 0) ** 2, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        wanted = np.maximum(2 * sums_D[:, 1] / sums_D[:, 0] - 1, 0) ** 2
    votes = np.concatenate([[0], _VOTES_K])
    found = [np.interp(height, np.concatenate([[0.0], of]), votes) for height, of in zip(wanted, heights, strict=True)]
    return np.where(heights[:, 0] > 1e-9, np.array(found), np.nan)
