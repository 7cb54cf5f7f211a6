"""Agreement of raters beyond chance: Cohen's kappa and Krippendorff's alpha.

Each is a function of counts that add up over the things rated, so that ``stats_bootstrap`` can resample them: a
leading axis ``D`` holds one table a draw. A value that is not defined is NaN; callers say why.
"""

import numpy as np

from charter.stats_bootstrap import Floats


def cohen_kappa(tables_D_K_K: Floats) -> Floats:
    """Kappa of tables of counts, one rater's categories in rows and the other's in columns.

    (observed - expected) / (1 - expected), expected from the product of the margins. NaN for an empty table, and
    where both raters used one and the same category alone. Cohen (1960), Educ. Psychol. Meas. 20, 37-46, formula 1.
    """
    n_D = tables_D_K_K.sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = tables_D_K_K / n_D[:, None, None]
        observed = np.trace(shares, axis1=1, axis2=2)
        expected = np.einsum("dk,dk->d", shares.sum(axis=2), shares.sum(axis=1))
        chance = 1 - expected
        return np.where(chance > 1e-12, (observed - expected) / chance, np.nan)


def coincidences(counts_N_K: Floats) -> Floats:
    """What each unit adds to the coincidence matrix: an array (N, K, K), from the values of each category that it got.

    A unit with fewer than two values adds nothing. Krippendorff (2011), Computing Krippendorff's Alpha-Reliability,
    section B.
    """
    values_N = counts_N_K.sum(axis=1)
    pairs = counts_N_K[:, :, None] * counts_N_K[:, None, :]
    same = np.arange(counts_N_K.shape[1])
    pairs[:, same, same] -= counts_N_K
    found: Floats = pairs / np.maximum(values_N - 1, 1)[:, None, None]
    return found


def nominal_alpha(coincidences_D_K_K: Floats) -> Floats:
    """Krippendorff's alpha for categories without order, from sums of :func:`coincidences`.

    1 - observed / expected disagreement. NaN where no unit has two values, or all values are the same. Krippendorff
    (2011), section B.
    """
    of_category = coincidences_D_K_K.sum(axis=2)
    n = of_category.sum(axis=1)
    unequal = n - np.trace(coincidences_D_K_K, axis1=1, axis2=2)
    by_chance = n**2 - np.sum(of_category**2, axis=1)
    return _alpha(unequal, by_chance, n)


def spread_sums(values_V: Floats, unit_V: Floats, units: int) -> Floats:
    """What each unit adds to the sums behind :func:`interval_alpha`: an array (units, 4).

    Number, sum and sum of squares of its values, and the squared differences within it, each pair counted twice and
    divided by the number of values less one. A unit with fewer than two values adds nothing.
    """
    index = unit_V.astype(np.int64)
    count, total, squares = (np.bincount(index, weights, minlength=units) for weights in (None, values_V, values_V**2))
    within = 2 * (count * squares - total**2) / np.maximum(count - 1, 1)
    return np.where((count >= 2)[:, None], np.stack([count, total, squares, within], axis=1), 0.0)


def interval_alpha(sums_D_4: Floats) -> Floats:
    """Krippendorff's alpha for values whose differences mean something, from sums of :func:`spread_sums`.

    NaN as in :func:`nominal_alpha`. Krippendorff (2011), section E, with squared differences.
    """
    n, total, squares, within = np.moveaxis(sums_D_4, -1, 0)
    return _alpha(within, 2 * (n * squares - total**2), n)


def _alpha(observed: Floats, expected: Floats, n: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected > 1e-9 * np.maximum(n, 1), 1 - (n - 1) * observed / expected, np.nan)
