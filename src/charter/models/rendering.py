"""From turns to the tokens that a model is shown, and from the tokens it wrote back to text."""

from collections.abc import Sequence
from typing import Any, Protocol

from charter.errors import ModelError
from charter.records import Message
from charter.terminal import neutral

HUMAN, ASSISTANT = "\n\nHuman:", "\n\nAssistant:"
_PROBE = "Charter"
_TAIL = 12
"""Tokens at the end of a text in which a stop text is looked for; it may be cut into as many."""


class RenderingError(ValueError):
    """The template does not take these turns; the message says why."""


class Renderer(Protocol):
    """One form of conversation."""

    stop_tokens: frozenset[int]
    """A token of these ends the turn."""

    def prompt(self, messages: Sequence[Message]) -> str:
        """The text that the model continues with the assistant's next turn.

        Raises:
            RenderingError: the form does not take these turns.
        """

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """The tokens of each prompt."""

    def option(self, text: str) -> list[int]:
        """The tokens of ``text`` as the beginning of the assistant's turn."""

    def text(self, tokens: Sequence[int]) -> str:
        """What the assistant wrote, without the tokens that ended the turn and the space around it."""

    def ends(self, tokens: Sequence[int]) -> bool:
        """Whether the turn is over because of its text, whatever its last token is."""


class ChatRenderer:
    """The chat template of the model's own tokenizer."""

    def __init__(self, tokenizer: Any, stop_tokens: frozenset[int]) -> None:
        """
        Raises:
            ModelError: the template does not take one user's turn.
        """
        self._tokenizer = tokenizer
        try:
            self.prompt((Message("user", _PROBE),))
        except RenderingError as error:
            raise ModelError(
                f"{tokenizer.name_or_path}: the chat template fails on one user's turn ({error}); mend the template"
            ) from error
        self.stop_tokens = stop_tokens | self._end_of_turn()

    def prompt(self, messages: Sequence[Message]) -> str:
        return self._render(messages, add_generation_prompt=True)

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        # The template writes the special tokens; the tokenizer must not write them a second time.
        ids: list[list[int]] = self._tokenizer(list(texts), add_special_tokens=False)["input_ids"]
        return ids

    def option(self, text: str) -> list[int]:
        return self.encode([text])[0]

    def text(self, tokens: Sequence[int]) -> str:
        return _decode(self._tokenizer, tokens).strip()

    def ends(self, tokens: Sequence[int]) -> bool:
        return False

    def _render(self, messages: Sequence[Message], *, add_generation_prompt: bool) -> str:
        from jinja2 import TemplateError

        turns = [{"role": turn.role, "content": turn.content} for turn in messages]
        try:
            text: str = self._tokenizer.apply_chat_template(
                turns, tokenize=False, add_generation_prompt=add_generation_prompt
            )
        except (TemplateError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise RenderingError(neutral(" ".join(str(error).split()))[:200] or type(error).__name__) from error
        return text

    def _end_of_turn(self) -> frozenset[int]:
        """The special token that the template writes after an assistant's text, if it writes one."""
        turns = (Message("user", _PROBE), Message("assistant", _PROBE * 2))
        try:
            _, found, after = self._render(turns, add_generation_prompt=False).rpartition(_PROBE * 2)
        except RenderingError:
            return frozenset()
        first = self.encode([after.lstrip()])[0][:1] if found else []
        added = self._tokenizer.added_tokens_decoder
        return frozenset(token for token in first if token in added and added[token].special)


class TranscriptRenderer:
    r"""The Human/Assistant form, for base models: ``\n\nHuman: …\n\nAssistant: …``; a system turn is its first line."""

    def __init__(self, tokenizer: Any, stop_tokens: frozenset[int]) -> None:
        self._tokenizer = tokenizer
        self.stop_tokens = stop_tokens

    def prompt(self, messages: Sequence[Message]) -> str:
        names = {"system": "", "user": f"{HUMAN} ", "assistant": f"{ASSISTANT} "}
        return "".join(names[turn.role] + turn.content for turn in messages) + ASSISTANT

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        encoded: list[list[int]] = self._tokenizer(list(texts))["input_ids"]
        end = self._tokenizer.eos_token_id
        return [ids[:-1] if len(ids) > 1 and ids[-1] == end else ids for ids in encoded]

    def option(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(f" {text}", add_special_tokens=False)["input_ids"]
        return ids

    def text(self, tokens: Sequence[int]) -> str:
        return _decode(self._tokenizer, tokens).partition(HUMAN)[0].strip()

    def ends(self, tokens: Sequence[int]) -> bool:
        return HUMAN in _decode(self._tokenizer, tokens[-_TAIL:])


def make_renderer(tokenizer: Any, form: str, stop_tokens: frozenset[int]) -> Renderer:
    """The renderer of ``ModelConfig.format``.

    Raises:
        ModelError: the chat template cannot be used.
    """
    return (TranscriptRenderer if form == "transcript" else ChatRenderer)(tokenizer, stop_tokens)


def _decode(tokenizer: Any, tokens: Sequence[int]) -> str:
    text: str = tokenizer.decode(list(tokens), skip_special_tokens=True, clean_up_tokenization_spaces=False)
    return text
