"""What a training is asked to do, whatever it trains."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from charter.recipe import ModelConfig
from charter.recipe_training import TrainingConfig
from charter.records import Checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingTask:
    """One model to be trained from another. Each stage has a kind of its own, with that stage's configuration."""

    label: ClassVar[str]
    """What the training is called on the screen."""
    unmoved: ClassVar[frozenset[str]] = frozenset({"save_steps"})
    """Keys of the configuration that do not change the weights."""

    base: Checkpoint
    """Where it starts; ``path`` is a name as in ``ModelConfig.name``."""
    model: ModelConfig
    """How models are loaded and shown a conversation; its ``name`` does not matter here."""
    config: TrainingConfig
    constitution_digest: str
    out: Path
    """The folder that the trained model is to be; it must not exist, or be what this very task led to before."""
    seed: int
    name: str
    """What the trained checkpoint is called."""

    def made_from(self, data_digest: str, **more: str) -> dict[str, Any]:
        """All that determines the weights, but for the machine; ``more`` is what only this kind of training has."""
        return {
            "base": self.base.digest,
            "constitution": self.constitution_digest,
            "data": data_digest,
            "config": self.config.model_dump(mode="json", exclude=set(self.unmoved)),
            "format": self.model.format,
            "dtype": self.model.dtype,
            "seed": self.seed,
            **more,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a training led to, now or before."""

    checkpoint: Checkpoint
    training: Mapping[str, Any]
    """What ``training.json`` says."""
