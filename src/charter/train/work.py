"""The folder that a training works in: what a killed one goes on from, hidden beside the folder that it will become."""

import json
import os
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from charter.disk import disk_errors, make_folder, write_atomic

_MADE_FROM = "made-from.json"
_COMPLETE = "charter-complete"
_FINAL = "final"
_CHECKPOINT = re.compile(r"checkpoint-(\d+)")


class WorkFolder:
    """Holds the trainer's checkpoints, and the finished model until it is published.

    A checkpoint counts only once it carries a mark, written after everything else, and while its files have the sizes
    that the mark names: the trainer writes them one by one, and a kill may come between any two. The name does not
    begin as temporary files do, which a run folder clears away when it is opened.
    """

    def __init__(self, out: Path) -> None:
        self.path = out.with_name(f".{out.name}.training")
        self.final = self.path / _FINAL
        """Where the finished model is put together."""

    def open(self, made_from: Mapping[str, object]) -> bool:
        """Makes the folder, or takes over the one that is there; False where that was made from something else, and
        therefore is cleared.

        Raises:
            StageError, RunFolderError: the disk refuses.
        """
        mark = json.dumps(made_from, sort_keys=True).encode()
        same = not self.path.exists() or self._mark() == mark
        with disk_errors(self.path):
            if not same:
                shutil.rmtree(self.path)
            make_folder(self.path)
            shutil.rmtree(self.final, ignore_errors=True)
            for folder in self._checkpoints():
                if not _is_whole(folder):
                    shutil.rmtree(folder)
        write_atomic(self.path / _MADE_FROM, mark)
        return same

    def latest(self) -> Path | None:
        """The last whole checkpoint."""
        whole = [folder for folder in self._checkpoints() if _is_whole(folder)]
        return whole[-1] if whole else None

    def completed(self, step: int) -> None:
        """Takes over the checkpoint that was just written, and removes those before it."""
        done = self.path / f"checkpoint-{step}"
        sync_files(done)
        write_atomic(done / _COMPLETE, json.dumps(_sizes(done)).encode())
        for folder in self._checkpoints():
            if folder != done:
                shutil.rmtree(folder)

    def publish(self, out: Path) -> None:
        """The finished model appears at ``out`` at once, and the work folder goes."""
        with disk_errors(out):
            sync_files(self.final)
            self.final.rename(out)
            self.remove()

    def remove(self) -> None:
        """Removes the folder, if it is there."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _checkpoints(self) -> list[Path]:
        """All checkpoints, whole or not, by step."""
        found = [(_CHECKPOINT.fullmatch(folder.name), folder) for folder in self.path.glob("checkpoint-*")]
        return [folder for _, folder in sorted((int(m[1]), folder) for m, folder in found if m)]

    def _mark(self) -> bytes | None:
        with suppress(OSError):
            return (self.path / _MADE_FROM).read_bytes()
        return None


def _sizes(folder: Path) -> dict[str, int]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != _COMPLETE]
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}


def _is_whole(folder: Path) -> bool:
    try:
        return bool(json.loads((folder / _COMPLETE).read_bytes()) == _sizes(folder))
    except (OSError, ValueError):
        return False


def sync_files(folder: Path) -> None:
    """Everything in the folder is on the disk when this returns."""
    for path in (*folder.rglob("*"), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
