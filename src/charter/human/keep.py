"""Where labels are kept while people give them: an answer that was acknowledged is on the disk.

A folder of labels has a journal, ``answers.jsonl``, to which every answer is appended before it is acknowledged, and
from which the latest can be taken back; and ``Preference`` shards, into which the journal's older answers move, a few
dozen at a time, and all of them when the server ends. Whoever reads the folder with :func:`read_kept` sees both.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from charter.codec import from_row, to_row
from charter.disk import disk_errors, make_folder, remove_temporary, write_atomic
from charter.errors import CharterError, ConfigError, RunFolderError
from charter.lock import FolderLock
from charter.records import Preference
from charter.shards import Shards

JOURNAL_NAME = "answers.jsonl"
UNDOABLE = 20
"""Latest answers of each rater that stay in the journal, and so can be taken back."""
SEALED_AT_ONCE = 64
"""Older answers that move into a shard together."""


def holds_labels(folder: Path) -> bool:
    """Whether there is anything for ``read_kept`` in the folder."""
    return (folder / JOURNAL_NAME).is_file() or any(folder.glob("*.parquet"))


def read_kept(folder: Path) -> list[Preference]:
    """Every look that is kept in the folder, sorted by id, though a server may be writing there.

    Raises:
        ConfigError: the journal is damaged.
        RunFolderError: a shard is.
    """
    journal = {look.id: look for look in _journal(folder / JOURNAL_NAME)}  # first, for answers move from it to shards
    shards = {look.id: look for look in Shards(folder, Preference, writable=False).read()}
    return [look for _, look in sorted((journal | shards).items())]


class Keep:
    """The labels of one folder, open for writing; one process at a time. Not safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """
        Raises:
            RunFolderError: another process writes there, or the folder cannot be written, or a shard is damaged.
            ConfigError: the journal is damaged.
        """
        self.folder = folder
        with disk_errors(folder):
            make_folder(folder)
        self._lock = FolderLock(folder)
        try:
            remove_temporary(folder)
            self._shards = Shards(folder, Preference)
            self._sealed = {look.id: look for look in self._shards.read()}
            self._path = folder / JOURNAL_NAME
            looks = list(_journal(self._path))
            self._open = {look.id: look for look in looks if look.id not in self._sealed}
            self._rewrite()
        except BaseException:
            self._lock.release()
            raise

    def looks(self) -> Iterator[Preference]:
        """Every look that is kept, those of the shards first, then the journal's in the order they were given."""
        yield from self._sealed.values()
        yield from self._open.values()

    def add(self, look: Preference) -> None:
        """Keeps a look; when this returns, it is on the disk.

        Raises:
            StageError: the disk is full; nothing was kept.
            RunFolderError: the folder cannot be written.
        """
        self._append(to_row(look))
        self._open[look.id] = look
        with suppress(CharterError):  # the answer is kept; whatever stops a shard will stop the next answer, and say so
            self._seal_older()

    def latest(self, rater: str) -> Preference | None:
        """The rater's latest look that can still be taken back."""
        return next((each for each in reversed(self._open.values()) if each.rater == rater), None)

    def take_back(self, look: Preference) -> None:
        """Forgets a look that ``latest`` gave; when this returns, that is on the disk.

        Raises:
            StageError, RunFolderError: as of ``add``.
        """
        self._append({"taken_back": look.id})
        del self._open[look.id]

    def close(self) -> None:
        """Moves every answer into a shard and lets others write."""
        try:
            self._seal(list(self._open.values()))
        finally:
            self._lock.release()

    def _seal_older(self) -> None:
        later: dict[str, int] = {}
        older = []
        for look in reversed(self._open.values()):
            later[look.rater] = later.get(look.rater, 0) + 1
            if later[look.rater] > UNDOABLE:
                older.append(look)
        if len(older) >= SEALED_AT_ONCE:
            self._seal(older)

    def _seal(self, looks: list[Preference]) -> None:
        self._shards.append(looks)
        for look in looks:
            self._sealed[look.id] = self._open.pop(look.id)
        self._rewrite()

    def _rewrite(self) -> None:
        lines = (json.dumps(to_row(look), ensure_ascii=False) + "\n" for look in self._open.values())
        write_atomic(self._path, "".join(lines).encode("utf-8"))

    def _append(self, value: dict[str, Any]) -> None:
        line = (json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8")
        with disk_errors(self._path):
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND)
            try:
                size = os.fstat(descriptor).st_size
                try:
                    _write_all(descriptor, line)
                    os.fsync(descriptor)
                except OSError:
                    os.ftruncate(descriptor, size)
                    raise
            finally:
                os.close(descriptor)


def _write_all(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]


def _journal(path: Path) -> Iterator[Preference]:
    """The looks of a journal that were not taken back, in the order they were given.

    A last line without its end was never acknowledged, and is left out.
    """
    looks: dict[str, Preference] = {}
    for number, line in enumerate(_whole_lines(path), start=1):
        try:
            row = json.loads(line)
            if "taken_back" in row:
                looks.pop(row["taken_back"], None)
            else:
                look = from_row(Preference, row)
                looks[look.id] = look
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            why = " ".join(str(error).split())[:200]
            raise ConfigError(f"{path}:{number}: damaged ({why}); remove this line, which is one answer") from error
    yield from looks.values()


def _whole_lines(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RunFolderError(f"{path}: cannot be read ({error.strerror or error})") from error
