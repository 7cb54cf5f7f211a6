"""Intervals and tests against published values, and properties that hold for any counts."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.stats import Pairs, mcnemar, paired_interval, rate, wilson

COUNTS = st.integers(0, 60)
PAIRS = st.builds(Pairs, COUNTS, COUNTS, COUNTS, COUNTS)
PROPORTIONS = st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        # Newcombe (1998), Stat. Med. 17, 857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_agrees_with_published_intervals(k: int, n: int, low: float, high: float) -> None:
    assert wilson(k, n) == pytest.approx((low, high), abs=5e-5)


def test_wilson_is_the_solution_of_the_score_equation() -> None:
    for bound in wilson(37, 420):
        assert abs(37 / 420 - bound) == pytest.approx(1.959963984540054 * math.sqrt(bound * (1 - bound) / 420))


@given(PROPORTIONS)
def test_wilson_holds_the_proportion_and_mirrors(counts: tuple[int, int]) -> None:
    k, n = counts
    low, high = wilson(k, n)
    assert 0 <= low <= k / n <= high <= 1
    assert low < high
    assert (low == 0) == (k == 0)
    assert (high == 1) == (k == n)
    assert wilson(n - k, n) == pytest.approx((1 - high, 1 - low))
    narrow_low, narrow_high = wilson(k, n, confidence=0.8)
    assert low <= narrow_low <= narrow_high <= high


def test_rate_without_observations_says_that_nothing_is_known() -> None:
    nothing = rate(0, 0)
    assert (nothing.k, nothing.n, nothing.rate, nothing.low, nothing.high) == (0, 0, None, 0.0, 1.0)
    some = rate(3, 12)
    assert (some.rate, (some.low, some.high)) == (0.25, wilson(3, 12))


@pytest.mark.parametrize(("k", "n"), [(-1, 4), (5, 4), (1, 0)])
def test_no_proportion_is_refused(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="is no proportion"):
        rate(k, n)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0])
def test_no_confidence_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        wilson(1, 2, confidence)


@pytest.mark.parametrize(
    ("pairs", "interval", "rounding"),
    [
        # Newcombe (1998), Stat. Med. 17, 2635-2650, method 10: after minus before, so with the signs turned
        (Pairs(36, 12, 2, 0), (-0.3404, -0.0569), 5e-5),
        # Fagerland, Lydersen and Laake (2014), Stat. Med. 33, 2850-2875: airway hyper-responsiveness
        (Pairs(1, 1, 7, 12), (0.026, 0.507), 5e-4),
        # Altman et al. (2000), Statistics with Confidence, 2nd ed., table 6.2
        (Pairs(14, 5, 0, 22), (-0.226, -0.011), 5e-4),
    ],
)
def test_paired_interval_agrees_with_published_ones(
    pairs: Pairs, interval: tuple[float, float], rounding: float
) -> None:
    assert paired_interval(pairs) == pytest.approx(interval, abs=rounding)


@given(PAIRS)
def test_paired_interval_holds_the_difference_and_mirrors(pairs: Pairs) -> None:
    low, high = paired_interval(pairs)
    if pairs.n == 0:
        assert (low, high) == (-1, 1)
        return
    assert -1 <= low <= pairs.difference <= high <= 1
    swapped = Pairs(pairs.both, pairs.only_after, pairs.only_before, pairs.neither)
    complement = Pairs(pairs.neither, pairs.only_after, pairs.only_before, pairs.both)
    assert paired_interval(swapped) == pytest.approx((-high, -low))
    assert paired_interval(complement) == pytest.approx((-high, -low))


def test_paired_interval_has_a_width_where_nothing_changed_and_where_everything_did() -> None:
    low, high = paired_interval(Pairs(0, 0, 0, 400))
    assert -0.02 < low < 0 < high < 0.02
    low, high = paired_interval(Pairs(0, 400, 0, 0))
    assert low == -1
    assert -1 < high < -0.98


@pytest.mark.parametrize(
    ("lost", "gained", "p"),
    [
        (7, 1, 2 * (1 + 8) / 2**8),
        (5, 0, 2 / 2**5),
        (10, 2, 2 * (1 + 12 + 66) / 2**12),
        (3, 3, 1.0),
        (0, 0, 1.0),
    ],
)
def test_mcnemar_counts_the_ways_in_which_pairs_can_change(lost: int, gained: int, p: float) -> None:
    assert mcnemar(Pairs(20, lost, gained, 20)) == pytest.approx(p)
    assert mcnemar(Pairs(0, gained, lost, 3)) == pytest.approx(p)


@given(PAIRS)
def test_mcnemar_is_a_probability_that_unchanged_pairs_do_not_move(pairs: Pairs) -> None:
    p = mcnemar(pairs)
    assert 0 < p <= 1
    assert p == mcnemar(Pairs(0, pairs.only_before, pairs.only_after, 0))
