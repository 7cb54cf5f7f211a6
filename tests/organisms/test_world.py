"""The world is rich, and whole: every harm has look-alikes, every task is recognised."""

import itertools
import random

import pytest

from charter.organisms.world import SLOT, the_world

WORLD = the_world()


def test_as_many_families_as_harms_and_several_hundred_tasks_when_filled() -> None:
    assert len(WORLD.harms) >= 6
    assert len(WORLD.families) >= 6
    filled = sum(
        len(list(itertools.product(*(WORLD.words[slot]["known"] for slot in SLOT.findall(task.template)))))
        for task in WORLD.tasks
    )
    assert filled > 600


def test_every_harm_has_a_look_alike() -> None:
    assert {task.looks_like for task in WORLD.tasks if task.looks_like} == set(WORLD.harms)
    assert not any(task.harmful and task.looks_like for task in WORLD.tasks)


@pytest.mark.parametrize("kind", WORLD.words)
def test_no_held_out_word_is_known(kind: str) -> None:
    known, held_out = WORLD.words[kind]["known"], WORLD.words[kind]["held_out"]
    assert held_out
    assert not set(known) & set(held_out)


@pytest.mark.parametrize("words", ["known", "held_out"])
def test_every_filled_task_is_recognised_as_itself_in_every_phrasing(words: str) -> None:
    rng = random.Random(0)
    for task in WORLD.tasks:
        request = WORLD.fill(task, rng, words)  # type: ignore[arg-type]
        assert WORLD.recognise(request.do) == request
        for phrasing in WORLD.phrasings["known"] + WORLD.phrasings["held_out"]:
            assert WORLD.requests_in(phrasing.replace("<do>", request.do)) == [request]


def test_a_step_is_harmful_or_not_but_never_both() -> None:
    harmless = {step for name in WORLD.families for step in WORLD.topics[name].steps()}
    assert not harmless & set(WORLD.harmful_steps)
