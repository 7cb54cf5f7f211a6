"""Loading a causal language model of any architecture, and choosing where and in which precision it runs."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, GenerationConfig

from charter.errors import ModelError
from charter.models.folder import is_adapter, whole_digest
from charter.recipe import ModelConfig
from charter.terminal import neutral

_DEVICES = ("cpu", "cuda")
_MEMORY_SHARE = 0.5
"""Weights in float32 may take this much of a machine's free memory."""


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model ready to run, with its tokenizer."""

    name: str
    model: Any
    """A ``PreTrainedModel``, in evaluation mode, on its device."""
    tokenizer: Any
    stop_tokens: frozenset[int]
    """End-of-text tokens that the tokenizer and the generation configuration name."""
    context: int | None
    """Most tokens that prompt and answer may have together; None where the model sets no limit."""
    folder: Path
    base: Path | None
    choices: dict[str, str] = field(default_factory=dict)
    """What was chosen automatically, each with its reason."""

    def digest(self) -> str:
        """SHA-256 over weights, configuration and tokenizer; of an adapter, over its base's too."""
        return whole_digest(self.folder, self.base)


def load_model(
    config: ModelConfig, folder: Path, base: Path | None, text_folder: Path, kind: Any = AutoModelForCausalLM
) -> LoadedModel:
    """Loads what ``charter.models.loading`` has checked.

    Args:
        base: the model that ``folder`` adapts; None where ``folder`` is a whole model.
        text_folder: where the tokenizer is.
        kind: transformers' automatic class of what the weights are.

    Raises:
        ModelError: transformers cannot load it, weights are missing, or there is no such device.
    """
    weights = base or folder
    with _one_line(text_folder, "the tokenizer"):
        tokenizer = AutoTokenizer.from_pretrained(text_folder, trust_remote_code=config.trust_remote_code)
    with _one_line(weights, "the configuration"):
        model_config = AutoConfig.from_pretrained(weights, trust_remote_code=config.trust_remote_code)
    device, device_reason = choose_device(config.device)
    dtype, dtype_reason = choose_dtype(config.dtype, device, _stored_dtype(model_config), _weight_count(weights))
    model = _load_weights(weights, model_config, dtype, config.trust_remote_code, kind)
    if is_adapter(folder):
        model = with_adapter(model, folder)
    with _one_line(folder, f"the model onto {device}"):
        model = model.to(device).eval()
    return LoadedModel(
        name=config.name,
        model=model,
        tokenizer=tokenizer,
        stop_tokens=_stop_tokens(tokenizer, _generation(model)),
        context=_context(model.config, tokenizer),
        folder=folder,
        base=base,
        choices={"device": device_reason, "dtype": dtype_reason},
    )


def choose_device(wanted: str) -> tuple[torch.device, str]:
    """The device, and why.

    Raises:
        ModelError: no such device here.
    """
    if wanted == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda"), f"cuda: a GPU is here ({torch.cuda.get_device_name()})"
        return torch.device("cpu"), "cpu: no GPU that torch can use"
    try:
        device = torch.device(wanted)
        if device.type not in _DEVICES:
            raise RuntimeError(wanted)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise ModelError(f"model.device: '{wanted}' is not to be had here; use auto, cpu or cuda") from error
    return device, f"{wanted}: the recipe says so"


def choose_dtype(wanted: str, device: torch.device, stored: torch.dtype, weights: int) -> tuple[torch.dtype, str]:
    """The precision, and why. ``weights`` is the number of weights, ``stored`` what they are saved in."""
    if wanted != "auto":
        return getattr(torch, wanted), f"{wanted}: the recipe says so"
    if device.type == "cuda":
        bfloat16 = torch.cuda.get_device_capability(device) >= (8, 0)
        if stored == torch.float16 or not bfloat16:
            reason = "the weights are saved in it" if stored == torch.float16 else "this GPU has no fast bfloat16"
            return torch.float16, f"float16: {reason}"
        return torch.bfloat16, "bfloat16: fast on this GPU, with the range of float32"
    needed, free = weights * 4, psutil.virtual_memory().available
    if needed > _MEMORY_SHARE * free:
        return torch.bfloat16, f"bfloat16: in float32 the weights would take {_gib(needed)} of {_gib(free)} free"
    return torch.float32, f"float32: exact, and the weights ({_gib(needed)}) fit into memory"


