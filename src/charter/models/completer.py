"""What a stage needs of a model: complete chats, and score options. Where the model runs is its own affair."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from charter.records import Finish, Message

OnDone = Callable[[int], None]
"""Called with the number of chats just finished, for progress bars."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How text is drawn. Temperature 0 is greedy."""

    temperature: float = 1.0
    top_p: float = 1.0
    max_new_tokens: int = 256


@dataclass(frozen=True, slots=True)
class Chat:
    """One request: the turns so far, and the seed that its sample is drawn with.

    The same messages, sampling and seed give the same completion whatever else is in the batch.
    """

    messages: tuple[Message, ...]
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model wrote as the assistant's next turn."""

    text: str
    finish: Finish
    tokens: int
    """Tokens generated, the end-of-turn token included."""
    error: str = ""
    """Why there is no text: the prompt did not fit, the server failed; empty when all went well."""


@runtime_checkable
class Completer(Protocol):
    """A model that answers."""

    @property
    def name(self) -> str:
        """A name for people: a folder, a hub name, a served model."""

    @property
    def digest(self) -> str:
        """SHA-256 of weights, configuration and tokenizer, or of whatever else identifies the model."""

    def complete(self, chats: Sequence[Chat], sampling: Sampling, on_done: OnDone | None = None) -> list[Completion]:
        """One completion a chat, in the order of ``chats``."""

    def score(self, chats: Sequence[Chat], options: Sequence[Sequence[str]]) -> list[list[float]]:
        """Log-probabilities (natural log), shape (N, options of that chat), of each option as the assistant's turn.

        NaN where there is none: the chat does not fit, or the server does not tell.
        """
