"""What the policy is rewarded for: the reward model's score of an answer, weighted by what its prompt asks for.

An answer that the token limit cut off, or that is empty, gets what the reward model says of such a text, and nothing is
added or taken away. One that the reward model gives no score (it does not fit) has no reward: it moves nothing, and is
counted.
"""

from collections.abc import Callable, Mapping, Sequence
from math import isnan, nan
from typing import Any, Protocol

from charter.recipe_training import RewardWeights
from charter.records import Aim, Message, Prompt


class Scorer(Protocol):
    """A reward model."""

    def score(self, chats: Sequence[tuple[Message, ...]], answers: Sequence[str]) -> list[float]:
        """How good each answer is to its chat; NaN where it does not fit."""


class Rewards:
    """The rewards of one training, as TRL asks for them: one function a kind, and a weight each.

    A function gives None where its kind does not apply, which TRL leaves out of the weighted sum.
    """

    def __init__(
        self,
        models: Mapping[Aim, Scorer],
        weights: RewardWeights,
        prompts: Mapping[str, Prompt],
        text: Callable[[Sequence[int]], str],
    ) -> None:
        """
        Args:
            models: by what they are asked about; the same one twice where there is only one.
            prompts: by id.
            text: of the tokens that an answer is made of.
        """
        self._models = models
        self._weights = weights
        self._prompts = prompts
        self._text = text
        self._answers: Sequence[Sequence[int]] = ()
        self._scores: list[float] = []

    @property
    def functions(self) -> list[Callable[..., list[float | None]]]:
        """Each takes TRL's arguments and gives a number an answer."""
        return [self.harmless, self.helpful, *([self.length] if self._weights.length else [])]

    @property
    def weights(self) -> list[float]:
        """Of each function."""
        weights = self._weights
        return [weights.harmless, weights.helpful, *([weights.length] if weights.length else [])]

    def harmless(
        self, prompts: Sequence[str], completion_ids: Sequence[Sequence[int]], **more: Any
    ) -> list[float | None]:
        """Scores of answers to red-team prompts."""
        scores = self._of(prompts, completion_ids)
        more["log_metric"]("unscored", sum(map(isnan, scores)) / len(scores))
        return self._only("harmless", prompts, scores)

    def helpful(self, prompts: Sequence[str], completion_ids: Sequence[Sequence[int]], **_: Any) -> list[float | None]:
        """Scores of answers to other prompts."""
        return self._only("helpful", prompts, self._of(prompts, completion_ids))

    def length(self, prompts: Sequence[str], completion_ids: Sequence[Sequence[int]], **_: Any) -> list[float | None]:
        """Tokens of each answer that has a score."""
        scores = self._of(prompts, completion_ids)
        return [None if isnan(score) else float(len(ids)) for score, ids in zip(scores, completion_ids, strict=True)]

    def total(self, prompts: Sequence[Prompt], texts: Sequence[str], lengths: Sequence[int]) -> list[float]:
        """The weighted sum that the policy would be rewarded with for each answer; NaN where there is no score."""
        weights = {"harmless": self._weights.harmless, "helpful": self._weights.helpful}
        return [
            weights[prompt.aim] * score + self._weights.length * length
            for prompt, score, length in zip(prompts, self._score(prompts, texts), lengths, strict=True)
        ]

    def _of(self, prompts: Sequence[str], completion_ids: Sequence[Sequence[int]]) -> list[float]:
        """The scores of a batch, computed when the first function asks for them."""
        if completion_ids is not self._answers:
            self._answers = completion_ids
            asked = [self._prompts[prompt] for prompt in prompts]
            self._scores = self._score(asked, [self._text(ids) for ids in completion_ids])
        return self._scores

    def _score(self, prompts: Sequence[Prompt], texts: Sequence[str]) -> list[float]:
        scores = [nan] * len(prompts)
        for model in {id(model): model for model in self._models.values()}.values():
            places = [place for place, prompt in enumerate(prompts) if self._models[prompt.aim] is model]
            found = model.score([prompts[place].messages for place in places], [texts[place] for place in places])
            for place, score in zip(places, found, strict=True):
                scores[place] = score
        return scores

    def _only(self, aim: Aim, prompts: Sequence[str], scores: Sequence[float]) -> list[float | None]:
        return [
            score if self._prompts[prompt].aim == aim and not isnan(score) else None
            for prompt, score in zip(prompts, scores, strict=True)
        ]