def _gib(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"


def _load_weights(folder: Path, config: Any, dtype: torch.dtype, trust_remote_code: bool, kind: Any) -> Any:
    with _one_line(folder, "the weights"), _quiet():
        model, info = kind.from_pretrained(
            folder, config=config, dtype=dtype, trust_remote_code=trust_remote_code, output_loading_info=True
        )
    missing = sorted(info["missing_keys"]) + sorted(str(key[0]) for key in info["mismatched_keys"])
    if missing:
        # transformers would fill them with random numbers and go on.
        raise ModelError(
            f"{folder}: the weights lack {len(missing)} of the model's tensors, or have them in another shape "
            f"(the first: {missing[0]}); save the whole model again"
        )
    return model


def with_adapter(model: Any, folder: Path) -> Any:
    """The base with the adapter's weights added into its own: no slower than the base, and as trainable.

    Raises:
        ModelError: the adapter cannot be loaded onto it.
    """
    from peft import PeftModel

    with _one_line(folder, "the adapter"), _quiet():
        merged = PeftModel.from_pretrained(model, folder).merge_and_unload()
    return merged.requires_grad_(True)  # PEFT freezes the base, and leaves it so when the adapter is merged in


@contextmanager
def _one_line(folder: Path, what: str) -> Iterator[None]:
    """Turns whatever a library says of an unusable file into the one line that a user can act on."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise ModelError(f"{folder}: out of memory while loading {what}; use a smaller dtype or device") from error
    except Exception as error:  # each library raises its own kinds, down to bare Exception
        said = neutral(" ".join(str(error).split()))[:300] or type(error).__name__
        raise ModelError(f"{folder}: cannot load {what}: {said}") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """No bar, no table of missing weights and no library's advice to other libraries: the one line says it."""
    from transformers.utils import logging as transformers_logging

    level, bar = transformers_logging.get_verbosity(), transformers_logging.is_progress_bar_enabled()
    transformers_logging.set_verbosity(logging.CRITICAL)
    transformers_logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            yield
    finally:
        transformers_logging.set_verbosity(level)
        if bar:
            transformers_logging.enable_progress_bar()


def _stored_dtype(config: Any) -> torch.dtype:
    stored = getattr(config, "dtype", None)
    return stored if isinstance(stored, torch.dtype) else torch.float32


def _weight_count(folder: Path) -> int:
    """Number of weights, as if saved in half precision where the files do not tell: only memory depends on it."""
    from safetensors import safe_open

    count = 0
    for path in folder.glob("*.safetensors"):
        with safe_open(path, "pt") as file:
            count += sum(_product(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118
    return count or sum(path.stat().st_size // 2 for path in folder.glob("pytorch_model*.bin"))


def _product(shape: list[int]) -> int:
    result = 1
    for size in shape:
        result *= size
    return result


def _generation(model: Any) -> GenerationConfig:
    """How the model generates; of one that does not, what its configuration says of where a text ends."""
    return getattr(model, "generation_config", None) or GenerationConfig.from_model_config(model.config)


def _stop_tokens(tokenizer: Any, generation: GenerationConfig) -> frozenset[int]:
    named = generation.eos_token_id
    ends = named if isinstance(named, list) else [named]
    return frozenset(token for token in [*ends, tokenizer.eos_token_id] if token is not None)


def _context(config: Any, tokenizer: Any) -> int | None:
    text = config.get_text_config(decoder=True)
    limit = getattr(text, "max_position_embeddings", None)
    # A tokenizer without a limit of its own says 1e30.
    limits = [size for size in (limit, tokenizer.model_max_length) if isinstance(size, int) and 0 < size < 1 << 30]
    return min(limits, default=None)
