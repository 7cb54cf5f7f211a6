"""What a runner is asked, and what it writes: token ids in, token ids out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import torch

from charter.models.completer import Sampling
from charter.records import Finish

T = TypeVar("T")
Ends = Callable[[Sequence[int]], bool]
"""Whether the tokens written so far end the turn."""


@dataclass(slots=True)
class Request:
    """One prompt, and what has been written after it."""

    tokens: tuple[int, ...]
    seed: int
    limit: int
    """Most tokens to write; the context may leave less room than the sampling asks for."""
    written: list[int] = field(default_factory=list)
    finish: Finish | None = None
    """None until the turn is over."""
    error: str = ""

    def write(self, token: int, ends: Ends) -> bool:
        """Appends a token; returns whether the turn is over."""
        self.written.append(token)
        if ends(self.written):
            self.finish = "stop"
        elif len(self.written) >= self.limit:
            self.finish = "length"
        return self.finish is not None

    def restart(self) -> None:
        """Forgets what was written, for its batch did not fit in memory and is begun again."""
        self.written.clear()


@dataclass(frozen=True, slots=True)
class Question:
    """One prompt and the options whose log-probabilities are asked for."""

    tokens: tuple[int, ...]
    options: tuple[tuple[int, ...], ...]

    @property
    def length(self) -> int:
        """Tokens of the prompt with its longest option."""
        return len(self.tokens) + max(map(len, self.options), default=0)


class Runner(Protocol):
    """A way to run a model."""

    def generate(
        self, requests: Sequence[Request], sampling: Sampling, ends: Ends, on_done: Callable[[], None]
    ) -> None:
        """Writes each request's answer, and tells of each when its turn is over."""

    def score(self, questions: Sequence[Question]) -> list[list[float]]:
        """The log-probabilities of each question's options; NaN where memory was too small for it alone."""


class Batches:
    """Works through items in batches that fit in memory: where one does not fit, it and all later ones are halved."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.note = ""
        """Why ``size`` is smaller than it was; empty while it is not."""

    def work(
        self,
        items: Sequence[T],
        run: Callable[[Sequence[T]], None],
        fail: Callable[[T], None],
        free: Callable[[], None],
    ) -> None:
        """Runs all items, in their order. ``fail`` takes an item that does not fit alone; ``free`` frees memory."""
        start = 0
        while start < len(items):
            batch = items[start : start + self.size]
            if self._fits(batch, run):
                start += len(batch)
                continue
            free()
            if len(batch) == 1:
                fail(batch[0])
                start += 1
            else:
                self.size = (len(batch) + 1) // 2
                self.note = f"{self.size}: {len(batch)} rows together did not fit in memory"

    def _fits(self, batch: Sequence[T], run: Callable[[Sequence[T]], None]) -> bool:
        try:
            run(batch)
        except torch.OutOfMemoryError:
            return False
        return True
