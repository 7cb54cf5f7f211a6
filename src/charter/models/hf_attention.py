"""Attention to a beginning that all rows share, and to each row's own tokens, as one softmax.

Registered with transformers under ``NAME``: any architecture that looks its attention up there runs on it. The keys of
the shared beginning are multiplied with the queries of all rows as one matrix; nothing of it is copied for a row.
Outside of ``attending`` it is transformers' own ``sdpa``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import AttentionMaskInterface, sdpa_mask

from charter.models.hf_rows import Rows

NAME = "charter_shared"

_OTHER_KINDS = ("softcap", "s_aux", "position_bias")
"""Arguments of attention that is not a softmax of scaled products alone."""

_ACTIVE: ContextVar[Rows | None] = ContextVar("charter_rows", default=None)


@contextmanager
def attending(rows: Rows) -> Iterator[None]:
    """The model's attention is that of ``rows``."""
    token = _ACTIVE.set(rows)
    try:
        yield
    finally:
        _ACTIVE.reset(token)


def register() -> None:
    """Makes ``NAME`` known to transformers."""
    AttentionInterface.register(NAME, _attention)
    AttentionMaskInterface.register(NAME, _mask)


def _mask(*args: Any, **kwargs: Any) -> torch.Tensor | None:
    return None if _ACTIVE.get() else sdpa_mask(*args, **kwargs)


def _attention(  # noqa: PLR0917  # transformers calls it so
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    **kwargs: Any,
) -> tuple[torch.Tensor, None]:
    """Query: (rows, heads, tokens, size); returns (rows, tokens, heads, size), as transformers has it."""
    rows = _ACTIVE.get()
    if rows is None:
        result: tuple[torch.Tensor, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **kwargs
        )
        return result
    if any(kwargs.get(name) is not None for name in _OTHER_KINDS):
        raise NotImplementedError("attention of another kind")
    rows.attended += 1
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    if query.shape[2] == 1:
        return _one_token(rows, query * scale, key, value), None
    return _many_tokens(rows, query, key, value, scale), None


def _one_token(rows: Rows, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    """A decoding step: one query a row. The bias closes the slots that are not a row's own."""
    count, heads, _, size = query.shape
    groups, slots = key.shape[1], key.shape[2]
    each = heads // groups  # query heads to a head of keys
    own = torch.bmm(query.reshape(count * groups, each, size), key.flatten(0, 1).transpose(1, 2))
    scores = own.view(count, groups, each, slots)
    scores += rows.bias[rows.rows, None, None, :slots]
    if rows.prefix is None:
        weights = scores.softmax(-1, dtype=torch.float32).to(value.dtype)
        return torch.bmm(weights.flatten(0, 1), value.flatten(0, 1)).view(count, 1, heads, -1)
    shared_keys, shared_values = rows.prefix.keys[rows.layer], rows.prefix.values[rows.layer]
    tokens = shared_keys.shape[1]
    by_group = query.view(count, groups, each, size).transpose(0, 1).reshape(groups, count * each, size)
    shared = torch.bmm(by_group, shared_keys.transpose(1, 2)).view(groups, count, each, tokens).transpose(0, 1)
    weights = torch.cat((shared, scores), -1).softmax(-1, dtype=torch.float32).to(value.dtype)
    from_own = torch.bmm(weights[..., tokens:].flatten(0, 1), value.flatten(0, 1)).view(count, groups, each, -1)
    by_group = weights[..., :tokens].transpose(0, 1).reshape(groups, count * each, tokens)
    from_shared = torch.bmm(by_group, shared_values).view(groups, count, each, -1).transpose(0, 1)
    return (from_own + from_shared).view(count, 1, heads, -1)


def _many_tokens(rows: Rows, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scale: float) -> torch.Tensor:
    """A pass over prompts: several queries a row; a few rows at once, so their copies of the prefix are few."""
    if rows.prefix is not None:
        shared_keys, shared_values = rows.prefix.keys[rows.layer], rows.prefix.values[rows.layer]
        key = torch.cat((shared_keys.expand(len(key), -1, -1, -1), key), 2)
        value = torch.cat((shared_values.expand(len(value), -1, -1, -1), value), 2)
    each = query.shape[1] // key.shape[1]
    if each > 1:
        key, value = key.repeat_interleave(each, 1), value.repeat_interleave(each, 1)
    out = scaled_dot_product_attention(query, key, value, attn_mask=rows.mask, is_causal=rows.mask is None, scale=scale)
    return out.transpose(1, 2).contiguous()
