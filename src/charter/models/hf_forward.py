"""Calling a model on rows: a shared beginning, the rest of prompts, and one decoding step."""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from charter.models.hf_attention import attending
from charter.models.hf_rows import Geometry, Rows, Span

PASS_TOKENS = {"cpu": 2048, "cuda": 4096}
"""Tokens of one pass over prompts: enough to keep the processor busy, few enough to stay in its cache or memory."""


@dataclass(frozen=True, slots=True)
class Line:
    """What of one prompt is to be computed."""

    tail: Sequence[int]
    """At least one token."""
    position: int
    """Position of the tail's first token."""
    old: Span | None = None
    """What is known of the tokens between the shared beginning and the tail."""

    @property
    def old_length(self) -> int:
        """Tokens of ``old``."""
        return len(self.old) if self.old else 0


class Forward:
    """A model's forward pass, under whatever names this version of transformers has for its arguments.

    To be called in torch's inference mode.
    """

    def __init__(self, model: Any, geometry: Geometry) -> None:
        names = inspect.signature(model.forward).parameters
        self._model = model
        self._cache_name = "cache" if "cache" in names else "past_key_values"
        self._keeps = "logits_to_keep" in names
        self.geometry = geometry

    def prefix(self, tokens: Sequence[int]) -> Span:
        """Keys and values of a beginning, computed alone and from its first token: the same bits at any time."""
        rows = Rows(self.geometry, 1, len(tokens))
        rows.slots = slice(0, len(tokens))
        device = self.geometry.device
        self._run(rows, torch.tensor([list(tokens)], device=device), torch.arange(len(tokens), device=device)[None], 1)
        return Span(rows.keys[:, 0], rows.values[:, 0])

    def prompts(self, rows: Rows, lines: Sequence[Line], end: int, keep: int = 1) -> torch.Tensor:
        """Computes the tails of all rows, so that they end at slot ``end``, in passes over a few rows each.

        ``lines`` go best in the order of their length, for each pass is as wide as its longest. Returns the logits of
        the last ``keep`` tokens, (rows, keep, vocabulary); those before a shorter tail mean nothing.
        """
        passes = _passes(lines, PASS_TOKENS[self.geometry.device.type])
        logits = torch.cat([self._pass(rows, part, lines[part], end, keep) for part in passes])
        rows.filled = end
        return logits

    def step(self, rows: Rows, tokens: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
        """One decoding step of all rows at hand; tokens and positions: (rows,). Logits: (rows, vocabulary)."""
        rows.next_slot()
        return self._run(rows, tokens[:, None], positions[:, None], 1)[:, 0]

    def _pass(self, rows: Rows, part: slice, lines: Sequence[Line], end: int, keep: int) -> torch.Tensor:
        width = max(len(line.tail) for line in lines)
        device = self.geometry.device
        ids = torch.zeros(len(lines), width, dtype=torch.long)
        positions = torch.zeros(len(lines), width, dtype=torch.long)
        lengths = torch.tensor([len(line.tail) for line in lines])
        for row, line in enumerate(lines):
            ids[row, width - len(line.tail) :] = torch.tensor(line.tail)
            first = line.position + len(line.tail) - width
            positions[row] = torch.arange(first, first + width)
            if line.old is not None:
                rows.put(part.start + row, line.old, end - width)
        rows.rows, rows.slots = part, slice(end - width, end)
        rows.mask = self._mask(rows, lengths.to(device), width)
        own = torch.arange(width, device=device) >= width - lengths.to(device)[:, None]
        rows.bias[part, end - width : end] = rows.bias.new_zeros(()).where(own, -torch.inf)
        return self._run(rows, ids.to(device), positions.clamp_min(0).to(device), keep)

    def _mask(self, rows: Rows, lengths: torch.Tensor, width: int) -> torch.Tensor:
        """What each token of the tails may attend to: the prefix, the row's old slots, and the tail up to itself."""
        device, end = lengths.device, rows.slots.stop
        count, before = len(lengths), rows.slots.start
        shared = len(rows.prefix) if rows.prefix else 0
        mask = rows.bias.new_zeros(count, 1, width, shared + end)
        mask[..., shared : shared + before] = rows.bias[rows.rows, None, None, :before]
        at = torch.arange(width, device=device)
        padding = at[None, None, :] < width - lengths[:, None, None]
        closed = (at[None, None, :] > at[None, :, None]) | (padding & (at[None, None, :] != at[None, :, None]))
        mask[:, 0, :, shared + before :].masked_fill_(closed, -torch.inf)  # padding sees itself, so that nothing is NaN
        return mask

    def _run(self, rows: Rows, ids: torch.Tensor, positions: torch.Tensor, keep: int) -> torch.Tensor:
        arguments = {self._cache_name: rows, "logits_to_keep": keep} if self._keeps else {self._cache_name: rows}
        with attending(rows):
            output = self._model(input_ids=ids, position_ids=positions, use_cache=True, **arguments)
        logits: torch.Tensor = output.logits[:, -keep:]
        return logits


def _passes(lines: Sequence[Line], budget: int) -> list[slice]:
    """Consecutive rows, so many that a pass over them, padded, has at most ``budget`` tokens."""
    parts: list[slice] = []
    start = width = 0
    for row, line in enumerate(lines):
        width = max(width, len(line.tail))
        if row > start and width * (row + 1 - start) > budget:
            parts.append(slice(start, row))
            start, width = row, len(line.tail)
    parts.append(slice(start, len(lines)))
    return parts
