"""``[scan]`` of ``charter.toml``: what a project settles about its scans."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from charter.documents import Document, perhaps
from charter.errors import ConfigError
from charter.scan.findings import Confidence, Severity

CONFIG_NAME = "charter.toml"
_HEADER = re.compile(r"^\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([\w.\"'/-]+)\s*=")
_AT = re.compile(r"at line (\d+)")


class RuleSettings(BaseModel):
    """``[scan.rules."secrets/private-key"]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = Field(True, strict=True)
    severity: Severity | None = None


class ScanConfig(BaseModel):
    """The table ``[scan]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    exclude: tuple[str, ...] = ()
    """Paths that are not scanned, as patterns of a ``.gitignore``."""
    models: tuple[str, ...] = ()
    """Files of facts of your own, in the form of ``charter/scan/models``, relative to this file."""
    severity: Severity = "low"
    """Lesser findings are not reported."""
    confidence: Confidence = "low"
    """Less certain findings are not reported."""
    baseline: str = ""
    """A file of known findings, relative to this file."""
    max_not_analysed: float = Field(0.1, ge=0, le=1)
    """The share of files that may stay unread before the scan fails (exit code 3)."""
    rules: dict[str, RuleSettings] = {}

    @field_validator("exclude", "models", mode="before")
    @classmethod
    def _lists(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value


class _File(BaseModel):
    """``charter.toml``; tables of other commands are theirs to check."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    scan: ScanConfig = ScanConfig()


class Settings(BaseModel):
    """The configuration, and the folder that its paths are relative to."""

    model_config = ConfigDict(frozen=True)

    scan: ScanConfig = ScanConfig()
    folder: Path = Path()

    def path(self, name: str) -> Path:
        """A file that the configuration names."""
        return self.folder / name


def load_config(path: Path | None, root: Path) -> Settings:
    """The configuration at ``path``; without one, that of the nearest ``charter.toml`` at ``root`` or above it.

    Raises:
        ConfigError: the file is missing, is no TOML, or has a mistake; the message names file, line, key and mend.
    """
    found = path or next((each for each in _candidates(root) if each.is_file()), None)
    if found is None:
        return Settings()
    text = _read(found)
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = _AT.search(str(error))
        what = str(error).partition(" (at ")[0]
        raise ConfigError(f"{found}:{line[1] if line else 1}: not valid TOML: {what}; mend it there") from error
    document = Document(found, data, lines_of(text))
    scan = document.validate(_File).scan
    _check_rules(document, scan)
    return Settings(scan=scan, folder=found.parent)


def _check_rules(document: Document, scan: ScanConfig) -> None:
    """A rule that is misspelt would stay on, or as severe as it was, without a word."""
    if not scan.rules:
        return
    from charter.scan.rules import all_rules

    known = {rule.spec.id for rule in all_rules()} | {rule.spec.id.partition("/")[0] for rule in all_rules()}
    for name in scan.rules:
        if name not in known:
            said = f"names no rule{perhaps(name, sorted(known))}; 'charter scan --rules' lists them"
            raise document.error(("scan", "rules", name), said)


def lines_of(text: str) -> Mapping[tuple[str | int, ...], int]:
    """The line of each table and key, as far as one key stands on a line; enough to point at a mistake."""
    lines: dict[tuple[str | int, ...], int] = {(): 1}
    table: tuple[str | int, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _parts(header[1])
            for length in range(1, len(table) + 1):
                lines.setdefault(table[:length], number)
        elif key := _KEY.match(line):
            whole = (*table, *_parts(key[1]))
            for length in range(len(table) + 1, len(whole) + 1):
                lines.setdefault(whole[:length], number)
    return lines


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.]+", dotted))


def _candidates(root: Path) -> list[Path]:
    """The files that count: in the root, and above it up to the top of its repository."""
    found = []
    for folder in (root, *root.parents):
        found.append(folder / CONFIG_NAME)
        if (folder / ".git").exists():
            return found
    return found[:1]


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}; check path and permissions") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text; save the file as UTF-8") from error
