"""From examples to tokens: the prompt exactly as the model is shown it when it answers, then the answer it learns."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from charter.errors import ModelError
from charter.models.rendering import Renderer, RenderingError, make_renderer
from charter.records import Message
from charter.training_data import Example, LeftOut

if TYPE_CHECKING:
    from charter.models.hf_load import LoadedModel

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
        self.longest = longest

    @classmethod
    def of(cls, loaded: "LoadedModel", form: str, max_length: int) -> Self:
        """The encoder of a loaded model, for examples of at most ``max_length`` tokens."""
        renderer = make_renderer(loaded.tokenizer, form, loaded.stop_tokens)
        return cls(loaded.tokenizer, renderer, form, longest_example(max_length, loaded.context))

    def encode(self, examples: Sequence[Example]) -> tuple[list[Tokens], Counter[LeftOut]]:
        """The examples that fit, in their order, and a count of those that do not."""
        found = self.encode_each([(example.prompt, example.answer) for example in examples])
        left_out = Counter(each for each in found if isinstance(each, LeftOut))
        return [each for each in found if isinstance(each, Tokens)], left_out

    def encode_each(self, dialogues: Sequence[tuple[Sequence[Message], str]]) -> list[Tokens | LeftOut]:
        """For each prompt with its answer, in their order: the tokens, or why there are none."""
        found: list[Tokens | LeftOut] = [LeftOut.NO_FORM] * len(dialogues)
        texts = {}
        for place, (prompt, answer) in enumerate(dialogues):
            with suppress(RenderingError):
                shown = self._renderer.prompt(prompt)
                texts[place] = shown, self._answer(shown, prompt, answer)
        prompts = self._renderer.encode([prompt for prompt, _ in texts.values()]) if texts else []
        wholes = self._renderer.encode([prompt + answer for prompt, answer in texts.values()]) if texts else []
        for (place, (_, answer)), prompt_ids, whole_ids in zip(texts.items(), prompts, wholes, strict=True):
            tokens = self._tokens(answer, prompt_ids, whole_ids)
            found[place] = tokens if len(tokens.ids) <= self.longest else LeftOut.TOO_LONG
        return found

    def _answer(self, shown: str, prompt: Sequence[Message], answer: str) -> str:
        """What follows the prompt's text, as it is shown, when the model has given this answer."""
        if self._form == "transcript":
            return f" {answer}"
        turns = [*prompt, Message("assistant", answer)]
        whole: str = self._tokenizer.apply_chat_template(
            [{"role": turn.role, "content": turn.content} for turn in turns], tokenize=False
        )
        if whole.startswith(shown):
            return whole[len(shown) :]
        # Some templates open the answer to come differently from one that was given (with an empty thought, say):
        # the model learns to go on from what it will be shown.
        _, found, after = whole.rpartition(answer)
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
    """The most tokens that an example may have: what the recipe allows, or the model's context where that is less."""
    return min(config_max, context or config_max)
