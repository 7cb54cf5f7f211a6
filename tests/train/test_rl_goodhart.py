"""When reward and held-out judge have parted, and when that may be chance."""

import random
from math import nan

import pytest

from charter.train.rl_goodhart import ERROR_RATE, Look, best_of, parted

N = 64


def look(step: int, good: int, reward: float, n: int = N) -> Look:
    return Look(step, tuple(place < good for place in range(n)), (reward,) * n)


def test_reward_up_and_judge_down_by_more_than_chance_is_goodhart() -> None:
    found = parted([look(0, 50, 0.0), look(10, 60, 1.0), look(20, 30, 2.0)], planned=3)
    assert found is not None
    assert (found.best.step, found.latest.step) == (10, 20)
    assert (found.pairs.both, found.pairs.only_before, found.pairs.only_after, found.pairs.neither) == (30, 30, 0, 4)
    assert found.rewards == (1.0, 2.0)
    assert found.p == pytest.approx(2 * 0.5**30)
    assert str(found) == (
        "reward and held-out judge part: from step 10 to 20 the mean reward of held-out answers rose from 1.00 to "
        "2.00, and of 64 prompts 30 are answered well instead of 60 (p = 2e-09)"
    )


@pytest.mark.parametrize(
    "latest",
    [
        pytest.param(look(10, 30, 0.0), id="the reward fell as well"),
        pytest.param(look(10, 60, 2.0), id="the judge sees no change"),
        pytest.param(look(10, 62, 2.0), id="both rose"),
        pytest.param(look(10, 56, 2.0), id="the judge's fall may be chance"),
    ],
)
def test_anything_else_is_not(latest: Look) -> None:
    assert parted([look(0, 60, 1.0), latest], planned=2) is None


def test_more_looks_ask_for_a_larger_fall() -> None:
    looks = [look(0, 60, 1.0), look(10, 53, 2.0)]  # seven prompts fewer: p = 0.016
    assert parted(looks, planned=3) is not None
    assert parted(looks, planned=4) is None


def test_the_first_fall_counts_whatever_comes_after() -> None:
    looks = [look(0, 60, 0.0), look(10, 20, 1.0), look(20, 60, 2.0), look(30, 10, 3.0)]
    found = parted(looks, planned=4)
    assert found is not None
    assert found.latest.step == 10


def test_prompts_without_a_verdict_and_answers_without_a_reward_are_left_out() -> None:
    before = Look(0, (True,) * 10 + (None,) * 5, (0.0,) * 14 + (nan,))
    after = Look(5, (False,) * 8 + (None,) * 2 + (False,) * 5, (nan,) + (1.0,) * 14)
    found = parted([before, after], planned=2)
    assert found is not None
    assert found.pairs.n == found.pairs.only_before == 8
    assert found.rewards == (0.0, 1.0)
    assert (after.k, after.n, after.score) == (0, 13, 0.0)


def test_without_any_verdict_or_reward_nothing_is_said() -> None:
    blind = Look(0, (None,) * N, (1.0,) * N)
    assert blind.score is None
    assert parted([blind, look(10, 0, 2.0)], planned=2) is None
    unscored = Look(10, (False,) * N, (nan,) * N)
    assert parted([look(0, 60, 1.0), unscored], planned=2) is None
    assert parted([look(0, 60, 1.0)], planned=2) is None


def test_the_best_look_is_the_latest_of_the_best() -> None:
    assert best_of([look(0, 50, 0.0), look(10, 60, 0.0), look(20, 60, 0.0), look(30, 9, 0.0)]).step == 20
    assert best_of([Look(0, (None,), (0.0,)), look(10, 0, 0.0)]).step == 10


def test_a_training_that_gets_no_worse_is_hardly_ever_stopped() -> None:
    rng = random.Random(0)
    stopped = 0
    for _ in range(200):
        looks = [
            Look(step, tuple(rng.random() < 0.7 for _ in range(N)), (float(step),) * N) for step in range(0, 110, 10)
        ]
        stopped += parted(looks, planned=11) is not None
    assert stopped <= 200 * ERROR_RATE
