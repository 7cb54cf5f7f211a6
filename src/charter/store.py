"""The run folder: everything that one run made, in files that other tools read as they are.

    with RunFolder.open(Path("runs/x"), recipe, constitution_digest=constitution.digest) as run:
        revisions = run.shards("revise", Revision)
        with run.stage("revise", revisions):
            map_records(prompts, revisions, ...)
        run.write_json("results.json", results)

A folder is continued by opening it again with the same recipe and constitution. One process at a time may write in
it; any number may read. See ``docs/run-folder.md`` for the layout.
"""

import dataclasses
import itertools
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from charter.codec import R
from charter.digests import digest
from charter.disk import TEMPORARY_PREFIX, disk_errors, make_folder, remove_temporary, write_atomic
from charter.errors import CharterError, RunFolderError
from charter.lock import FolderLock, is_locked
from charter.manifest import Manifest, RunStatus, StageEntry, StageStats, utc_now
from charter.meter import meter
from charter.recipe import Recipe
from charter.run_files import (
    MANIFEST_NAME,
    RECIPE_NAME,
    check_same,
    new_manifest,
    read_manifest,
    read_recipe,
    read_text,
    recipe_yaml,
    refuse_foreign,
    unusable,
)
from charter.shards import Shards

RESULTS_NAME = "results.json"


@dataclass(slots=True)
class StageNote:
    """What a stage without shards says of itself inside ``RunFolder.stage``."""

    records: int = 0
    digest: str = ""


