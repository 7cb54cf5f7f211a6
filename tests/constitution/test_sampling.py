"""Principles are drawn by their weights, and the same for the same seed."""

from collections import Counter
from itertools import pairwise

import pytest

from charter.constitution import Principle, load_constitution, sample_principle
from charter.errors import ConfigError

DEFAULT = load_constitution("default").principles


def weighted(*weights: float) -> list[Principle]:
    return [
        principle.model_copy(update={"weight": weight}) for principle, weight in zip(DEFAULT, weights, strict=False)
    ]


def test_each_is_drawn_in_proportion_to_its_weight() -> None:
    principles = weighted(1, 0, 2, 5)
    drawn = Counter(sample_principle(principles, seed).id for seed in range(8000))
    shares = [drawn[principle.id] / 8000 for principle in principles]
    assert shares == pytest.approx([1 / 8, 0, 2 / 8, 5 / 8], abs=0.02)
    assert shares[1] == 0


def test_the_same_seed_draws_the_same_on_any_machine() -> None:
    drawn = [sample_principle(DEFAULT, seed).id for seed in (0, 1, 2, 3, 2**63 - 1)]
    assert drawn == ["dignity", "within-the-law", "not-evasive", "good-conscience", "no-danger-to-others"]


def test_draws_are_with_replacement_and_unrelated() -> None:
    drawn = [sample_principle(weighted(1, 1), seed).id for seed in range(2000)]
    assert sum(one == two for one, two in pairwise(drawn)) / 1999 == pytest.approx(0.5, abs=0.05)


def test_weights_of_any_size_do_not_overflow_the_list() -> None:
    for weights in ((5e-324, 5e-324), (1e308, 1e-300), (0.1,) * 10):
        principles = weighted(*weights)
        assert all(sample_principle(principles, seed) in principles for seed in range(200))


def test_nothing_to_draw_from() -> None:
    with pytest.raises(ConfigError, match="weight above 0"):
        sample_principle(weighted(0, 0), 1)
