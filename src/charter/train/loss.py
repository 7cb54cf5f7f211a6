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

    labels_N_T = inputs["labels"][:, 1:]
    learned_N_T = labels_N_T != IGNORED
    positions = learned_N_T.any(0).nonzero().squeeze(1)  # where any example of the batch learns
    shown = {name: inputs[name] for name in ("input_ids", "attention_mask")}
    logits_N_P_V = model(**shown, use_cache=False, logits_to_keep=positions).logits
    learned_N_P = learned_N_T[:, positions]
    targets = labels_N_T[:, positions][learned_N_P]
    loss = cross_entropy(logits_N_P_V[learned_N_P].float(), targets, reduction="sum")
    return loss / (targets.numel() if num_items is None else num_items)
