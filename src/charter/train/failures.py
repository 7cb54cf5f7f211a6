"""What goes wrong while a model is trained, as the one line that a user can act on."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from charter.disk import disk_errors
from charter.errors import CharterError, StageError

_OUT_OF_MEMORY = ("out of memory", "can't allocate memory")
_NOT_WRITTEN = ("PytorchStreamWriter failed", "unexpected pos")
"""What torch says when the disk takes no more: not why."""


@contextmanager
def one_line(folder: Path, label: str, section: str) -> Iterator[None]:
    """Turns the refusals of disk and memory into one line each.

    Args:
        folder: where the block writes.
        label: what the training is called.
        section: its part of the recipe, which holds the keys that help.

    Raises:
        StageError: disk or memory is full.
        RunFolderError: the folder cannot be written.
    """
    with disk_errors(folder):
        try:
            yield
        except CharterError:
            raise
        except Exception as error:
            if number := _disk_errno(error):
                raise OSError(number, os.strerror(number)) from error
            if any(sign in str(error) for sign in _OUT_OF_MEMORY):
                raise StageError(
                    f"{label}: out of memory; halve {section}.batch_size and double {section}.gradient_accumulation "
                    f"(the same training in less memory), or set {section}.gradient_checkpointing: true or "
                    f"{section}.method: lora"
                ) from error
            raise


def _disk_errno(error: Exception) -> int | None:
    """The error number behind a library's own kind of exception; safetensors names it, torch does not."""
    said = str(error)
    named = [number for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) if f"(os error {number})" in said]
    if named:
        return named[0]
    return errno.ENOSPC if any(sign in said for sign in _NOT_WRITTEN) else None
