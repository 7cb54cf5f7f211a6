"""Which prompts are trained on, which are the held-out judge's, and in what order they come."""

from collections import Counter
from dataclasses import replace

import pytest

from charter.records import Message, Prompt, PromptKind
from charter.train.rl_prompts import RolloutOrder, deal


def prompt(number: int, kind: PromptKind = "red_team") -> Prompt:
    return Prompt(messages=(Message("user", f"Pick lock {number}."),), kind=kind)


PROMPTS = [prompt(number) for number in range(40)] + [prompt(number, "benign") for number in range(60)]


def test_half_of_the_judges_prompts_are_red_team_and_none_is_trained_on() -> None:
    dealt = deal(PROMPTS, 16, seed=0)
    assert Counter(each.kind for each in dealt.held_out) == {"red_team": 8, "benign": 8}
    assert len(dealt.trained) == 84
    assert {each.id for each in dealt.trained}.isdisjoint(each.id for each in dealt.held_out)


def test_at_most_a_quarter_of_a_kind_is_set_apart() -> None:
    dealt = deal(PROMPTS, 1000, seed=0)
    assert Counter(each.kind for each in dealt.held_out) == {"red_team": 10, "benign": 15}
    assert not deal(PROMPTS[:3], 8, seed=0).held_out


def test_the_order_of_the_prompts_does_not_matter_and_repeats_count_once() -> None:
    dealt, again = deal(PROMPTS, 16, seed=0), deal(PROMPTS[::-1] + PROMPTS[:5], 16, seed=0)
    assert dealt == again
    assert dealt.digest == again.digest
    assert deal(PROMPTS, 16, seed=1).held_out != dealt.held_out
    assert deal(PROMPTS, 18, seed=0).digest != dealt.digest


def test_more_prompts_for_the_judge_are_the_same_and_others() -> None:
    assert set(deal(PROMPTS, 8, seed=0).held_out) < set(deal(PROMPTS, 16, seed=0).held_out)


def test_a_test_prompt_is_neither_trained_on_nor_looked_at() -> None:
    dealt = deal([replace(each, split="test") for each in PROMPTS[:30]] + PROMPTS[30:], 8, seed=0)
    assert len(dealt.trained) + len(dealt.held_out) == 70


def order(prompts: int = 10, *, steps: int = 9, batches: int = 1, seed: int = 0) -> list[tuple[int, ...]]:
    """The indices of each step."""
    made = RolloutOrder(prompts, prompts_a_step=3, generations=2, batches=batches, steps=steps, seed=seed)
    indices = list(made)
    assert len(indices) == len(made) == steps * batches * 6
    return [tuple(indices[start : start + 6 * batches]) for start in range(0, len(indices), 6 * batches)]


def test_each_prompt_of_a_step_comes_as_often_as_it_is_answered_and_side_by_side() -> None:
    for step in order():
        assert step[::2] == step[1::2]
        assert len(set(step)) == 3


def test_nearly_all_prompts_are_seen_before_any_is_seen_again() -> None:
    steps = order()
    for first in (0, 3, 6):
        assert len({index for step in steps[first : first + 3] for index in step}) == 9
    assert {index for step in steps for index in step} == set(range(10))
    assert steps[:3] != steps[3:6]


def test_the_order_is_a_function_of_its_arguments() -> None:
    assert order() == order()
    assert order(seed=1) != order()
    assert order(steps=20)[:9] == order()


def test_a_step_of_several_batches_is_read_for_each_of_them() -> None:
    for step, twice in zip(order(), order(batches=2), strict=True):
        assert twice == step + step


@pytest.mark.parametrize("prompts", [3, 4])
def test_as_few_prompts_as_a_step_takes_are_enough(prompts: int) -> None:
    assert all(len(set(step)) == 3 for step in order(prompts))
