"""What a label says of the truth, measured on labels beside a reference.

A labeller is a noisy channel: t is the truth (+1 where the first response is better, -1 where the second is), and s
the label (2 p - 1, or its sign). A fit to n labels whose errors are independent learns what a fit to
n (E[s t])^2 / E[s^2] labels without error would, to the first order in how much there is to learn: that is Fisher's
information of the channel about which response is better, near even odds, as a share of the perfect channel's. For
labels right with probability a it is (2 a - 1)^2, times the share that is no tie; for soft ones it is the squared
correlation of label and truth.

In nats it is the mutual information of label and truth at even odds, bounded from below by the mean gain of the
logarithmic score (Gneiting and Raftery 2007, J. Am. Stat. Assoc. 102, 359-378) over knowing nothing, after the best
rescaling of the label's log-odds. For labels right with probability a it is log 2 - H(a).

Every measure is a function of sums over labels, so that they can be resampled by prompt.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from charter.agreement.labels import Ints
from charter.stats_bootstrap import Floats, Statistic

_SCALES = np.concatenate([[0.0], np.geomspace(1 / 300, 300, 79)])
"""Factors of the log-odds among which the best is sought; 0 stands for knowing nothing."""
_CERTAIN = 1e-6
"""A label nearer to 0 or 1 than this is taken to be so far from it, so that its log-odds are finite."""


@dataclass(frozen=True, slots=True)
class Observed:
    """Labels beside the reference."""

    items: Ints
    s: Floats
    """2 p - 1 of each label: its sign is the side taken, 0 a tie."""
    t: Floats
    """+1 or -1."""

    def of(self, items: Ints) -> "Observed":
        """Those of these items alone."""
        kept = np.isin(self.items, items)
        return Observed(self.items[kept], self.s[kept], self.t[kept])


@dataclass(frozen=True, slots=True)
class Measure:
    """One way to say what labels are worth."""

    columns: Callable[[Observed], Floats]
    """What each label adds to the sums: (labels, S)."""
    value: Statistic
    """The worth of a label, from sums (D, S); 0 for labels that say nothing, or the opposite of the truth."""


def _linear_columns(s: Floats, t: Floats) -> Floats:
    return np.stack([np.ones_like(s), s * t, s * s], axis=1)


def _linear_value(sums: Floats) -> Floats:
    count, together, squares = np.moveaxis(sums, -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        worth = np.maximum(together, 0) ** 2 / (count * squares)
    return np.where(count > 0, np.where(squares > 0, worth, 0.0), np.nan)


def _score_columns(seen: Observed) -> Floats:
    p = np.clip((1 + seen.s) / 2, _CERTAIN, 1 - _CERTAIN)
    margins = np.log(p / (1 - p)) * seen.t
    gains = np.log(2) - np.logaddexp(0, -margins[:, None] * _SCALES)
    return np.concatenate([np.ones((len(p), 1)), gains], axis=1)


def _score_value(sums: Floats) -> Floats:
    count = sums[:, 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, sums[:, 1:].max(axis=1) / count, np.nan)


HARD = Measure(lambda seen: _linear_columns(np.sign(seen.s), seen.t), _linear_value)
SOFT = Measure(lambda seen: _linear_columns(seen.s, seen.t), _linear_value)
NATS = Measure(_score_columns, _score_value)


def ratio(measure: Measure) -> Statistic:
    """The worth of one kind's labels in those of another, from sums (D, 2 S), the one's first; NaN where the other's
    are worth nothing."""

    def of(sums: Floats) -> Floats:
        width = sums.shape[1] // 2
        one, other = measure.value(sums[:, :width]), measure.value(sums[:, width:])
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(other > 1e-12, one / other, np.nan)

    return of
