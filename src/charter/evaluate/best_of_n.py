"""The best of several answers by a reward model: what the reward model is worth before any policy is trained on it."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from charter.digests import digest, record_id
from charter.models.completer import OnDone
from charter.records import Message, Prompt, Sample, Status
from charter.respond import Responder

Score = Callable[[Sequence[tuple[Message, ...]], Sequence[str]], list[float]]
"""From conversations and an answer to each: a reward each, NaN where there is none."""


class Scorer(Protocol):
    """Gives rewards; ``charter.train.RewardModel`` does."""

    @property
    def digest(self) -> str:
        """SHA-256 of all that its scores depend on, beside chat and answer."""

    def score(self, chats: Sequence[tuple[Message, ...]], answers: Sequence[str]) -> list[float]:
        """A reward an answer; NaN where there is none."""


def best_of_n(samples: Iterable[Sample], score: Score) -> list[Sample]:
    """Of the samples of each prompt, the one with the highest reward; of equal rewards, the one with the smallest id.

    In the order in which the prompts first appear. A sample without a text or a reward is not chosen; where a prompt
    has no other, what is returned is a failed sample that says so.
    """
    order: dict[str, list[Sample]] = {}
    for sample in samples:
        order.setdefault(sample.prompt.id, []).append(sample)
    answered = [sample for drawn in order.values() for sample in drawn if sample.status is Status.OK]
    given = score([sample.prompt.messages for sample in answered], [sample.text for sample in answered])
    rewards = {sample.id: reward for sample, reward in zip(answered, given, strict=True) if not math.isnan(reward)}
    return [_best(drawn, rewards) for drawn in order.values()]


def _best(drawn: Sequence[Sample], rewards: dict[str, float]) -> Sample:
    scored = [sample for sample in drawn if sample.id in rewards]
    if scored:
        return min(scored, key=lambda sample: (-rewards[sample.id], sample.id))
    first = min(drawn, key=lambda sample: (sample.status is Status.FAILED, sample.id))
    if first.status is Status.FAILED:
        return first
    reason = f"the reward model could score none of {len(drawn)} answers"
    return replace(first, text="", status=Status.FAILED, reason=reason)


class BestOfN:
    """Draws the responder's samples of each prompt and keeps the best; what ``map_records`` takes, over prompts.

    Model and reward model together are another policy than the model alone, so its samples carry a digest of both and
    of the number of samples.
    """

    def __init__(self, responder: Responder, scorer: Scorer) -> None:
        """``responder`` says how many samples a prompt has."""
        self._responder = responder
        self._scorer = scorer

    def identify(self, prompt: Prompt) -> str:
        """The id of the sample that ``work`` makes for ``prompt``: it covers every sample that is chosen from."""
        drawn = [self._responder.identify(draw) for draw in self._responder.expand([prompt])]
        return record_id("best of", drawn, self._scorer.digest)

    def work(self, prompts: Sequence[Prompt], on_done: OnDone | None = None) -> list[Sample]:
        """One sample a prompt, in the order of ``prompts``."""
        draws = [draw for prompt in prompts for draw in self._responder.expand([prompt])]
        n = len(draws) // len(prompts)
        samples = self._responder.work(draws, _per_prompt(n, on_done) if on_done else None)
        return [
            replace(sample, id=self.identify(prompt), model_digest=self._policy(sample, n))
            for prompt, sample in zip(prompts, best_of_n(samples, self._scorer.score), strict=True)
        ]

    def _policy(self, sample: Sample, n: int) -> str:
        return digest(["best of", n, sample.model_digest, self._scorer.digest])


def _per_prompt(n: int, on_done: OnDone) -> OnDone:
    """Told of samples, tells of prompts, which have ``n`` each."""
    drawn = 0

    def told(count: int) -> None:
        nonlocal drawn
        before, drawn = drawn // n, drawn + count
        if drawn // n > before:
            on_done(drawn // n - before)

    return told
