"""Drawing tokens, so that what is drawn for a request depends on its own seed and on nothing beside it."""

from collections.abc import Sequence

import numpy as np
import torch

from charter.models.completer import Sampling


def uniforms(seeds: Sequence[int], steps: int) -> torch.Tensor:
    """The numbers that tokens are drawn with: the i-th of a seed's Philox stream for the i-th token; (seeds, steps)."""
    streams = [np.random.Generator(np.random.Philox(key=seed % 2**128)).random(steps) for seed in seeds]
    return torch.from_numpy(np.stack(streams))


def choose(logits: torch.Tensor, sampling: Sampling, uniform: torch.Tensor | None) -> torch.Tensor:
    """The next token of each row: the likeliest at temperature 0, else the inverse of the distribution function.

    The softmax is in float32 and its running sum in float64, over the tokens in the order of their ids; with
    ``top_p`` below 1 only the fewest likeliest tokens count that reach it together.

    A row's token is a function of its logits and its number. The logits of one row may differ in their last bits
    between batches of different size, because matrix products round differently there: then a token changes when its
    number lies within that difference of a border between two tokens, of the order of once in a million tokens in
    float32, and more often in bfloat16. The same call, on the same machine, gives the same tokens to the last bit.

    Args:
        logits: (rows, vocabulary).
        uniform: (rows,), in [0, 1), float64; not used at temperature 0.
    """
    if sampling.temperature == 0 or uniform is None:
        return logits.argmax(-1)
    probabilities = (logits.float() / sampling.temperature).softmax(-1)
    if sampling.top_p < 1:
        probabilities = _nucleus(probabilities, sampling.top_p)
    cumulative = probabilities.cumsum(-1, dtype=torch.float64)
    total = cumulative[:, -1:]
    # Rounding may bring the product up to the total itself, beyond which there is no token.
    target = torch.minimum(uniform[:, None] * total, torch.nextafter(total, torch.zeros_like(total)))
    return torch.searchsorted(cumulative, target, right=True).squeeze(1)


def _nucleus(probabilities: torch.Tensor, top_p: float) -> torch.Tensor:
    """The probabilities, with 0 for every token before which the likelier ones already reach ``top_p``."""
    ordered, tokens = probabilities.sort(dim=-1, descending=True, stable=True)
    before = ordered.cumsum(-1, dtype=torch.float64) - ordered
    return torch.zeros_like(probabilities).scatter(-1, tokens, ordered.where(before < top_p, 0))
