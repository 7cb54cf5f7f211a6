"""What a model folder must hold, looked at before any of it is loaded: every lack is one line with its mend."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from charter.digests import digest, folder_digest
from charter.errors import ModelError

CONFIG = "config.json"
ADAPTER_CONFIG = "adapter_config.json"
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
"""Each of them whole, or as an index (``<name>.index.json``) of its parts."""
ADAPTER_WEIGHTS = ("adapter_model.safetensors", "adapter_model.bin")
TOKENIZER = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "spiece.model", "sentencepiece.bpe.model")
TOKENIZER_CONFIG = "tokenizer_config.json"
TEMPLATE = "chat_template.jinja"
_DETERMINING = ("*.safetensors", "*.bin", "config.json", "generation_config.json", "adapter_config.json", "*.py")
_DETERMINING_TEXT = (
    *TOKENIZER,
    TOKENIZER_CONFIG,
    TEMPLATE,
    "chat_template.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "merges.txt",
    "*.tiktoken",
)
_NOT_OF_THE_MODEL = ("training_args.bin", "optimizer.bin", "scheduler.bin", "random_states")
_HEADER_LENGTH = 8
_MAX_HEADER = 100_000_000


def check_model_folder(folder: Path) -> None:
    """Configuration, weights and tokenizer are there, and the weights are whole.

    Raises:
        ModelError: naming what is missing or broken.
    """
    if not folder.exists():
        raise ModelError(f"{folder}: no such folder; check the path of the model")
    if not folder.is_dir():
        raise ModelError(f"{folder}: a file where a model folder should be; name the folder that holds {CONFIG}")
    if not (folder / CONFIG).is_file():
        raise ModelError(f"{folder}: no {CONFIG}, so this is not a model folder; name one saved by save_pretrained")
    read_object(folder / CONFIG)
    _check_weights(folder, WEIGHTS)
    if not has_tokenizer(folder):
        raise ModelError(
            f"{folder}: no tokenizer ({TOKENIZER[0]}, {TOKENIZER[1]} or vocab.json); copy the tokenizer's files there"
        )


def check_adapter_folder(folder: Path) -> None:
    """The adapter's weights are there, and whole.

    Raises:
        ModelError: naming what is missing or broken.
    """
    _check_weights(folder, ADAPTER_WEIGHTS)


def base_of_adapter(folder: Path) -> str:
    """The name or path of the model that an adapter was trained on.

    Raises:
        ModelError: the adapter does not say.
    """
    name = read_object(folder / ADAPTER_CONFIG).get("base_model_name_or_path")
    if not isinstance(name, str) or not name:
        raise ModelError(
            f"{folder / ADAPTER_CONFIG}: no base_model_name_or_path; write there the model that was adapted"
        )
    return name


def is_adapter(folder: Path) -> bool:
    """Whether the folder holds a PEFT adapter rather than a model."""
    return (folder / ADAPTER_CONFIG).is_file()


def has_tokenizer(folder: Path) -> bool:
    """Whether the folder holds a tokenizer's files."""
    return any((folder / name).is_file() for name in TOKENIZER) or any(folder.glob("*.tiktoken"))


def has_chat_template(folder: Path) -> bool:
    """Whether the tokenizer's files hold a chat template."""
    if (folder / TEMPLATE).is_file() or (folder / "chat_template.json").is_file():
        return True
    config = folder / TOKENIZER_CONFIG
    return config.is_file() and bool(read_object(config).get("chat_template"))


def model_digest(folder: Path, base_digest: str = "") -> str:
    """SHA-256 over the weights, configuration and tokenizer in ``folder``; of an adapter, over its base too."""
    paths = {path for pattern in (*_DETERMINING, *_DETERMINING_TEXT) for path in folder.glob(pattern)}
    own = folder_digest((path for path in paths if not path.name.startswith(_NOT_OF_THE_MODEL)), folder)
    return digest(["adapter", own, base_digest]) if base_digest else own


def whole_digest(folder: Path, base: Path | None) -> str:
    """SHA-256 over weights, configuration and tokenizer; of an adapter, over those of the model that it adapts too."""
    return model_digest(folder, model_digest(base) if base else "")


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file.

    Raises:
        ModelError: it cannot be read, or is no JSON object.
    """
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not JSON"
        raise ModelError(f"{path}: cannot be read ({reason}); save or copy the model again") from error
    if not isinstance(value, dict):
        raise ModelError(f"{path}: no JSON object; save or copy the model again")
    return value


def _check_weights(folder: Path, names: tuple[str, ...]) -> None:
    paths = list(_weight_files(folder, names))
    if not paths:
        raise ModelError(f"{folder}: no weights ({' or '.join(names)}); copy them there, or save the model again")
    for path in paths:
        if not path.is_file():
            raise ModelError(f"{path}: missing, though the index beside it names it; copy it there")
        if path.suffix == ".safetensors":
            _check_safetensors(path)


def _weight_files(folder: Path, names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        index = folder / f"{name}.index.json"
        if (folder / name).is_file():
            yield folder / name
            return
        if index.is_file():
            parts = read_object(index).get("weight_map")
            if not isinstance(parts, dict):
                raise ModelError(f"{index}: no weight_map; save or copy the model again")
            yield from (folder / part for part in sorted(set(parts.values())))
            return


def _check_safetensors(path: Path) -> None:
    """The header is whole, and the file as long as the header says: a cut download is found before it is loaded."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(_HEADER_LENGTH), "little")
        header = file.read(length) if 0 < length <= min(_MAX_HEADER, size) else b""
    try:
        tensors = json.loads(header)
        ends = [entry["data_offsets"][1] for name, entry in tensors.items() if name != "__metadata__"]
        expected = _HEADER_LENGTH + length + max(ends, default=0)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise ModelError(f"{path}: not a safetensors file, or broken; copy or download it again") from error
    if size < expected:
        raise ModelError(f"{path}: cut off at {size:,} of {expected:,} bytes; copy or download it again")
