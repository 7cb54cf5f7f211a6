"""The mean of observations on a scale with two ends, with an interval that is right at the ends too."""

from collections.abc import Sequence

import numpy as np

from charter.stats import CONFIDENCE

DRAWS = 2000


def mean_interval(values: Sequence[float], ends: tuple[float, float], *, seed: int) -> tuple[float, float]:
    """Bounds of the two-sided 95% interval of the mean; the whole scale where there are no values.

    The Bayesian bootstrap (Rubin 1981, Ann. Statist. 9, 130-134) with half an observation more at either end of the
    scale. Where all values are at an end it is Jeffreys' interval, and so has a width; it always holds the mean.

    Raises:
        ValueError: a value that is not on the scale.
    """
    lowest, highest = ends
    if not all(lowest <= value <= highest for value in values):
        raise ValueError(f"a value is not between {lowest} and {highest}")
    if not values:
        return ends
    kinds, counts = np.unique([*values], return_counts=True)
    # The sum of n weights that are each exponential is a gamma variate of shape n: equal values are drawn together.
    shapes = np.concatenate([counts, [0.5, 0.5]])
    weights = np.random.default_rng(seed).gamma(shapes, size=(DRAWS, len(shapes)))
    drawn = weights @ np.concatenate([kinds, ends]) / weights.sum(axis=1)
    low, high = np.quantile(drawn, ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2))
    mean = sum(values) / len(values)
    return min(float(low), mean), max(float(high), mean)
