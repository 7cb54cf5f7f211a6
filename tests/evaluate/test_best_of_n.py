"""The best of several answers: which is chosen, and what its record stands for."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from charter.engine import map_records
from charter.evaluate import BestOfN, best_of_n
from charter.models import load_completer
from charter.models.completer import Sampling
from charter.progress import Progress
from charter.recipe import ModelConfig
from charter.records import Message, Sample, Status
from charter.respond import Responder
from charter.shards import Shards

MakeSample = Callable[..., Sample]


def by_length(chats: Sequence[tuple[Message, ...]], answers: Sequence[str]) -> list[float]:
    assert len(chats) == len(answers)
    return [math.nan if "?" in answer else float(len(answer)) for answer in answers]


class Longest:
    """A reward model that likes long answers."""

    def __init__(self, digest: str = "r1") -> None:
        self.digest = digest

    def score(self, chats: Sequence[tuple[Message, ...]], answers: Sequence[str]) -> list[float]:
        return by_length(chats, answers)


def drawn(make_sample: MakeSample, request: str, *texts: str) -> list[Sample]:
    return [replace(make_sample(text, request), id=f"{request}{n}") for n, text in enumerate(texts)]


def test_the_highest_reward_is_chosen_for_each_prompt(make_sample: MakeSample) -> None:
    samples = drawn(make_sample, "b", "x", "xxx", "xx") + drawn(make_sample, "a", "long one", "o")
    assert [sample.text for sample in best_of_n(samples, by_length)] == ["xxx", "long one"]


def test_of_equal_rewards_the_smallest_id_whatever_the_order(make_sample: MakeSample) -> None:
    samples = drawn(make_sample, "a", "xx", "yy", "z")
    assert best_of_n(samples, by_length) == best_of_n(samples[::-1], by_length) == [samples[0]]


def test_what_has_no_text_or_no_reward_is_not_chosen(make_sample: MakeSample) -> None:
    samples = drawn(make_sample, "a", "", "x?????", "y")
    samples[0] = replace(samples[0], status=Status.FAILED, reason="the server failed")
    assert best_of_n(samples, by_length) == [samples[2]]
    (nothing,) = best_of_n(samples[:2], by_length)
    assert (nothing.status, nothing.text) == (Status.FAILED, "")
    assert nothing.reason == "the reward model could score none of 2 answers"
    assert best_of_n(samples[:1], by_length) == samples[:1]


def test_through_the_engine_with_a_model(make_sample: MakeSample, tiny_llama: Path, tmp_path: Path) -> None:
    completer = load_completer(ModelConfig(name=str(tiny_llama), device="cpu", dtype="float32"))

    def responder(n: int) -> Responder:
        return Responder(completer, Sampling(max_new_tokens=6), 1, "best-of-n", n)

    prompts = [make_sample(request=f"Say {n}.").prompt for n in range(3)]
    best = BestOfN(responder(4), Longest())
    shards = Shards(tmp_path / "best", Sample)
    for _ in range(2):
        map_records(
            prompts,
            shards,
            identify=best.identify,
            work=best.work,
            shard_size=2,
            progress=Progress(quiet=True),
            label="best-of-n",
        )
    found = {sample.prompt.id: sample for sample in shards.read()}
    one = responder(4)
    for prompt in prompts:
        texts = [sample.text for sample in one.work(one.expand([prompt]))]
        assert len(found[prompt.id].text) == max(map(len, texts))
        assert found[prompt.id].text in texts
    assert {sample.id for sample in found.values()} == {best.identify(prompt) for prompt in prompts}
    # another n or another reward model is another policy, and none of them is the model alone
    others = [BestOfN(responder(3), Longest()), BestOfN(responder(4), Longest("r2"))]
    policies = {each.work(prompts[:1])[0].model_digest for each in [best, *others]}
    assert len(policies | {completer.digest}) == 4
    assert len({each.identify(prompts[0]) for each in [best, *others]}) == 3


def test_progress_is_told_of_prompts(make_sample: MakeSample, tiny_llama: Path) -> None:
    completer = load_completer(ModelConfig(name=str(tiny_llama), device="cpu", dtype="float32"))
    best = BestOfN(Responder(completer, Sampling(max_new_tokens=2), 1, "best-of-n", 3), Longest())
    told: list[int] = []
    best.work([make_sample(request=f"Say {n}.").prompt for n in range(4)], told.append)
    assert sum(told) == 4
