"""The order of an epoch: all of it, like lengths together, the same whenever it is asked for."""

import random

from charter.train.order import LengthGrouped, epoch_order

LENGTHS = random.Random(0).choices(range(10, 200), k=1003)


def padded(order: list[int], size: int) -> int:
    steps = [order[start : start + size] for start in range(0, len(order), size)]
    return sum(max(LENGTHS[index] for index in step) * len(step) for step in steps)


def test_every_example_once_an_epoch() -> None:
    for size in (1, 8, 32, 1003, 5000):
        assert sorted(epoch_order(LENGTHS, size, seed=3, epoch=1)) == list(range(len(LENGTHS)))
    assert epoch_order([], 8, seed=0, epoch=0) == []


def test_like_lengths_share_a_step() -> None:
    shuffled = list(range(len(LENGTHS)))
    random.Random(5).shuffle(shuffled)
    real = sum(LENGTHS)
    assert padded(epoch_order(LENGTHS, 16, seed=0, epoch=0), 16) < 1.1 * real
    assert padded(shuffled, 16) > 1.5 * real


def test_steps_of_all_lengths_follow_each_other_in_no_order() -> None:
    order = epoch_order(LENGTHS, 16, seed=0, epoch=0)
    longest = [max(LENGTHS[index] for index in order[start : start + 16]) for start in range(0, 960, 16)]
    assert longest != sorted(longest)
    assert max(longest[:20]) > 150
    assert min(longest[:20]) < 80


def test_seed_and_epoch_determine_the_order() -> None:
    order = epoch_order(LENGTHS, 16, seed=0, epoch=0)
    assert order == epoch_order(LENGTHS, 16, seed=0, epoch=0)
    assert order != epoch_order(LENGTHS, 16, seed=0, epoch=1)
    assert order != epoch_order(LENGTHS, 16, seed=1, epoch=0)


def test_the_sampler_follows_the_epoch() -> None:
    sampler = LengthGrouped(LENGTHS, 16, seed=0)
    assert len(sampler) == len(LENGTHS)
    assert list(sampler) == epoch_order(LENGTHS, 16, seed=0, epoch=0)
    sampler.set_epoch(2)
    assert list(sampler) == epoch_order(LENGTHS, 16, seed=0, epoch=2)