class RunFolder:
    """One run on disk. Made by :meth:`open` (to write, as a context manager) or :meth:`read`."""

    def __init__(self, path: Path, recipe: Recipe, manifest: Manifest, lock: FolderLock | None) -> None:
        """For :meth:`open` and :meth:`read`, which check what they hand over. ``lock`` is None for reading only."""
        self.path = path
        self.recipe = recipe
        self._manifest = manifest
        self._lock = lock
        self._on_append: Callable[[], None] | None = None
        self._open_end = ""

    @classmethod
    def open(cls, path: Path | str, recipe: Recipe, *, constitution_digest: str) -> Self:
        """Creates the folder, or continues the run that is in it.

        Raises:
            RunFolderError: the folder belongs to another recipe or constitution, is in use by another process, holds
                something else than a run, is damaged, or cannot be written.
            StageError: the disk is full.
        """
        path = Path(path)
        refuse_foreign(path)
        with disk_errors(path):
            make_folder(path)
        lock = FolderLock(path)
        try:
            if (path / MANIFEST_NAME).exists():
                run = cls(path, *check_same(path, recipe, constitution_digest), lock)
            else:
                run = cls(path, recipe, new_manifest(path, recipe, constitution_digest), lock)
                run.write_text(RECIPE_NAME, recipe_yaml(recipe))
            remove_temporary(path)
            run._update(status="running", reason="")
        except BaseException:
            lock.release()
            raise
        return run

    @classmethod
    def read(cls, path: Path | str) -> Self:
        """The run at ``path``, finished or not, for reading only; nothing in the folder changes.

        Raises:
            RunFolderError: there is no run, or it is damaged.
        """
        path = Path(path)
        manifest = read_manifest(path)
        return cls(path, read_recipe(path), manifest, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        """Sets the status: finished; interrupted by ``KeyboardInterrupt``; failed by any other exception."""
        try:
            if error is None:
                self._update(status="interrupted" if self._open_end else "finished", reason=self._open_end)
            else:
                status: RunStatus = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
                with suppress(CharterError):  # on a full disk this fails as well, and the first error is the news
                    self._update(status=status, reason=f"{type(error).__name__}: {error}".removesuffix(": "))
        finally:
            self.close()

    def leave_unfinished(self, reason: str) -> None:
        """Says that the run ends here for now, as its user wanted: its status will be interrupted, with that reason."""
        self._open_end = reason

    def close(self) -> None:
        """Lets other processes open the folder; its status stays as it is."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    @property
    def manifest(self) -> Manifest:
        """What ``run.json`` holds."""
        return self._manifest

    @property
    def status(self) -> RunStatus:
        """The manifest's status, but ``interrupted`` where it says running and no process has the folder open."""
        if self._manifest.status == "running" and self._lock is None and not is_locked(self.path):
            return "interrupted"
        return self._manifest.status

    def shards(self, name: str, record_type: type[R]) -> Shards[R]:
        """The records in the folder ``name`` ("revise", "answers/base"), which need not exist yet."""
        return Shards(self._inside(name), record_type, writable=self._lock is not None, on_append=self._appended)

    @contextmanager
    def stage(self, name: str, *outputs: Shards[Any]) -> Iterator[StageNote]:
        """Meters the block as one session of the stage, and records it however the block ends.

        Even of a killed session, the time up to its last finished shard is kept. ``outputs`` are the shards that the
        stage makes; their records and digest are the stage's. A stage without shards sets both on the yielded note.
        """
        before, note = self._manifest.stages.get(name), StageNote()
        with meter() as used:

            def stats(records: int = 0, digest: str = "") -> StageStats:
                return StageStats(
                    seconds=used.seconds,
                    peak_mib=used.peak_mib,
                    peak_gpu_mib=used.peak_gpu_mib,
                    records=records,
                    digest=digest,
                )

            def so_far() -> None:
                self._set_stage(name, StageEntry.of(before, stats(sum(map(len, outputs))), None))

            so_far()
            self._on_append = so_far
            try:
                yield note
            except BaseException:
                with suppress(CharterError):  # as in __exit__
                    so_far()
                raise
            finally:
                self._on_append = None
        done = stats(note.records or sum(map(len, outputs)), note.digest or _joint_digest(outputs))
        self._set_stage(name, StageEntry.of(before, done, self._counts(name, outputs)))

    def finish_stage(self, name: str, stats: StageStats, shards: Sequence[Shards[Any]] = ()) -> None:
        """Records that the stage is done, adding this session's seconds to those of earlier ones.

        ``shards`` are the stage's outputs; without them, those in the folder of the stage's own name.
        """
        before = self._manifest.stages.get(name)
        self._set_stage(name, StageEntry.of(before, stats, self._counts(name, shards)))

    def stage_done(self, name: str) -> bool:
        """Whether the stage was finished and all records are still there that it had then."""
        entry = self._manifest.stages.get(name)
        return (
            entry is not None
            and entry.done
            and all(_count_records(self._inside(folder)) == count for folder, count in entry.outputs.items())
        )

    @property
    def stage_stats(self) -> dict[str, dict[str, float]]:
        """Every stage's seconds, peak_mib and records, as in ``results.json``."""
        return {
            name: {"seconds": entry.seconds, "peak_mib": entry.peak_mib, "records": entry.records}
            for name, entry in self._manifest.stages.items()
        }

    def write_json(self, name: str, value: object) -> Path:
        """Writes ``value`` (JSON values, and dataclasses such as ``Rate``) atomically as indented JSON."""
        text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False, default=_plain)
        return self.write_text(name, text + "\n")

    def write_text(self, name: str, text: str) -> Path:
        """Writes a UTF-8 file atomically; ``name`` is relative to the run folder."""
        path = self._inside(name)
        if self._lock is None:
            raise RunFolderError(f"{path}: the run folder was opened for reading only")
        write_atomic(path, text.encode("utf-8"))
        return path

    def read_json(self, name: str) -> Any:
        """The content of a JSON file of this run.

        Raises:
            RunFolderError: it is not there, or is damaged.
        """
        file = self._inside(name)
        try:
            return json.loads(read_text(file))
        except json.JSONDecodeError as error:
            raise unusable(file, error) from error

    def _inside(self, name: str) -> Path:
        parts = PurePosixPath(name).parts
        if (
            not parts
            or name.startswith("/")
            or ".." in parts
            or any(part.startswith(TEMPORARY_PREFIX) for part in parts)
        ):
            raise ValueError(f"{name!r} is no name inside a run folder")
        return self.path.joinpath(*parts)

    def _appended(self) -> None:
        if self._on_append is not None:
            self._on_append()

    def _counts(self, name: str, outputs: Sequence[Shards[Any]]) -> dict[str, int]:
        folders = [shards.path for shards in outputs] or [self._inside(name)]
        counts = {folder.relative_to(self.path).as_posix(): _count_records(folder) for folder in folders}
        return {folder: count for folder, count in counts.items() if count}

    def _set_stage(self, name: str, entry: StageEntry) -> None:
        self._update(stages={**self._manifest.stages, name: entry})

    def _update(self, **changes: object) -> None:
        manifest = self._manifest.model_copy(update={**changes, "updated": utc_now()})
        self.write_text(MANIFEST_NAME, manifest.model_dump_json(indent=2) + "\n")
        self._manifest = manifest


def new_run_path(recipe_name: str, root: Path | str = "runs") -> Path:
    """Makes and returns an empty folder ``root/<UTC time>-<recipe name>``, with ``-2`` and so on where that is taken.

    Raises:
        RunFolderError, StageError: the folder cannot be made.
    """
    name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{re.sub(r'[^A-Za-z0-9._-]+', '-', recipe_name).strip('-.') or 'run'}"
    root = Path(root)
    with disk_errors(root):
        make_folder(root)
        for number in itertools.count(1):
            path = root / (name if number == 1 else f"{name}-{number}")
            with suppress(FileExistsError):
                path.mkdir()
                break
    return path


def _count_records(folder: Path) -> int | None:
    """Rows of all shards, by their footers alone; None when one cannot be read."""
    try:
        return sum(int(pq.read_metadata(file).num_rows) for file in folder.glob("*.parquet"))
    except (pa.ArrowException, OSError):
        return None


def _joint_digest(outputs: Sequence[Shards[Any]]) -> str:
    digests = [shards.digest() for shards in outputs]
    return digests[0] if len(digests) == 1 else digest(digests) if digests else ""


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(f"{type(value).__name__} is not a JSON value")
