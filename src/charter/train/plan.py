"""The choices that a training makes for its user, each with the reason that is kept beside the weights."""

from dataclasses import dataclass
from typing import Literal

from charter.errors import ConfigError
from charter.recipe import ModelConfig
from charter.recipe_training import TrainingConfig

Method = Literal["full", "lora"]
FULL_UP_TO = 1_000_000_000
"""Parameters. Full fine-tuning needs 16 bytes for each (weights, gradients, two moments), LoRA 2 or 4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a model is trained on this machine."""

    method: Method
    method_reason: str
    device: str
    """``cpu`` or ``cuda``."""
    autocast: bool
    """Whether matrix products run in bfloat16, over weights of the type below."""
    weights: Literal["float32", "bfloat16"]
    """What the weights are held in while training."""
    precision_reason: str

    @property
    def precision(self) -> str:
        """In words: what is computed in what."""
        return f"{self.weights} weights, bfloat16 autocast" if self.autocast else f"{self.weights} throughout"


def make_plan(config: TrainingConfig, model: ModelConfig, parameters: int) -> Plan:
    """The plan for a model of that many parameters.

    Raises:
        ConfigError: ``model.device`` names a device that is not here, or none that can be trained on.
    """
    method, method_reason = _method(config, parameters)
    device = _device(model.device)
    autocast, precision_reason = _precision(model, device)
    halved = method == "lora" and device == "cuda" and autocast
    return Plan(
        method=method,
        method_reason=method_reason,
        device=device,
        autocast=autocast,
        weights="bfloat16" if halved else "float32",
        precision_reason=precision_reason + ("; the frozen weights are held in bfloat16 too" if halved else ""),
    )


def _method(config: TrainingConfig, parameters: int) -> tuple[Method, str]:
    if config.method != "auto":
        return config.method, f"{config.section}.method says so"
    if parameters <= FULL_UP_TO:
        return "full", f"auto: {parameters:,} parameters are at most {FULL_UP_TO:,}"
    return "lora", f"auto: {parameters:,} parameters are more than {FULL_UP_TO:,}"


def _device(wanted: str) -> str:
    import torch

    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    kind, _, index = wanted.partition(":")
    if kind not in ("cpu", "cuda"):
        raise ConfigError(f"model.device is {wanted!r}; training runs on 'cpu' or 'cuda'")
    if kind == "cuda" and not torch.cuda.is_available():
        raise ConfigError(f"model.device is {wanted!r} and this machine has no usable CUDA device; use 'auto' or 'cpu'")
    if kind == "cuda" and index not in ("", "0"):
        raise ConfigError(
            f"model.device is {wanted!r}, and the trainer takes the first GPU that it may see; "
            f"set CUDA_VISIBLE_DEVICES={index} in the environment and use 'cuda'"
        )
    return kind


def _precision(model: ModelConfig, device: str) -> tuple[bool, str]:
    import torch

    if model.dtype == "float32":
        return False, "model.dtype says so"
    if device == "cuda":
        if torch.cuda.is_bf16_supported(including_emulation=False):
            return True, "this GPU computes in bfloat16"
        return False, "this GPU does not compute in bfloat16, and float16 would need its loss scaled"
    if torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported():
        return True, "this CPU has bfloat16 instructions"
    return False, "this CPU has no bfloat16 instructions"
