"""What is measured of a reward model, on comparisons whose numbers are worked out by hand."""

import math
from typing import Any

import pytest

from charter.train.reward_metrics import BINS, Measured, results_of


def measured(difference: float, p_first: float, longer: int = 0, **about: Any) -> Measured:
    return Measured(aim=about.pop("aim", "harmless"), p_first=p_first, difference=difference, longer=longer, **about)


def counts(rate: Any) -> tuple[int, int]:
    return rate.k, rate.n


def test_accuracy_counts_labels_that_are_no_tie_and_equal_scores_as_wrong() -> None:
    found = results_of(
        [measured(1, 0.9), measured(-1, 0.2), measured(1, 0.1, aim="helpful"), measured(0, 0.9), measured(3, 0.5)]
    )
    assert found.held_out == 5
    assert found.accuracy is not None
    assert counts(found.accuracy) == (2, 4)
    assert found.accuracy.low < 0.5 < found.accuracy.high
    assert {aim: counts(rate) for aim, rate in found.by_aim.items()} == {"harmless": (2, 3), "helpful": (0, 1)}
    assert found.oracle is None


def test_loss_is_the_mean_soft_loss_without_overflow() -> None:
    found = results_of([measured(0, 0.3), measured(1, 0.8), measured(-800, 1)])
    assert found.loss == pytest.approx((math.log(2) + 0.5132616875182228 + 800) / 3)


def test_a_calibrated_model_has_no_calibration_error_and_a_boasting_one_has() -> None:
    sure = math.log(0.85 / 0.15)
    calibrated = [measured(sure, 1.0)] * 17 + [measured(sure, 0.0)] * 3
    found = results_of(calibrated)
    assert found.ece == pytest.approx(0, abs=1e-12)
    boasting = results_of([measured(sure, 0.5)] * 4 + [measured(-sure, 0.05)] * 4)
    assert boasting.ece == pytest.approx((0.35 + 0.1) / 2)
    assert len(boasting.reliability) == BINS
    assert [bin_.n for bin_ in boasting.reliability] == [0, 4, 0, 0, 0, 0, 0, 0, 4, 0]
    full = boasting.reliability[8]
    assert (full.low, full.high) == (0.8, 0.9)
    assert (full.predicted, full.observed) == (pytest.approx(0.85), pytest.approx(0.5))
    assert boasting.reliability[0].predicted is None


def test_a_prediction_of_one_is_in_the_last_bin() -> None:
    assert results_of([measured(100, 1.0)]).reliability[-1].n == 1
    assert results_of([measured(-800, 0.0)]).reliability[0].n == 1


def test_length_bias_of_the_model_and_of_the_labels() -> None:
    found = results_of(
        [measured(1, 0.9, longer=5), measured(2, 0.2, longer=9), measured(-1, 0.5, longer=3), measured(1, 0.9)]
    )
    assert found.longer_wins is not None
    assert found.longer_is_better is not None
    assert counts(found.longer_wins) == (2, 3)  # the pair of equal length says nothing
    assert counts(found.longer_is_better) == (1, 2)  # nor does the tie
    ranked = results_of([measured(d, 0.9, longer=n) for d, n in ((1, 2), (2, 3), (3, 30), (4, 31))])
    assert ranked.length_correlation == pytest.approx(1.0)
    assert results_of([measured(1, 0.9, longer=5), measured(1, 0.9, longer=6)]).length_correlation is None


def test_agreement_with_the_oracle_is_over_pairs_where_it_prefers_one() -> None:
    found = results_of(
        [measured(1, 0.1, oracle=1.0), measured(1, 0.9, oracle=0.0), measured(1, 0.9, oracle=0.5), measured(1, 0.9)]
    )
    assert found.oracle is not None
    assert counts(found.oracle) == (1, 2)


def test_nothing_held_out_is_nothing_measured() -> None:
    assert results_of([]).accuracy is None
