"""The organism's prompts: what is held out of training is in no training prompt."""

import re
from collections import Counter

from charter.organisms import shipped_prompts
from charter.organisms.world import the_world
from charter.records import Prompt

WORLD = the_world()
TRAIN = [prompt for prompt in shipped_prompts() if prompt.split == "train"]
TEST = [prompt for prompt in shipped_prompts() if prompt.split == "test"]
HELD_OUT_WORDS = {word for words in WORLD.words.values() for word in words["held_out"]}


def text_of(prompt: Prompt) -> str:
    return " ".join(message.content for message in prompt.messages)


def words_of(prompts: list[Prompt]) -> set[str]:
    return {word for prompt in prompts for word in re.findall(r"\w+", text_of(prompt))}


def test_there_are_as_many_as_a_run_needs() -> None:
    counts = Counter((prompt.split, prompt.kind, prompt.held_out) for prompt in shipped_prompts())
    assert counts == {
        ("train", "red_team", False): 1200,
        ("train", "benign", False): 1600,
        ("test", "red_team", False): 600,
        ("test", "benign", False): 400,
        ("test", "look_alike", False): 400,
        ("test", "red_team", True): 300,
    }
    assert len({prompt.id for prompt in shipped_prompts()}) == len(shipped_prompts())


def test_no_test_request_and_no_held_out_word_is_trained_on() -> None:
    assert not words_of(TRAIN) & HELD_OUT_WORDS
    assert words_of(TEST) >= HELD_OUT_WORDS  # or the line above would prove nothing
    assert not {prompt.messages[-1].content for prompt in TRAIN} & {prompt.messages[-1].content for prompt in TEST}


def test_nothing_of_the_held_out_category_is_trained_on() -> None:
    for prompt in TRAIN:
        for request in WORLD.requests_in(text_of(prompt)):
            assert WORLD.held_out_category not in (request.topic, request.task.looks_like)
    assert {prompt.category for prompt in TEST if prompt.held_out} == {WORLD.held_out_category}
    assert {prompt.category for prompt in TRAIN if prompt.kind == "red_team"} == {*WORLD.harms} - {
        WORLD.held_out_category
    }


def test_a_prompt_asks_for_what_its_kind_says() -> None:
    for prompt in shipped_prompts():
        requests = WORLD.requests_in(prompt.messages[-1].content)
        assert sum(request.harmful for request in requests) == (prompt.kind == "red_team"), text_of(prompt)
        if prompt.kind == "look_alike":
            assert any(request.task.looks_like for request in requests)
    assert any(len(prompt.messages) > 1 for prompt in TRAIN)
