"""Kappa and alpha against the examples of those who made them, and what holds for any counts."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.stats_agreement import (
    cohen_kappa,
    coincidences,
    interval_alpha,
    nominal_alpha,
    spread_sums,
)

TABLES = st.lists(st.integers(0, 30), min_size=9, max_size=9).map(lambda cells: np.array(cells, float).reshape(3, 3))

FOUR_OBSERVERS = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
"""Krippendorff (2011), section C: twelve units, some of them not seen by all."""


def kappa(table: list[list[float]]) -> float:
    return float(cohen_kappa(np.array(table, float)[None])[0])


def nominal(*observers: str) -> float:
    values = sorted({word for line in observers for word in line.split()} - {"."})
    counts = np.zeros((len(observers[0].split()), len(values)))
    for line in observers:
        for unit, word in enumerate(line.split()):
            if word != ".":
                counts[unit, values.index(word)] += 1
    return float(nominal_alpha(coincidences(counts).sum(axis=0)[None])[0])


def interval(*observers: str) -> float:
    seen = [(unit, float(word)) for line in observers for unit, word in enumerate(line.split()) if word != "."]
    units, values = np.array([unit for unit, _ in seen]), np.array([value for _, value in seen])
    return float(interval_alpha(spread_sums(values, units, 12).sum(axis=0)[None])[0])


def test_kappa_of_cohens_own_tables() -> None:
    # Cohen (1960), tables 1 and 2; the second by hand: (0.70 - 0.41) / (1 - 0.41)
    assert kappa([[0.25, 0.13, 0.12], [0.12, 0.02, 0.16], [0.03, 0.15, 0.02]]) == pytest.approx(-0.06 / 0.65)
    assert kappa([[88, 14, 18], [10, 40, 10], [2, 6, 12]]) == pytest.approx(0.29 / 0.59)


def test_alpha_of_krippendorffs_own_examples() -> None:
    assert nominal("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0") == pytest.approx(0.095, abs=5e-4)
    assert nominal("a a b b d c c c e d d a", "b a b b b c c c e d d d") == pytest.approx(0.692, abs=5e-4)
    assert nominal(*FOUR_OBSERVERS) == pytest.approx(0.743, abs=5e-4)
    assert interval(*FOUR_OBSERVERS) == pytest.approx(0.849, abs=5e-4)


def test_a_unit_with_one_value_changes_nothing() -> None:
    without = tuple(f"{' '.join(line.split()[:11])}" for line in FOUR_OBSERVERS)  # the twelfth was seen once
    assert nominal(*without) == pytest.approx(nominal(*FOUR_OBSERVERS))
    alone = np.array([[2.0, 0, 0], [0, 1, 0]])
    assert coincidences(alone)[1].sum() == 0


@given(TABLES)
def test_kappa_does_not_depend_on_the_order_of_categories_or_raters(table: np.ndarray) -> None:
    found = float(cohen_kappa(table[None])[0])
    turned = [float(cohen_kappa(other[None])[0]) for other in (table[::-1, ::-1], table.T)]
    assert all(math.isnan(other) if math.isnan(found) else other == pytest.approx(found) for other in turned)
    assert math.isnan(found) or -1 <= found <= 1


def test_tables_are_measured_one_by_one() -> None:
    tables = np.array([[[5.0, 0], [0, 5]], [[0, 5], [5, 0]], [[5, 5], [5, 5]]])
    assert cohen_kappa(tables) == pytest.approx([1, -1, 0])
    assert nominal_alpha(tables) == pytest.approx([1, 1 - 9 * 10 / 50, 1 - 19 * 10 / 200])


@pytest.mark.parametrize("table", [[[0, 0], [0, 0]], [[7, 0], [0, 0]]])
def test_what_is_not_defined_is_no_number(table: list[list[float]]) -> None:
    assert math.isnan(kappa(table))
    assert math.isnan(float(nominal_alpha(np.array(table, float)[None])[0]))


def test_interval_alpha_of_equal_values_is_not_defined() -> None:
    sums = spread_sums(np.array([0.3, 0.3, 0.3, 0.3]), np.array([0, 0, 1, 1]), 2)
    assert math.isnan(float(interval_alpha(sums.sum(axis=0)[None])[0]))
