"""Keys and values kept from one call to the next, in bounded memory: shared beginnings, and rows to be continued."""

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from charter.models.hf_rows import Geometry, Span
from charter.models.prefixes import common_length

CPU_BYTES = 512 * 2**20
"""Most memory for shared beginnings, and as much again for rows, on a CPU."""
GPU_SHARE = 1 / 16
"""Of a GPU's memory, likewise."""


def kept_bytes(geometry: Geometry) -> int:
    """The limit for each of the two kinds."""
    if geometry.device.type == "cuda":
        return int(torch.cuda.get_device_properties(geometry.device).total_memory * GPU_SHARE)
    return CPU_BYTES


class KeptPrefixes:
    """Shared beginnings, the least recently used of which leaves first."""

    def __init__(self, limit: int, token_bytes: int) -> None:
        self._spans: OrderedDict[tuple[int, ...], Span] = OrderedDict()
        self._limit = limit // token_bytes
        self._tokens = 0
        self._lock = threading.Lock()

    def get(self, tokens: tuple[int, ...], compute: Callable[[Sequence[int]], Span]) -> Span:
        """The span of exactly these tokens; one that is a part of another is computed for itself, to be the same."""
        with self._lock:
            span = self._spans.pop(tokens, None)
            if span is None:
                span = compute(tokens)
                self._tokens += len(tokens)
            self._spans[tokens] = span
            while self._tokens > self._limit and len(self._spans) > 1:
                gone, _ = self._spans.popitem(last=False)
                self._tokens -= len(gone)
            return span

    def clear(self) -> None:
        """Forgets everything, when memory is short."""
        self._spans.clear()
        self._tokens = 0


@dataclass(frozen=True, slots=True)
class KeptRow:
    """What was computed for a request of the last call."""

    tokens: tuple[int, ...]
    """Prompt and answer; the answer's last token was never put in, and is not among them."""
    prompt_length: int
    shared: int
    """Tokens whose span is ``prefix``."""
    prefix: Span | None
    own: Span

    def span(self, start: int, stop: int) -> Span:
        """Keys and values of the tokens from ``start`` to ``stop``."""
        own = self.own[max(0, start - self.shared) : stop - self.shared]
        if self.prefix is None or start >= self.shared:
            return own
        return Span.join([self.prefix[start : self.shared], own])


class KeptRows:
    """The rows of one call, for the next call to continue.

    A chat continues a row when it begins with the row's whole prompt and some of its answer, as a request for a
    revision begins with the request for a critique and the critique. Rows that merely begin alike are not used: which
    of them are at hand depends on what ran before, and a continued run must not differ from an undisturbed one.
    Rows live for one call: a conversation that was not taken up in the next call is not expected to be.
    """

    def __init__(self, limit: int, token_bytes: int) -> None:
        self._rows: dict[tuple[int, ...], list[KeptRow]] = {}
        self._prompts: list[tuple[int, ...]] = []
        self._room = limit // token_bytes

    def room_for(self, tokens: int) -> bool:
        """Takes the room for a row of up to so many own tokens, if there is as much left."""
        if tokens > self._room:
            return False
        self._room -= tokens
        return True

    def add(self, row: KeptRow) -> None:
        """Keeps a row for which there was room."""
        self._rows.setdefault(row.tokens[: row.prompt_length], []).append(row)
        self._prompts.clear()

    def longest(self, tokens: Sequence[int]) -> tuple[KeptRow, int] | None:
        """The row that ``tokens`` continue furthest, and how many tokens of it they begin with."""
        if not self._prompts:
            self._prompts = sorted(self._rows)
        wanted = tuple(tokens)
        at = bisect_right(self._prompts, wanted)
        while at:
            prompt = self._prompts[at - 1]
            common = common_length(prompt, wanted)
            if common == len(prompt):
                return _furthest(self._rows[prompt], wanted)
            # Whatever is a beginning of ``wanted`` stands before what they have in common.
            at = min(at - 1, bisect_right(self._prompts, wanted[:common]))
        return None


def _furthest(rows: Sequence[KeptRow], tokens: tuple[int, ...]) -> tuple[KeptRow, int] | None:
    lengths = [min(common_length(row.tokens, tokens), len(tokens) - 1) for row in rows]
    best = max(range(len(rows)), key=lengths.__getitem__)
    return (rows[best], lengths[best]) if lengths[best] > rows[best].prompt_length else None
