"""Files that appear whole or not at all, and the disk's refusals as one line each.

A file is written beside its final place under a temporary name (``.tmp-*``), synced to the disk, renamed over the
final name, and the folder is synced too: whoever is killed, and whenever, a reader sees the old file or the new one.
"""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from charter.errors import RunFolderError, StageError

TEMPORARY_PREFIX = ".tmp-"

_FULL = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would be larger than this system allows (ulimit -f)",
}


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turns an ``OSError`` of writing ``path`` into the one line that a user can act on.

    Raises:
        StageError: no space left, by disk, quota or file-size limit.
        RunFolderError: any other refusal (permissions, a read-only disk, a file where a folder should be).
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StageError(
                f"{path}: {_FULL[error.errno]}; make room and run the same command again, finished records are kept"
            ) from error
        raise RunFolderError(f"{path}: cannot be written: {error.strerror or error}; use another --out") from error


def write_atomic(path: Path, content: bytes) -> None:
    """Writes or replaces ``path`` durably, making its parent folders.

    Raises:
        StageError, RunFolderError: see :func:`disk_errors`.
    """
    with disk_errors(path):
        make_folder(path.parent)
        temporary = path.parent / f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}"
        try:
            with temporary.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


def make_folder(path: Path) -> None:
    """Makes ``path`` and its parents, each durably."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    _sync_folder(path.parent)


def remove_temporary(root: Path) -> None:
    """Removes what a killed writer left behind anywhere under ``root``."""
    with disk_errors(root):
        for path in list(root.rglob(f"{TEMPORARY_PREFIX}*")):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
