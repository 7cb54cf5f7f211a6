"""What training pulls at, and what that does for an answer: the words that training and tracing have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from charter.records import Message

if TYPE_CHECKING:
    from charter.models.hf_load import LoadedModel


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one step of training pulls at: texts that it makes likelier (weight above 0) or less likely (below 0)."""

    prompt: tuple[Message, ...]
    texts: tuple[tuple[str, float], ...]
    """Answers with their weights: one of weight 1 to imitate; of a preference two, of opposite weights."""


@dataclass(frozen=True, slots=True)
class Pull:
    """What a small step on one lesson does for the answer."""

    product: float
    """Of the two gradients: how fast the answer's log-probability (natural log) rises along the lesson's."""
    cosine: float
    """Of the angle between them: the product without the gradients' lengths."""


@dataclass(frozen=True, slots=True)
class Pulls:
    """One answer in one model."""

    log_prob: float | None
    """Natural log of the answer's probability, its end included; None where it does not fit into the model."""
    each: tuple[Pull | None, ...]
    """One a lesson; None where the lesson or the answer does not fit."""


class Gradients(Protocol):
    """Gradients in one model; ``charter.train.Attribution`` takes them."""

    choice: str
    """Of which weights they are, and why of these."""

    def pulls(
        self,
        prompt: Sequence[Message],
        answer: str,
        lessons: Sequence[Lesson],
        on_done: Callable[[int], None],
    ) -> Pulls:
        """What each lesson does for that answer to that prompt."""


TakeGradients = Callable[["LoadedModel", str], Gradients]
"""From a model, and the form in which it is shown a conversation (``ModelConfig.format``)."""
