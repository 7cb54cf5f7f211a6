"""The output of one stage: a folder of Parquet shards that are written once and never changed.

``datasets.load_dataset("parquet", ...)``, DuckDB and pandas read the folder as it is; see ``docs/run-folder.md``.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Generic

import pyarrow as pa
import pyarrow.parquet as pq

from charter.codec import RECORD_KEY, VERSION_KEY, R, Row, from_row, schema_of, to_row
from charter.digests import ID_LENGTH, digest
from charter.disk import write_atomic
from charter.errors import RunFolderError, StageError

OnAppend = Callable[[], None]


class Shards(Generic[R]):
    """The records of one stage in one run folder; get it from ``RunFolder.shards``.

    A record is identified by its ``id``, and stored once. Reading checks every shard (page checksums, schema, the ids
    that its name promises), and says of a damaged one which file it is and how to mend it.
    """

    def __init__(
        self, path: Path, record_type: type[R], *, writable: bool = True, on_append: OnAppend | None = None
    ) -> None:
        """``on_append`` is called after each shard that was published.

        Raises:
            TypeError: records of this type have no ``id``, or cannot be stored.
        """
        self.path = path
        """The folder; it need not exist before the first ``append``."""
        self.record_type = record_type
        self._schema = schema_of(record_type)
        if "id" not in self._schema.names:
            raise TypeError(f"{record_type.__name__} has no id")
        self._writable = writable
        self._on_append = on_append
        self._ids_of: dict[str, frozenset[str]] = {}  # by file name: a published shard does not change

    def ids(self) -> set[str]:
        """The ids of all records.

        Raises:
            RunFolderError: a damaged shard, or one of another record type or schema version.
        """
        return set().union(*(self._shard_ids(file) for file in self._files()))

    def __len__(self) -> int:
        return sum(len(self._shard_ids(file)) for file in self._files())

    def read(self) -> list[R]:
        """All records, sorted by id.

        Raises:
            RunFolderError: as ``ids``.
        """
        records = [(row["id"], self._record(file, row)) for file in self._files() for row in self._rows(file)]
        return [record for _, record in sorted(records, key=lambda pair: pair[0])]

    def digest(self) -> str:
        """SHA-256 over the canonical rows in the order of their ids: the same records have the same digest however
        they are divided into shards. Holds one shard in memory at a time.

        Raises:
            RunFolderError: as ``ids``.
        """
        return digest(sorted([row["id"], digest(row)] for file in self._files() for row in self._rows(file)))

    def append(self, records: Iterable[R]) -> None:
        """Publishes ``records`` as one shard; when exactly this shard is there already, nothing happens.

        Raises:
            ValueError: two of the records have the same id, or one is in another shard already.
            StageError: the disk is full, or a text that no file can hold.
            RunFolderError: the folder cannot be written, or was opened for reading.
        """
        if not self._writable:
            raise RunFolderError(f"{self.path}: the run folder was opened for reading only")
        rows = sorted((to_row(record) for record in records), key=_id_of)
        if not rows:
            return
        ids = [_id_of(row) for row in rows]
        file = self.path / _file_name(ids)
        if file.exists():
            return
        if len(set(ids)) < len(ids):
            raise ValueError("two records of one shard have the same id")
        if not all(self._shard_ids(other).isdisjoint(ids) for other in self._files()):
            raise ValueError(f"{self.path} holds some of these records already")
        write_atomic(file, _parquet(rows, self._schema, self.path))
        self._ids_of[file.name] = frozenset(ids)
        if self._on_append is not None:
            self._on_append()

    def _files(self) -> list[Path]:
        return sorted(file for file in self.path.glob("*.parquet") if not file.name.startswith("."))

    def _shard_ids(self, file: Path) -> frozenset[str]:
        if file.name not in self._ids_of:
            self._ids_of[file.name] = frozenset(_id_of(row) for row in self._rows(file, columns=["id"]))
        return self._ids_of[file.name]

    def _rows(self, file: Path, columns: Sequence[str] | None = None) -> Iterator[Row]:
        try:
            with pq.ParquetFile(file, page_checksum_verification=True) as parquet:
                self._check_schema(file, parquet.schema_arrow)
                rows: list[Row] = parquet.read(columns=columns).to_pylist()
        except (pa.ArrowException, OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno is not None:  # the system's word, not the file's content
                raise RunFolderError(f"{file}: cannot be read ({error.strerror or error})") from error
            raise _damaged(file, str(error)) from error
        if _file_name([_id_of(row) for row in rows]) != file.name:
            raise _damaged(file, "its records are not those that its name stands for")
        return iter(rows)

    def _record(self, file: Path, row: Row) -> R:
        try:
            return from_row(self.record_type, row)
        except (KeyError, TypeError, ValueError) as error:
            raise _damaged(file, f"record {row['id']}: {error}") from error

    def _check_schema(self, file: Path, found: Any) -> None:
        wanted = self._schema.metadata
        stored = {key: (found.metadata or {}).get(key, b"unknown") for key in (RECORD_KEY, VERSION_KEY)}
        if stored[RECORD_KEY] != wanted[RECORD_KEY]:
            raise RunFolderError(
                f"{file}: holds {_text(stored[RECORD_KEY])} records where {_text(wanted[RECORD_KEY])} records belong; "
                "move it out of the run folder"
            )
        if stored[VERSION_KEY] != wanted[VERSION_KEY] or not found.equals(self._schema):
            raise RunFolderError(
                f"{file}: was written by another version of Charter (schema {_text(stored[VERSION_KEY])}; this one "
                f"reads schema {_text(wanted[VERSION_KEY])} of {self.record_type.__name__}); use that version, "
                "or another --out"
            )


def _id_of(row: Row) -> str:
    identity: str = row["id"]
    return identity


def _file_name(ids: Sequence[str]) -> str:
    return f"part-{digest(sorted(ids))[:ID_LENGTH]}.parquet"


def _parquet(rows: Sequence[Row], schema: Any, path: Path) -> bytes:
    """The shard's bytes. In memory, so that the disk sees one write of ordinary bytes; a shard is a few MB."""
    sink = pa.BufferOutputStream()
    try:
        table = pa.Table.from_pylist(list(rows), schema=schema)
    except (UnicodeEncodeError, OverflowError, pa.ArrowException) as error:
        raise StageError(f"{path}: a record holds what no shard can store: {_one_line(str(error))}") from error
    pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _damaged(file: Path, why: str) -> RunFolderError:
    return RunFolderError(
        f"{file}: damaged ({_one_line(why)}); delete this file and run the same command again, "
        "which makes its records anew"
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
