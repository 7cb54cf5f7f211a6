"""From a language model to a reward model: the same body, and one score in the place of the next token."""

import copy
from typing import Any

from charter.errors import ModelError


def with_score_head(language_model: Any, tokenizer: Any) -> Any:
    """The body of ``language_model``, which it shares, under a head that gives one score for a text.

    The head is zero: a reward model that has learned nothing scores every text 0. (Drawn at random, it would prefer
    some texts before it has seen a label, and which ones would hang on the generator.)

    Raises:
        ModelError: transformers has no such model of this architecture.
    """
    import torch
    from transformers import AutoModelForSequenceClassification

    config = copy.deepcopy(language_model.config)
    config.num_labels = 1
    text = config.get_text_config()
    text.pad_token_id = tokenizer.eos_token_id if tokenizer.pad_token_id is None else tokenizer.pad_token_id
    text.eos_token_id = language_model.generation_config.eos_token_id or tokenizer.eos_token_id
    body = language_model.base_model
    try:
        with torch.device("meta"):
            model = AutoModelForSequenceClassification.from_config(config)
    except ValueError as error:
        raise _no_such(config) from error
    if type(model.base_model) is not type(body):
        raise _no_such(config)
    setattr(model, model.base_model_prefix, body)
    name = head_name(model)
    head = torch.nn.Linear(getattr(model, name).in_features, 1, bias=False, dtype=body.dtype)
    torch.nn.init.zeros_(head.weight)
    setattr(model, name, head)
    return model


def head_name(model: Any) -> str:
    """What the architecture calls the layer that gives the score.

    Raises:
        ModelError: it has more than one layer on its body.
    """
    body = model.base_model_prefix
    names: list[str] = [name for name, part in model.named_children() if name != body and hasattr(part, "weight")]
    if len(names) != 1:
        raise _no_such(model.config)
    return names[0]


def _no_such(config: Any) -> ModelError:
    return ModelError(
        f"a model of type {config.model_type} cannot become a reward model: transformers has no sequence "
        "classification of it with one linear head; use dpo, which needs no reward model"
    )
