"""Results of earlier scans, kept in the user's cache folder as JSON, which runs nothing when it is read.

An entry holds for the same text under the same path, read by the same scanner with the same facts. One file a scanned
root; what a scan did not need any more is not written again.
"""

import hashlib
import logging
import os
from collections.abc import Iterable
from functools import cache as remembered
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from charter import __version__
from charter.digests import folder_digest
from charter.disk import write_atomic
from charter.errors import CharterError
from charter.scan.result import FileResult, GroupResult

_LOGGER = logging.getLogger(__name__)
_KEPT = 40
"""Scanned roots whose results are kept, the latest."""


@dataclass(frozen=True)
class Cached:
    """The content of a cache file."""

    stamp: str
    files: dict[str, FileResult]
    groups: dict[str, GroupResult]


@remembered
def _adapter() -> TypeAdapter[Cached]:
    return TypeAdapter(Cached)


def stamp_of(facts_digest: str) -> str:
    """What all entries of a cache file depend on: the scanner's own code and its facts."""
    return hashlib.sha256(f"{__version__} {_code_digest()} {facts_digest}".encode()).hexdigest()


@remembered
def _code_digest() -> str:
    folder = Path(__file__).parent
    return folder_digest(folder.rglob("*.py"), folder)


def cache_path(root: Path) -> Path:
    """The cache file of a scanned root."""
    base = os.environ.get("XDG_CACHE_HOME") or ""
    folder = Path(base) if os.path.isabs(base) else Path.home() / ".cache"
    return folder / "charter" / "scan" / f"{hashlib.sha256(os.fsencode(root)).hexdigest()[:24]}.json"


@remembered
def read_cache(path: Path, stamp: str) -> Cached:
    """What the file holds; empty where there is none, or where it is damaged or of another scanner."""
    empty = Cached(stamp, {}, {})
    try:
        found = _adapter().validate_json(path.read_bytes())
    except (OSError, ValidationError, RecursionError):
        return empty
    return found if found.stamp == stamp else empty


def write_cache(path: Path, stamp: str, files: Iterable[FileResult], groups: dict[str, GroupResult]) -> None:
    """Replaces the file; a cache that cannot be written costs time and nothing else."""
    content = Cached(stamp, {each.path: each for each in files if each.digest}, groups)
    read_cache.cache_clear()
    try:
        write_atomic(path, _adapter().dump_json(content))
        others = sorted(path.parent.glob("*.json"), key=lambda other: -other.stat().st_mtime)
        for other in others[_KEPT:]:
            other.unlink(missing_ok=True)
    except (CharterError, OSError, ValueError, RuntimeError) as error:
        _LOGGER.warning("the results cannot be kept for the next scan (--no-cache spares the attempt): %s", error)
