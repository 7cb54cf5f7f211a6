"""The interval of a bounded mean: Jeffreys' where values are 0 and 1, and one with a width where all are equal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from charter.stats_mean import mean_interval


@pytest.mark.parametrize(("k", "n"), [(3, 20), (10, 20), (40, 50)])
def test_of_zeros_and_ones_it_is_jeffreys_interval(k: int, n: int) -> None:
    low, high = mean_interval([1.0] * k + [0.0] * (n - k), (0, 1), seed=1)
    assert (low, high) == pytest.approx(beta(k + 0.5, n - k + 0.5).ppf([0.025, 0.975]), abs=0.02)


def test_where_all_values_are_equal_it_has_a_width() -> None:
    assert mean_interval([0.0] * 30, (0, 4), seed=1) == (0, pytest.approx(4 * beta(0.5, 30.5).ppf(0.975), abs=0.04))
    low, high = mean_interval([1.0] * 30, (0, 1), seed=1)
    assert high == 1
    assert 0.85 < low < 0.95


@given(st.lists(st.floats(0, 4), min_size=1, max_size=30), st.integers(0, 9))
def test_it_holds_the_mean_and_stays_on_the_scale(values: list[float], seed: int) -> None:
    low, high = mean_interval(values, (0, 4), seed=seed)
    assert 0 <= low <= sum(values) / len(values) <= high <= 4
    assert mean_interval(list(reversed(values)), (0, 4), seed=seed) == pytest.approx((low, high))


def test_without_values_nothing_is_known() -> None:
    assert mean_interval([], (0, 4), seed=1) == (0, 4)


def test_a_value_beyond_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="not between 0 and 1"):
        mean_interval([0.5, 1.5], (0, 1), seed=1)
