"""Findings that were there when a project began to scan: kept in a file, so that only later ones are reported."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from charter.disk import write_atomic
from charter.errors import ConfigError
from charter.scan.findings import Finding

_VERSION = 1


def write_baseline(path: Path, findings: Iterable[Finding]) -> None:
    """Writes the file: fingerprints, with rule and path for a person who reads it; nothing of the code.

    Raises:
        RunFolderError, StageError: it cannot be written.
    """
    counts = Counter((finding.place.path, finding.rule, finding.fingerprint) for finding in findings)
    rows = [
        {"path": path, "rule": rule, "fingerprint": fingerprint, "count": count}
        for (path, rule, fingerprint), count in sorted(counts.items())
    ]
    text = json.dumps({"version": _VERSION, "findings": rows}, indent=1)
    write_atomic(path, (text + "\n").encode())


def read_baseline(path: Path) -> Counter[str]:
    """How often each fingerprint may be found.

    Raises:
        ConfigError: no such file, or none that ``write_baseline`` wrote.
    """
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}; --write-baseline makes one") from error
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise ConfigError(f"{path}:{line}: no baseline: not JSON; --write-baseline makes one") from error
    rows = data.get("findings") if isinstance(data, dict) and data.get("version") == _VERSION else None
    known: Counter[str] = Counter()
    for place, row in enumerate(rows if isinstance(rows, list) else [None]):
        count = row.get("count") if isinstance(row, dict) else None
        if not isinstance(row, dict) or not isinstance(row.get("fingerprint"), str) or not isinstance(count, int):
            raise ConfigError(f"{path}: findings[{place}]: no entry of a baseline; make it anew with --write-baseline")
        known[row["fingerprint"]] += count
    return known


def split_known(findings: Sequence[Finding], known: Counter[str]) -> tuple[list[Finding], list[Finding]]:
    """The new findings, and those that the baseline has."""
    left = Counter(known)
    new: list[Finding] = []
    old: list[Finding] = []
    for finding in findings:
        if left[finding.fingerprint] > 0:
            left[finding.fingerprint] -= 1
            old.append(finding)
        else:
            new.append(finding)
    return new, old
