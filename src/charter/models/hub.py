"""From a model's name to a folder on this disk: the embedded organism, a folder, or a model of the Hugging Face hub."""

from pathlib import Path

from charter.errors import MissingExtraError, ModelError

_FILES = ["*.json", "*.jinja", "*.model", "*.txt", "*.tiktoken", "*.py"]
_SAFETENSORS = "*.safetensors"
_PICKLED = "pytorch_model*.bin"


def resolve(name: str, revision: str | None = None) -> Path:
    """The folder of a model, downloaded where it is not on this disk yet.

    Raises:
        ModelError: no such folder, or the hub has no such model, or cannot be reached.
        MissingExtraError: a hub's name, and the hub's client is not installed.
    """
    return here(name) or _download(name, revision)


def here(name: str) -> Path | None:
    """The folder that a name means on this disk, whether it is there or not; None of a name of the hub."""
    if name == "organism":
        from charter.organisms import shipped_model

        return shipped_model()
    path = _expanded(Path(name))
    return path if path.exists() or _looks_like_path(name) else None


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:  # there is no such user
        return path


def _looks_like_path(name: str) -> bool:
    return name.startswith((".", "/", "~")) or "\\" in name or name.count("/") > 1


def _download(name: str, revision: str | None) -> Path:
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError
    except ImportError as error:
        raise MissingExtraError("train", f"the model '{name}' of the hub") from error
    try:
        folder = Path(snapshot_download(name, revision=revision, allow_patterns=[*_FILES, _SAFETENSORS]))
        if not any(folder.glob(_SAFETENSORS)):
            folder = Path(snapshot_download(name, revision=revision, allow_patterns=[*_FILES, _PICKLED]))
    except HFValidationError as error:
        raise ModelError(f"{name}: neither a folder here nor a name that the hub could have; check it") from error
    except OSError as error:  # each of the hub's own errors is one
        at = f" (revision {revision})" if revision else ""
        raise ModelError(
            f"{name}{at}: no such folder here, and not to be had from the hub "
            f"({type(error).__name__}); check the name, the network and HF_HUB_OFFLINE, or name a folder"
        ) from error
    return folder
