"""The loss on a CPU: what TRL computes, but over the tokens that are learned alone.

TRL scores every position there, the prompt's and the padding's too, with entropy and accuracy beside the loss: of a
small model's step a third or more. Elsewhere its fused head leaves out what is not learned, and is used as it is.
"""

import inspect
from collections.abc import Mapping
from typing import Any

from charter.train.encode import IGNORED


def takes_positions(model: Any) -> bool:
    """Whether the model computes logits only where it is told to."""
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    return "logits_to_keep" in inspect.signature(type(base).forward).parameters


def answer_loss(model: Any, inputs: Mapping[str, Any], num_items: Any) -> Any:
    """Cross-entropy summed over the labelled tokens, divided by ``num_items`` or, where that is None, their number."""
    from torch.nn.functional import cross_entropy

    logits_M_V, targets_M, _ = _learned(model, inputs, inputs["labels"])
    loss = cross_entropy(logits_M_V, targets_M, reduction="sum")
    return loss / (targets_M.numel() if num_items is None else num_items)


def answer_log_probs(model: Any, inputs: Mapping[str, Any], labels_N_T: Any) -> Any:
    """Log-probability of the labelled tokens of each example, summed, in nats; shape (N,)."""
    from torch.nn.functional import cross_entropy

    logits_M_V, targets_M, rows_M = _learned(model, inputs, labels_N_T)
    each_M = -cross_entropy(logits_M_V, targets_M, reduction="none")
    return each_M.new_zeros(len(labels_N_T)).index_add(0, rows_M, each_M)


def _learned(model: Any, inputs: Mapping[str, Any], labels_N_T: Any) -> tuple[Any, Any, Any]:
    """Of all M labelled tokens of the batch: their logits (M, V), themselves (M,), and their example's number (M,)."""
    wanted_N_T = labels_N_T[:, 1:]
    learned_N_T = wanted_N_T != IGNORED
    positions = learned_N_T.any(0).nonzero().squeeze(1)  # where any example of the batch learns
    shown = {name: inputs[name] for name in ("input_ids", "attention_mask")}
    logits_N_P_V = model(**shown, use_cache=False, logits_to_keep=positions).logits
    learned_N_P = learned_N_T[:, positions]
    targets_M = wanted_N_T[:, positions][learned_N_P]
    return logits_N_P_V[learned_N_P].float(), targets_M, learned_N_P.nonzero()[:, 0]
