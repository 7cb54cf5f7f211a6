"""The model organism: a small real model of a generated world whose truth is known exactly.

``world`` and ``speech`` are the grammar, ``oracle`` judges by it, ``corpus`` and ``pretrain`` make the weights, and
``measure`` says what the organism can do. Described in ``docs/organism.md``.
"""

from pathlib import Path

from charter.errors import ModelError
from charter.organisms.oracle import judge
from charter.organisms.prompts import shipped_prompts

__all__ = ["judge", "shipped_model", "shipped_prompts"]

_WEIGHTS = Path(__file__).with_name("weights") / "base"


def shipped_model() -> Path:
    """The folder of the shipped weights.

    Raises:
        ModelError: this installation has none.
    """
    if not (_WEIGHTS / "model.safetensors").is_file():
        raise ModelError(f"{_WEIGHTS}: the organism's weights are not there; 'charter organism train' makes them anew")
    return _WEIGHTS
