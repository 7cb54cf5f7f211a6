"""Intervals of clustered observations: that they cover, and what they are where nothing varies."""

import numpy as np
import pytest

from charter.stats import wilson
from charter.stats_bootstrap import Floats, bootstrap_interval, cluster_bootstrap, cluster_rate


def share(sums: Floats) -> Floats:
    return sums[:, 0] / sums[:, 1]


def clustered(rng: np.random.Generator, clusters: int, of: float = 0.8) -> Floats:
    """Six observations a cluster that mostly do the same: hits and number."""
    own = rng.beta(2 * of, 2 * (1 - of), clusters)
    return np.stack([rng.binomial(6, own), np.full(clusters, 6)], axis=1).astype(float)


@pytest.mark.parametrize("clusters", [25, 100])
def test_both_intervals_cover_though_observations_of_a_cluster_are_alike(clusters: int) -> None:
    rng = np.random.default_rng(0)
    repeats, bootstrapped, adjusted, naive = 300, 0, 0, 0
    for number in range(repeats):
        sums = clustered(rng, clusters)
        low, high = bootstrap_interval(sums, share, seed=number, draws=400) or (1.0, 0.0)
        bootstrapped += low <= 0.8 <= high
        found = cluster_rate(sums[:, 0], sums[:, 1])
        adjusted += found.low <= 0.8 <= found.high
        low, high = wilson(found.k, found.n)
        naive += low <= 0.8 <= high
    assert 0.91 <= bootstrapped / repeats <= 0.985
    assert 0.92 <= adjusted / repeats <= 0.99
    assert naive / repeats < 0.85  # what happens to who takes them for independent


def test_the_same_clusters_give_the_same_interval_in_any_order() -> None:
    sums = clustered(np.random.default_rng(1), 40)
    assert bootstrap_interval(sums, share, seed=3) == bootstrap_interval(sums[::-1], share, seed=3)
    assert bootstrap_interval(sums, share, seed=3) != bootstrap_interval(sums, share, seed=4)


def test_the_interval_is_around_the_estimate() -> None:
    sums = clustered(np.random.default_rng(2), 60)
    low, high = bootstrap_interval(sums, share, seed=0) or (1.0, 0.0)
    assert low < share(sums.sum(axis=0)[None])[0] < high


def test_draws_are_resamples_of_as_many_clusters() -> None:
    sums = np.array([[1.0, 2.0]] * 30 + [[0.0, 1.0]] * 10)
    drawn = cluster_bootstrap(sums, lambda totals: totals, seed=0, draws=50)
    assert drawn.shape == (50, 2)
    assert set((drawn[:, 1] - drawn[:, 0]).tolist()) == {40.0}
    assert len(set(drawn[:, 0].tolist())) > 5


def test_more_clusters_than_fit_in_a_block_are_drawn_in_several() -> None:
    sums = np.arange(3000.0)[:, None]
    drawn = cluster_bootstrap(sums, lambda totals: totals[:, 0], seed=0, draws=2000)
    assert len(drawn) == 2000
    assert np.std(drawn) == pytest.approx(np.std(sums) * np.sqrt(3000), rel=0.1)


@pytest.mark.parametrize("sums", [np.array([[3.0, 4.0]]), np.array([[1.0, 1.0]] * 9), np.array([[0.0, 0.0]] * 9)])
def test_where_resampling_cannot_tell_there_is_no_interval(sums: Floats) -> None:
    with np.errstate(invalid="ignore"):
        assert bootstrap_interval(sums, share, seed=0) is None


def test_a_rate_of_clusters_of_one_is_a_rate() -> None:
    found = cluster_rate(np.array([1.0, 0, 1, 1, 0]), np.array([1.0, 1, 1, 1, 0]))
    assert (found.k, found.n, (found.low, found.high)) == (3, 4, wilson(3, 4))
    assert cluster_rate(np.array([]), np.array([])).rate is None


def test_a_rate_without_variation_knows_only_its_clusters() -> None:
    n = np.full(10, 5.0)
    found = cluster_rate(n, n)
    assert (found.k, found.n, found.rate, found.high) == (50, 50, 1.0, 1.0)
    assert found.low == pytest.approx(wilson(10, 10)[0])
    assert cluster_rate(0 * n, n).high == pytest.approx(wilson(0, 10)[1])


def test_clusters_that_are_all_alike_are_never_more_than_their_observations() -> None:
    found = cluster_rate(np.full(10, 2.0), np.full(10, 4.0))  # each half right: less varied than chance would be
    assert found.high - found.low >= 0.95 * np.diff(wilson(20, 40))[0]
