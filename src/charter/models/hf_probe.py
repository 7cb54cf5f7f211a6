"""Which way a model can be run: tried on a few tokens, not guessed from its name."""

from collections.abc import Sequence
from typing import Any

import torch
from transformers.cache_utils import DynamicLayer

from charter.models.hf_attention import NAME, register
from charter.models.hf_forward import Forward, Line
from charter.models.hf_rows import Geometry, Rows

_TOKENS = 24
_SHARED, _SHORTER = 9, 5
_TOLERANCE = {torch.float32: 1e-3, torch.float16: 3e-2, torch.bfloat16: 1e-1}
"""Largest difference of two passes' logits, relative to the logits, that rounding can explain."""


def probe(model: Any) -> tuple[Forward | None, str]:
    """The fast way to run ``model``, or None, with the reason.

    A few tokens are run in transformers' own way and in the fast way (a shared beginning, rows of unequal length, one
    decoding step); only a model that gives the same logits in both is run in the fast way.
    """
    before = model.config._attn_implementation
    try:
        geometry, reason = _geometry(model)
        span = window(model.config)
        if span is not None and span < _TOKENS:
            geometry, reason = None, f"each token sees {span} tokens at most"
        if geometry is None:
            return None, f"one by one through generate: {reason}"
        texts = _texts(model.config.get_text_config(decoder=True).vocab_size)
        expected = _plain(model, texts)
        register()
        model.set_attn_implementation(NAME)
        difference = _difference(Forward(model, geometry), texts, expected)
    except torch.OutOfMemoryError:
        raise
    except Exception as error:  # noqa: BLE001  # remote code may fail in any way; then it runs in its own way
        difference, reason = float("nan"), f"{type(error).__name__} when tried"
    else:
        if difference <= _TOLERANCE[geometry.dtype]:
            return Forward(model, geometry), f"shared: logits as in a plain pass (difference {difference:.0e})"
        reason = "its attention cannot be shared"
    model.set_attn_implementation(before)
    return None, f"one by one through generate: {reason}"


def window(config: Any) -> int | None:
    """The shortest window of attention of any layer; None where every layer sees everything."""
    text = config.get_text_config(decoder=True)
    if getattr(text, "use_sliding_window", True) is False:
        return None
    sizes = [getattr(text, name, None) for name in ("sliding_window", "attention_chunk_size")]
    return min((size for size in sizes if isinstance(size, int) and size > 0), default=None)


def _geometry(model: Any) -> tuple[Geometry | None, str]:
    with torch.inference_mode():
        output = model(input_ids=torch.zeros(1, 2, dtype=torch.long, device=model.device), use_cache=True)
    cache = getattr(output, "cache", None) or getattr(output, "past_key_values", None)
    layers = getattr(cache, "layers", None)
    if not layers or not all(isinstance(layer, DynamicLayer) for layer in layers):
        return None, "what it keeps from token to token is not keys and values"
    shapes = {(layer.keys.shape[1], layer.keys.shape[3], layer.values.shape[3]) for layer in layers}
    if len(shapes) != 1:
        return None, "its layers keep keys and values of different shapes"
    heads, key_size, value_size = shapes.pop()
    return Geometry(len(layers), heads, key_size, value_size, layers[0].keys.dtype, model.device), ""


def _texts(vocabulary: int) -> tuple[list[int], list[int]]:
    """Two texts of unequal length that begin with the same tokens."""
    tokens = [(7 * index + 3) % vocabulary for index in range(_TOKENS)]
    return tokens[: _TOKENS - _SHORTER], tokens[:_SHARED] + tokens[_SHARED + 1 :]


@torch.inference_mode()
def _plain(model: Any, texts: Sequence[list[int]]) -> torch.Tensor:
    """The logits of each text's last two tokens, in transformers' own way."""
    inputs = [torch.tensor([text], device=model.device) for text in texts]
    return torch.stack([model(input_ids=ids).logits[0, -2:] for ids in inputs]).float()


@torch.inference_mode()
def _difference(forward: Forward, texts: Sequence[list[int]], expected: torch.Tensor) -> float:
    """Largest difference of the logits, relative to their spread; infinite where the attention was not ours."""
    device = forward.geometry.device
    lines = [Line(text[_SHARED:-1], _SHARED) for text in texts]
    end = max(len(line.tail) for line in lines)
    rows = Rows(forward.geometry, len(lines), end, forward.prefix(texts[0][:_SHARED]))
    prompts = forward.prompts(rows, lines, end)[:, 0]
    last = torch.tensor([text[-1] for text in texts], device=device)
    positions = torch.tensor([len(text) - 1 for text in texts], device=device)
    found = torch.stack([prompts, forward.step(rows, last, positions)], 1).float()
    if rows.attended != 2 * forward.geometry.layers:
        return float("inf")
    return float((found - expected).abs().max() / expected.std())
