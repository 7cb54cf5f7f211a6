"""Drawing responses: one sample a draw, seeded by the draw alone, and failures kept as records."""

import random
from collections.abc import Sequence
from dataclasses import replace

from charter.models.completer import Chat, Completion, OnDone, Sampling
from charter.recipe import SamplingConfig
from charter.records import Message, Prompt, Status
from charter.respond import Responder

PROMPTS = tuple(Prompt(messages=(Message("user", f"request {index}"),)) for index in range(4))


class SeedTeller:
    """Answers with the last request and the seed; a request that ends in 1 fails, and one in 2 gets no text."""

    name = "seed-teller"
    digest = "d" * 64

    def complete(self, chats: Sequence[Chat], sampling: Sampling, on_done: OnDone | None = None) -> list[Completion]:
        if on_done:
            on_done(len(chats))
        return [self._answer(chat) for chat in chats]

    def _answer(self, chat: Chat) -> Completion:
        request = chat.messages[-1].content
        if request.endswith("1"):
            return Completion("", "stop", 0, error="the prompt does not fit: 9000 tokens")
        return Completion(" \n" if request.endswith("2") else f"{request}: {chat.seed}", "length", 3)

    def score(self, chats: Sequence[Chat], options: Sequence[Sequence[str]]) -> list[list[float]]:
        raise AssertionError("drawing samples scores nothing")


def responder(**changes: object) -> Responder:
    settings: dict[str, object] = {"sampling": SamplingConfig(), "seed": 7, "purpose": "answers", **changes}
    return Responder(SeedTeller(), **settings)


def test_every_prompt_is_answered_as_often_as_asked_and_each_time_with_another_seed() -> None:
    drawer = responder(samples_per_prompt=3)
    draws = drawer.expand(PROMPTS)
    samples = drawer.work(draws)
    assert [sample.prompt for sample in samples] == [prompt for prompt in PROMPTS for _ in range(3)]
    assert [sample.id for sample in samples] == [drawer.identify(draw) for draw in draws]
    assert len({sample.id for sample in samples}) == len({sample.seed for sample in samples}) == 12
    assert samples[0].text == f"request 0: {samples[0].seed}"
    assert samples[0].finish == "length"
    assert responder(samples_per_prompt=0).expand(PROMPTS) == ()


def test_a_completion_without_text_is_a_failed_sample_with_its_reason() -> None:
    drawer = responder()
    good, failed, empty, _ = drawer.work(drawer.expand(PROMPTS))
    assert (good.status, good.reason) == (Status.OK, "")
    assert (failed.status, failed.reason) == (Status.FAILED, "the prompt does not fit: 9000 tokens")
    assert (empty.status, empty.reason, empty.text) == (Status.FAILED, "the model wrote nothing", "")


def test_order_and_chunks_do_not_matter() -> None:
    drawer = responder(samples_per_prompt=2)
    draws = drawer.expand(PROMPTS)
    shuffled = random.Random(0).sample(draws, len(draws))
    whole = drawer.work(draws)
    pieces = [sample for start in range(0, len(draws), 3) for sample in drawer.work(shuffled[start : start + 3])]
    assert {sample.id: sample for sample in whole} == {sample.id: sample for sample in pieces}


def test_the_id_depends_on_whatever_the_text_depends_on() -> None:
    (draw,) = responder().expand(PROMPTS[:1])
    ids = {
        responder().identify(draw),
        responder(seed=8).identify(draw),
        responder(purpose="helpful").identify(draw),
        responder(sampling=SamplingConfig(temperature=0)).identify(draw),
        responder(sampling=SamplingConfig(max_new_tokens=5)).identify(draw),
        responder().identify(replace(draw, index=1)),
    }
    assert len(ids) == 6
    assert responder(sampling=Sampling()).identify(draw) == responder().identify(draw)


def test_progress_counts_every_draw() -> None:
    told: list[int] = []
    drawer = responder(samples_per_prompt=2)
    drawer.work(drawer.expand(PROMPTS), told.append)
    assert sum(told) == 8
