"""What a runner is asked, and what it writes: token ids in, token ids out."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Protocol, TypeVar

import torch

from charter.models.completer import Sampling
from charter.models.hf_workers import Workers
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

    def __init__(self, size: int, workers: Workers) -> None:
        self.size = size
        self.note = ""
        """Why ``size`` is smaller than it was; empty while it is not."""
        self._workers = workers
        self._failed: Sequence[Any] = ()
        """A batch that did not fit."""

    def work(
        self,
        items: Sequence[T],
        run: Callable[[Sequence[T]], None],
        fail: Callable[[T], None],
        free: Callable[[], None],
    ) -> None:
        """Runs all items, neighbours together. ``fail`` takes an item that does not fit alone; ``free`` frees memory.

        ``run`` is called in torch's inference mode, for small models in several threads at once.
        """
        while items:
            batches = self._divide(items)
            fit = self._workers.run([functools.partial(self._fits, batch, run) for batch in batches])
            items = [item for batch, fits in zip(batches, fit, strict=True) if not fits for item in batch]
            failed, self._failed = self._failed, ()
            if not failed:
                return
            free()
            if len(failed) == 1:
                fail(failed[0])
                items.remove(failed[0])
            else:
                self.size = (len(failed) + 1) // 2
                self.note = f"{self.size}: {len(failed)} rows together did not fit in memory"

    def _divide(self, items: Sequence[T]) -> list[Sequence[T]]:
        parts = self._workers.parts(len(items), self.size)
        borders = [len(items) * part // parts for part in range(parts + 1)]
        return [items[start:stop] for start, stop in pairwise(borders)]

    @torch.inference_mode()
    def _fits(self, batch: Sequence[T], run: Callable[[Sequence[T]], None]) -> bool:
        if self._failed:
            return False  # what is left will be divided anew, into smaller batches
        try:
            run(batch)
        except (torch.OutOfMemoryError, MemoryError):
            self._failed = batch
            return False
        return True
