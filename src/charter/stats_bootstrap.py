"""Intervals for observations that come in clusters: ten pairs of one prompt say less than ten pairs of ten prompts."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from charter.records import Rate
from charter.stats import CONFIDENCE, rate

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""From sums (draws, S) to one value a draw; NaN where a draw has none."""

DRAWS = 2000
FEWEST = 3
"""Clusters that an interval needs: one or two do not show how clusters vary."""
_BLOCK = 4_000_000
"""Weights held in memory at once."""
_MIN_DEFINED = 0.5
"""An interval is given where at least this share of the draws have a value."""


def cluster_bootstrap(sums_C_S: Floats, statistic: Statistic, *, seed: int, draws: int = DRAWS) -> Floats:
    """``statistic`` of the sums over resampled clusters: an array of ``draws`` values.

    ``sums_C_S`` holds what each cluster adds to each of the sums that the statistic is made of, so that a resample is
    one matrix product. Clusters that add the same are drawn together, which changes nothing but the time. Whoever
    orders the clusters otherwise gets the same draws. Efron (1979), Ann. Statist. 7, 1-26; clusters: Davison and
    Hinkley (1997), Bootstrap Methods and their Application, section 3.8.
    """
    kinds_K_S, counts_K = np.unique(sums_C_S, axis=0, return_counts=True)
    clusters = int(counts_K.sum())
    rng = np.random.default_rng(seed)
    step = max(1, _BLOCK // len(kinds_K_S))
    found = []
    for begin in range(0, draws, step):
        weights = rng.multinomial(clusters, counts_K / clusters, size=min(step, draws - begin))
        found.append(statistic(weights @ kinds_K_S))
    return np.concatenate(found)


def bootstrap_interval(
    sums_C_S: Floats, statistic: Statistic, *, seed: int, draws: int = DRAWS
) -> tuple[float, float] | None:
    """Bounds of the two-sided 95% interval of ``statistic`` of the sums over all clusters.

    Bias-corrected and accelerated: Efron (1987), J. Am. Stat. Assoc. 82, 171-185, the acceleration by leaving out one
    cluster at a time. None where resampling cannot tell: fewer than ``FEWEST`` clusters, all draws equal, or most
    undefined.
    """
    if len(sums_C_S) < FEWEST:
        return None
    drawn = cluster_bootstrap(sums_C_S, statistic, seed=seed, draws=draws)
    drawn = drawn[np.isfinite(drawn)]
    if len(drawn) < _MIN_DEFINED * draws or np.ptp(drawn) < 1e-12:
        return None
    total_S = sums_C_S.sum(axis=0)
    estimate = float(statistic(total_S[None])[0])
    below = float(np.mean(drawn < estimate - 1e-12) + np.mean(np.abs(drawn - estimate) <= 1e-12) / 2)
    bias = norm.ppf(np.clip(below, 1 / len(drawn), 1 - 1 / len(drawn)))
    edges = norm.ppf([(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    shifted = bias + (bias + edges) / (1 - _acceleration(sums_C_S, total_S, statistic) * (bias + edges))
    low, high = np.quantile(drawn, norm.cdf(shifted))
    return min(float(low), estimate), max(float(high), estimate)


def too_small(prompts: int) -> str:
    """Why a figure of so few prompts has no interval; empty where they are enough."""
    return f"n is too small for an interval: {prompts} prompt{'s' * (prompts > 1)}" if prompts < FEWEST else ""


def cluster_rate(k_C: Floats, n_C: Floats) -> Rate:
    """The proportion sum(k) / sum(n) of clustered observations, with a 95% interval that is right at 0 and 1 too.

    The Wilson interval at the effective number of observations: that of independent ones with the variance that the
    clusters show (never more than there are). Where nothing varies it is the number of clusters. Korn and Graubard
    (1998), Surv. Methodol. 24, 193-201, their correction for few clusters included; with Wilson's interval: Franco et
    al. (2019), J. Surv. Stat. Methodol. 7, 334-364.
    """
    k_C, n_C = k_C[n_C > 0], n_C[n_C > 0]
    k, n, clusters = int(k_C.sum()), int(n_C.sum()), len(n_C)
    if clusters == n:
        return rate(k, n)
    share = k / n
    spread = float(np.sum((k_C - share * n_C) ** 2)) * clusters / max(1, clusters - 1) / n**2
    effective = float(clusters)
    if clusters > 1 and spread > 0:
        few = (norm.ppf((1 + CONFIDENCE) / 2) / t.ppf((1 + CONFIDENCE) / 2, clusters - 1)) ** 2
        effective = min(float(n), share * (1 - share) / spread * float(few))
    low, high = _wilson(share, effective)
    return Rate(k=k, n=n, rate=share, low=low, high=high)


def _acceleration(sums_C_S: Floats, total_S: Floats, statistic: Statistic) -> float:
    kinds_K_S, counts_K = np.unique(sums_C_S, axis=0, return_counts=True)
    without = statistic(total_S - kinds_K_S)
    known = np.isfinite(without)
    if not known.any():
        return 0.0
    counts, without = counts_K[known], without[known]
    apart = np.average(without, weights=counts) - without
    square = float(np.sum(counts * apart**2))
    return float(np.sum(counts * apart**3)) / (6 * square**1.5) if square > 0 else 0.0


def _wilson(share: float, n: float) -> tuple[float, float]:
    z = float(norm.ppf((1 + CONFIDENCE) / 2))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return (0.0 if share == 0 else low), (1.0 if share == 1 else high)
