"""How far raters agree: accuracy, Cohen's kappa, Krippendorff's alpha, with intervals over prompts.

Which response of a pair is called the first is an accident of the file, so every pair counts in both of its orders,
half each: no figure changes when a pair is stored the other way round.
"""

import itertools
from collections.abc import Callable, Sequence

import numpy as np

from charter.agreement.labels import FIRST, SECOND, TIE, Ints, Labels, Rater, category
from charter.digests import derive_seed
from charter.results_agreement import KIND_NAMES, Alpha, Estimate, PairAgreement
from charter.stats import wilson
from charter.stats_agreement import (
    cohen_kappa,
    coincidences,
    interval_alpha,
    nominal_alpha,
    spread_sums,
)
from charter.stats_bootstrap import Floats, Statistic, bootstrap_interval, cluster_rate, too_small

ALL = "all raters"
NOTHING_COMMON = "no pair in common"
_ALL_SAME = "chance agreement is complete: all labels are the same"
_STILL = "nothing varies between the prompts"
_K = 3

Joined = tuple[Ints, Ints, Ints]
"""Of every label in common: its item, and what either rater says."""


def pairwise(labels: Labels, seed: int) -> tuple[PairAgreement, ...]:
    """Every two raters with a pair in common."""
    found = []
    for one, other in itertools.combinations(labels.raters, 2):
        joined = _joined(one, other)
        if len(joined[0]):
            found.append(_agreement(labels, one.name, other.name, [joined], seed))
    return tuple(found)


def between_kinds(labels: Labels, seed: int) -> tuple[PairAgreement, ...]:
    """Every two kinds of raters with pairs in common, where at least one of them has several raters."""
    found = []
    kinds = dict.fromkeys(rater.feedback for rater in labels.raters)
    for one, other in itertools.combinations(kinds, 2):
        raters = labels.of_kind(one), labels.of_kind(other)
        joined = [_joined(a, b) for a, b in itertools.product(*raters)]
        if len(joined) > 1 and any(len(items) for items, _, _ in joined):
            found.append(_agreement(labels, KIND_NAMES[one], KIND_NAMES[other], joined, seed))
    return tuple(found)


def alphas(labels: Labels, seed: int) -> tuple[Alpha, ...]:
    """Of all raters but the oracle, and of each kind that has several."""
    raters = [rater for rater in labels.raters if rater.feedback != "oracle"]
    kinds = list(dict.fromkeys(rater.feedback for rater in raters))
    of = [(ALL, raters)]
    if len(kinds) > 1:
        of += [(KIND_NAMES[kind], labels.of_kind(kind)) for kind in kinds]
    return tuple(_alpha(labels, name, some, seed) for name, some in of if len(some) > 1)


def sums_by(index: Ints, columns: Floats) -> Floats:
    """The sums of the rows of ``columns`` that have the same index, one row an index that occurs."""
    places, inverse = np.unique(index, return_inverse=True)
    found = np.zeros((len(places), columns.shape[1]))
    np.add.at(found, inverse, columns)
    return found


def _joined(one: Rater, other: Rater) -> Joined:
    (items_a, p_a), (items_b, p_b) = one.arrays(), other.arrays()
    items, at_a, at_b = np.intersect1d(items_a, items_b, assume_unique=True, return_indices=True)
    return items, category(p_a[at_a]), category(p_b[at_b])


def _agreement(labels: Labels, one: str, other: str, joined: Sequence[Joined], seed: int) -> PairAgreement:
    items, said, answered = (np.concatenate(parts) for parts in zip(*joined, strict=True))
    cells = np.zeros((len(items), _K * _K))
    cells[np.arange(len(items)), said * _K + answered] = 1
    tables_C = sums_by(labels.prompt_of_N[items], cells).reshape(-1, _K, _K)
    same_C = tables_C[:, FIRST, FIRST] + tables_C[:, SECOND, SECOND]
    sides_C = tables_C[:, [SECOND, FIRST]][:, :, [SECOND, FIRST]].sum(axis=(1, 2))
    tables_C = (tables_C + tables_C[:, ::-1, ::-1]) / 2
    return PairAgreement(
        one=one,
        other=other,
        pairs=len(items),
        prompts=len(tables_C),
        ties=int(np.sum((said == TIE) | (answered == TIE))),
        accuracy=cluster_rate(same_C, sides_C),
        kappa=_estimate(
            tables_C.reshape(-1, _K * _K),
            lambda sums: cohen_kappa(sums.reshape(-1, _K, _K)),
            n=len(items),
            seed=derive_seed(seed, "kappa", one, other),
            disagreement=_disagreement_by_chance,
        ),
    )


def _alpha(labels: Labels, of: str, raters: Sequence[Rater], seed: int) -> Alpha:
    units = len(labels.prompt_of_N)
    arrays = [rater.arrays() for rater in raters]
    items, p = np.concatenate([items for items, _ in arrays]), np.concatenate([p for _, p in arrays])
    counts_N_K = np.zeros((units, _K))
    np.add.at(counts_N_K, (items, category(p)), 1)
    several = counts_N_K.sum(axis=1) >= 2
    prompts = labels.prompt_of_N[several]
    tables_N = coincidences(counts_N_K)
    tables_N = (tables_N + tables_N[:, ::-1, ::-1]) / 2
    spread_N = (spread_sums(p, items, units) + spread_sums(1 - p, items, units)) / 2
    n = int(several.sum())
    return Alpha(
        of=of,
        raters=len(raters),
        pairs=n,
        nominal=_estimate(
            sums_by(prompts, tables_N[several].reshape(-1, _K * _K)),
            lambda sums: nominal_alpha(sums.reshape(-1, _K, _K)),
            n=n,
            seed=derive_seed(seed, "nominal alpha", of),
            disagreement=_disagreement_by_chance,
        ),
        interval=_estimate(
            sums_by(prompts, spread_N[several]),
            interval_alpha,
            n=n,
            seed=derive_seed(seed, "interval alpha", of),
            disagreement=_square_by_chance,
        ),
    )


def _estimate(
    sums_C_S: Floats, statistic: Statistic, *, n: int, seed: int, disagreement: Callable[[Floats], float]
) -> Estimate:
    """The statistic with its interval. Where raters never disagree, resampling cannot tell how rare it is; the lower
    bound then follows from Wilson's of the proportion of prompts without disagreement, which is all of them."""
    if not n:
        return Estimate(reason=NOTHING_COMMON)
    total = sums_C_S.sum(axis=0)
    value = float(statistic(total[None])[0])
    if not np.isfinite(value):
        return Estimate(n=n, reason=_ALL_SAME)
    if few := too_small(len(sums_C_S)):
        return Estimate(value=value, n=n, reason=few)
    if value > 1 - 1e-9:
        rare = 1 - wilson(len(sums_C_S), len(sums_C_S))[0]
        return Estimate(value=1.0, low=1 - rare / disagreement(total), high=1.0, n=n)
    bounds = bootstrap_interval(sums_C_S, statistic, seed=seed)
    if bounds is None:
        return Estimate(value=value, n=n, reason=_STILL)
    return Estimate(value=value, low=bounds[0], high=bounds[1], n=n)


def _disagreement_by_chance(table: Floats) -> float:
    shares = table.reshape(_K, _K) / table.sum()
    return float(1 - shares.sum(axis=0) @ shares.sum(axis=1))


def _square_by_chance(sums: Floats) -> float:
    n, total, squares, _ = sums
    return float(2 * (n * squares - total**2) / (n * (n - 1)))
