"""Content digests and the seeds derived from them: same content, same id, same sample, on any machine."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

ID_LENGTH = 24
"""Hex characters of a record id: 96 bits, so that a billion records collide with probability below 1e-10."""


def canonical(value: object) -> str:
    """JSON with sorted keys, no insignificant space and no escaping of non-ASCII text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: object) -> str:
    """SHA-256 (64 hex characters) of the canonical JSON of ``value``."""
    return hashlib.sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()


def record_id(*parts: object) -> str:
    """The id of a record that is determined by ``parts``."""
    return digest(list(parts))[:ID_LENGTH]


def derive_seed(*parts: object) -> int:
    """A 63-bit seed determined by ``parts``; unequal parts give independent seeds."""
    return int(digest(["seed", *parts])[:16], 16) >> 1


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_digest(paths: Iterable[Path], root: Path) -> str:
    """A digest of the named files' contents and of their names relative to ``root``; order does not matter."""
    return digest({path.relative_to(root).as_posix(): file_digest(path) for path in paths})
