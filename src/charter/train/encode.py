"""From examples to tokens: the prompt exactly as the model is shown it when it answers, then the answer it learns."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from charter.errors import ModelError
from charter.models.rendering import Renderer, RenderingError
from charter.records import Message
from charter.train.dataset import Example, LeftOut

IGNORED = -100
"""The label of a token that carries no loss."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """One example in tokens."""

    ids: list[int]
    prompt: int
    """How many of ``ids`` are the prompt; the loss is on the rest, which ends with an end-of-turn token."""

    @property
    def labels(self) -> list[int]:
        """``ids`` with the prompt's tokens ignored."""
        return [IGNORED] * self.prompt + self.ids[self.prompt :]


class Encoder:
    """Encodes examples for one model."""

    def __init__(self, tokenizer: Any, renderer: Renderer, form: str, longest: int) -> None:
        """
        Args:
            form: ``ModelConfig.format``, which ``renderer`` was made for.
            longest: most tokens that an example may have.

        Raises:
            ModelError: the tokenizer has no end-of-text token to close an answer with.
        """
        if tokenizer.eos_token_id is None:
            raise ModelError(
                f"{tokenizer.name_or_path}: the tokenizer names no eos_token, so that a model could not learn where an "
                "answer ends; set it in tokenizer_config.json"
            )
        self._tokenizer = tokenizer
        self._renderer = renderer
        self._form = form
        self._longest = longest

    def encode(self, examples: Sequence[Example]) -> tuple[list[Tokens], Counter[LeftOut]]:
        """The examples that fit, in their order, and a count of those that do not."""
        left_out: Counter[LeftOut] = Counter()
        texts = []
        for example in examples:
            try:
                prompt = self._renderer.prompt(example.prompt)
                texts.append((prompt, self._answer(prompt, example)))
            except RenderingError:
                left_out[LeftOut.NO_FORM] += 1
        prompts = self._renderer.encode([prompt for prompt, _ in texts]) if texts else []
        wholes = self._renderer.encode([prompt + answer for prompt, answer in texts]) if texts else []
        encoded = []
        for (_, answer), prompt_ids, whole_ids in zip(texts, prompts, wholes, strict=True):
            tokens = self._tokens(answer, prompt_ids, whole_ids)
            if len(tokens.ids) > self._longest:
                left_out[LeftOut.TOO_LONG] += 1
            else:
                encoded.append(tokens)
        return encoded, left_out

    def _answer(self, prompt: str, example: Example) -> str:
        """What follows the prompt's text when the model has given this answer."""
        if self._form == "transcript":
            return f" {example.answer}"
        turns = [*example.prompt, Message("assistant", example.answer)]
        whole: str = self._tokenizer.apply_chat_template(
            [{"role": turn.role, "content": turn.content} for turn in turns], tokenize=False
        )
        if whole.startswith(prompt):
            return whole[len(prompt) :]
        # Some templates open the answer to come differently from one that was given (with an empty thought, say):
        # the model learns to go on from what it will be shown.
        _, found, after = whole.rpartition(example.answer)
        if not found:
            raise RenderingError("the chat template changes the answer's text")
        return found + after

    def _tokens(self, answer: str, prompt_ids: list[int], whole_ids: list[int]) -> Tokens:
        length = len(prompt_ids)
        if whole_ids[:length] == prompt_ids:
            answer_ids = whole_ids[length:]
        else:
            # Prompt and answer would share a token, which no model can write after the prompt's own last token.
            answer_ids = self._tokenizer(answer, add_special_tokens=False)["input_ids"]
        ends = [place for place, token in enumerate(answer_ids, 1) if token in self._renderer.stop_tokens]
        closed = answer_ids[: ends[-1]] if ends else [*answer_ids, self._tokenizer.eos_token_id]
        return Tokens([*prompt_ids, *closed], length)


def longest_example(config_max: int, context: int | None) -> int:
    """The most tokens that an example may have: ``sft.max_length``, or the model's context where that is less."""
    return min(config_max, context or config_max)
