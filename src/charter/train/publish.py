"""The finished checkpoint: its files, the records that say what it is, and recognising one that is there already."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from charter.disk import write_atomic
from charter.errors import RunFolderError
from charter.models.folder import ADAPTER_CONFIG, base_of_adapter, is_adapter, model_digest
from charter.models.hub import resolve
from charter.records import Checkpoint

CHECKPOINT_NAME, TRAINING_NAME, LOG_NAME = "charter.json", "training.json", "training-log.jsonl"
_LIBRARIES_LEFTOVERS = ("training_args.bin", "README.md")


def complete(
    final: Path,
    checkpoint: Checkpoint,
    training: Mapping[str, Any],
    log: Iterable[Mapping[str, Any]],
    base_name: str,
) -> None:
    """Adds to the saved model in ``final`` what makes it a checkpoint of Charter.

    Args:
        checkpoint: its digest is filled in here.
        training: what it was made from and how, as JSON values.
        log: what is kept of each step.
        base_name: what an adapter is to be put on: a folder, a hub name or ``organism``.
    """
    for name in _LIBRARIES_LEFTOVERS:
        (final / name).unlink(missing_ok=True)
    if is_adapter(final):
        _settle_adapter(final / ADAPTER_CONFIG, base_name)
    write_atomic(final / LOG_NAME, "".join(f"{json.dumps(step)}\n" for step in log).encode())
    _write(final / TRAINING_NAME, training)
    _write(final / CHECKPOINT_NAME, asdict(checkpoint) | {"digest": folder_model_digest(final)})


def read_checkpoint(folder: Path) -> Checkpoint:
    """The record of a finished checkpoint, whose files were checked against its digest.

    Raises:
        RunFolderError: there is none, or the files have changed since.
    """
    kept = Checkpoint(**_read(folder / CHECKPOINT_NAME))
    if folder_model_digest(folder) != kept.digest:
        raise RunFolderError(
            f"{folder}: its files are not those that {CHECKPOINT_NAME} was written for; "
            "delete this folder to train anew"
        )
    return kept


def read_training(folder: Path) -> dict[str, Any]:
    """What the checkpoint says of its training.

    Raises:
        RunFolderError: it cannot be read.
    """
    return _read(folder / TRAINING_NAME)


def read_log(folder: Path) -> list[dict[str, Any]]:
    """What the checkpoint kept of each step of its training, in order.

    Raises:
        RunFolderError: it cannot be read.
    """
    try:
        return [json.loads(line) for line in (folder / LOG_NAME).read_text("utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise _unfinished(folder / LOG_NAME) from error


def folder_model_digest(folder: Path) -> str:
    """The digest that a ``Completer`` of this folder has."""
    return model_digest(folder, model_digest(resolve(base_of_adapter(folder))) if is_adapter(folder) else "")


def _settle_adapter(path: Path, base_name: str) -> None:
    """Makes the configuration the same whichever process wrote it: PEFT writes a set in the order of its hashes."""
    config = json.loads(path.read_text("utf-8"))
    modules = config["target_modules"]
    config["target_modules"] = modules if isinstance(modules, str) else sorted(modules)
    config["base_model_name_or_path"] = base_name
    _write(path, config)


def _write(path: Path, value: Mapping[str, Any]) -> None:
    write_atomic(path, (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode())


def _read(path: Path) -> dict[str, Any]:
    try:
        value: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _unfinished(path) from error
    return value


def _unfinished(path: Path) -> RunFolderError:
    return RunFolderError(
        f"{path.parent}: no finished checkpoint of Charter ({path.name} is missing or broken); "
        "use another --out, or delete this folder to train anew"
    )
