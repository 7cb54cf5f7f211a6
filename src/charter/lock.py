"""One writer a folder: an advisory lock that the kernel takes back when its holder dies, however it dies."""

import fcntl
import os
import socket
import time
from pathlib import Path

from charter.disk import disk_errors
from charter.errors import RunFolderError

LOCK_NAME = ".lock"

_TRIES = 5
_PAUSE_SECONDS = 0.05
"""A reader that asks whether the folder is in use holds a shared lock for a moment; a writer waits that long."""


class FolderLock:
    """The right to write in a folder, held from construction to :meth:`release`."""

    def __init__(self, folder: Path) -> None:
        """
        Raises:
            RunFolderError: another process holds it; the message names its process id and host.
        """
        path = folder / LOCK_NAME
        with disk_errors(path):
            self._descriptor: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            for left in reversed(range(_TRIES)):
                if _try(self._descriptor, fcntl.LOCK_EX):
                    break
                if left:
                    time.sleep(_PAUSE_SECONDS)
            else:
                holder = os.pread(self._descriptor, 200, 0).decode("utf-8", "replace").strip() or "another process"
                self.release()
                raise RunFolderError(f"{folder} is in use by {holder}; wait until it ends, or use another --out")
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode(), 0)

    def release(self) -> None:
        """Gives the lock back. The file stays: were it removed, two processes could hold two locks of one name."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def is_locked(folder: Path) -> bool:
    """Whether some process has the folder open for writing."""
    try:
        descriptor = os.open(folder / LOCK_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _try(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
