"""Keys and values of a batch: those of the shared beginning once, each row's own beside them, in buffers made ahead.

    slots of a row:   [ nothing | old | gap | tail | written one by one → | not yet ]

All rows end at the same slot, so that a decoding step writes one column. ``old`` was computed in an earlier call,
``tail`` is the rest of the prompt; slots that are not a row's own are closed to its attention. On a CPU, attention runs
over whole buffers, closed slots included: a part of a buffer would be copied by every matrix product.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from transformers.cache_utils import Cache

SLOTS_AHEAD = {"cpu": 32, "cuda": 128}
"""Slots made ahead for what will be written; as many again when they are full."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """What the keys and values of one token look like."""

    layers: int
    heads: int
    """Heads of keys and values; there may be more query heads."""
    key_size: int
    value_size: int
    dtype: torch.dtype
    device: torch.device

    @property
    def token_bytes(self) -> int:
        """Bytes of one token's keys and values."""
        return self.layers * self.heads * (self.key_size + self.value_size) * self.dtype.itemsize


@dataclass(frozen=True, slots=True)
class Span:
    """Keys and values of consecutive tokens of one row."""

    keys: torch.Tensor  # (layers, heads, tokens, key_size)
    values: torch.Tensor  # (layers, heads, tokens, value_size)

    def __len__(self) -> int:
        return self.keys.shape[2]

    def __getitem__(self, part: slice) -> "Span":
        return Span(self.keys[:, :, part], self.values[:, :, part])

    @staticmethod
    def join(spans: list["Span"]) -> "Span":
        """The spans one after another, in memory of their own."""
        keys = torch.cat([span.keys for span in spans], dim=2)
        return Span(keys, torch.cat([span.values for span in spans], dim=2))


class Rows(Cache):  # type: ignore[misc]  # transformers is not typed
    """A batch's keys and values, as transformers' models read and write them.

    The rows at hand are the first ``count``; a row that leaves gives its place to the last one.
    """

    def __init__(self, geometry: Geometry, count: int, capacity: int, prefix: Span | None = None) -> None:
        super().__init__(layers=[])
        self._geometry = geometry
        self.keys, self.values = _buffers(geometry, count, capacity)
        self.bias = torch.full((count, capacity), -torch.inf, dtype=geometry.dtype, device=geometry.device)
        """0 where a slot is a row's own, minus infinity elsewhere."""
        self.prefix = prefix
        self.count = count
        self.filled = 0
        """Slots written up to now."""
        self.rows = slice(0, count)
        """The rows that the model is at."""
        self.slots = slice(0, 0)
        """The slots that it writes."""
        self.mask: torch.Tensor | None = None
        """Added to the scores of a pass over several tokens a row; (rows, 1, tokens, prefix + slots)."""
        self.layer = 0
        self.attended = 0
        """Number of calls of the attention; a model that attends in a way of its own makes none."""

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, layer_idx: int, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Writes the new keys and values; returns all of the rows' own, without the prefix."""
        self.layer = layer_idx
        end = self.used
        keys, values = self.keys[layer_idx, self.rows], self.values[layer_idx, self.rows]
        keys[:, :, self.slots] = key_states
        values[:, :, self.slots] = value_states
        return keys[:, :, :end], values[:, :, :end]

    @property
    def used(self) -> int:
        """Slots that attention runs over."""
        one_token = self.slots.stop == self.slots.start + 1
        return self.bias.shape[1] if one_token and self._geometry.device.type == "cpu" else self.slots.stop

    def get_seq_length(self, layer_idx: int = 0) -> int:
        """Tokens before those that the model is at; only where a model asks, for positions are given to it."""
        return self.slots.start + (len(self.prefix) if self.prefix else 0)

    def next_slot(self) -> None:
        """Goes on to a decoding step: one new slot, open to every row."""
        if self.filled == self.bias.shape[1]:
            self._grow()
        self.rows = slice(0, self.count)
        self.slots = slice(self.filled, self.filled + 1)
        self.bias[:, self.filled] = 0
        self.filled += 1

    def put(self, row: int, span: Span, end: int) -> None:
        """Places a span so that it ends before slot ``end``, and opens it to the row."""
        start = end - len(span)
        self.keys[:, row, :, start:end] = span.keys
        self.values[:, row, :, start:end] = span.values
        self.bias[row, start:end] = 0

    def take(self, row: int) -> Span:
        """A copy of the row's own keys and values, without the slots that are closed to it."""
        own = torch.nonzero(self.bias[row, : self.filled] == 0).squeeze(1)
        return Span(self.keys[:, row].index_select(2, own), self.values[:, row].index_select(2, own))

    def drop(self, leaving: list[int]) -> list[tuple[int, int]]:
        """Takes rows out; returns which row (second) moved to which place (first)."""
        kept = self.count - len(leaving)
        gone = set(leaving)
        holes = [row for row in leaving if row < kept]
        movers = [row for row in range(kept, self.count) if row not in gone]
        moves = list(zip(holes, movers, strict=True))
        for hole, mover in moves:
            self.keys[:, hole, :, : self.filled] = self.keys[:, mover, :, : self.filled]
            self.values[:, hole, :, : self.filled] = self.values[:, mover, :, : self.filled]
            self.bias[hole] = self.bias[mover]
        self.count = kept
        return moves

    def spread(self, sources: list[int], geometry: Geometry, capacity: int) -> "Rows":
        """New rows, each with the keys and values of one row of these."""
        new = Rows(geometry, len(sources), capacity, self.prefix)
        index = torch.tensor(sources, device=geometry.device)
        new.keys[:, :, :, : self.filled] = self.keys[:, :, :, : self.filled].index_select(1, index)
        new.values[:, :, :, : self.filled] = self.values[:, :, :, : self.filled].index_select(1, index)
        new.bias[:, : self.filled] = self.bias[:, : self.filled].index_select(0, index)
        new.filled = self.filled
        return new

    def _grow(self) -> None:
        """Longer buffers, for the rows at hand alone."""
        capacity = self.filled + SLOTS_AHEAD[self._geometry.device.type]
        keys, values = _buffers(self._geometry, self.count, capacity, zero_from=self.filled)
        keys[:, :, :, : self.filled] = self.keys[:, : self.count, :, : self.filled]
        values[:, :, :, : self.filled] = self.values[:, : self.count, :, : self.filled]
        bias = self.bias.new_full((self.count, capacity), -torch.inf)
        bias[:, : self.filled] = self.bias[: self.count, : self.filled]
        self.keys, self.values, self.bias = keys, values, bias


def _buffers(geometry: Geometry, count: int, capacity: int, zero_from: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Zeros: a closed slot has weight 0, but 0 times a NaN that memory happened to hold would still be a NaN."""
    shape = (geometry.layers, count, geometry.heads, capacity)
    keys, values = _memory((*shape, geometry.key_size), geometry), _memory((*shape, geometry.value_size), geometry)
    keys[:, :, :, zero_from:] = 0
    values[:, :, :, zero_from:] = 0
    return keys, values


def _memory(shape: tuple[int, ...], geometry: Geometry) -> torch.Tensor:
    if geometry.device.type != "cpu":
        return torch.empty(shape, dtype=geometry.dtype, device=geometry.device)
    # numpy asks Linux for large pages, torch does not: writing to new memory takes a quarter of the time.
    size = math.prod(shape) * geometry.dtype.itemsize
    return torch.from_numpy(np.empty(size, np.uint8)).view(geometry.dtype).view(shape)
