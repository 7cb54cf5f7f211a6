"""``--fix``: writes the edits that rules hold for safe; a file that would no longer parse is left as it is."""

import codecs
import difflib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from charter.disk import write_atomic
from charter.scan.findings import Edit, Finding, NotAnalysed
from charter.scan.front import lower
from charter.scan.front.text import SourceText, read_text
from charter.scan.kinds import language_of

_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_Span: TypeAlias = tuple[int, int, int, int]
"""Line and column of the beginning and of the end."""


@dataclass(frozen=True, slots=True)
class FixedFile:
    """One file as it was and as it is to be."""

    path: str
    before: SourceText
    after: str
    findings: int
    """Findings whose edits are in it."""

    def patch(self) -> str:
        """The change as a unified diff."""
        names = (f"a/{self.path}", f"b/{self.path}")
        lines = difflib.unified_diff(self.before.text.splitlines(True), self.after.splitlines(True), *names)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def plan_fixes(root: Path, findings: Iterable[Finding]) -> tuple[list[FixedFile], list[str]]:
    """The files that the edits change; and, a line each, what cannot be done."""
    by_path: dict[str, list[Finding]] = {}
    for finding in findings:
        for path in dict.fromkeys(edit.place.path for edit in finding.edits):
            by_path.setdefault(path, []).append(finding)
    planned: list[FixedFile] = []
    refused: list[str] = []
    for path, of_path in sorted(by_path.items()):
        source = read_text(root, path)
        if isinstance(source, NotAnalysed) or source.partly:
            refused.append(f"{path}: not changed: it cannot be read as it stands")
            continue
        edits, number = _compatible(path, of_path)
        after = _edited(source.text, edits)
        if _breaks(path, source.text, after):
            refused.append(f"{path}: not changed: it would no longer parse")
        elif after != source.text:
            planned.append(FixedFile(path, source, after, number))
    return planned, refused


def write_fixes(root: Path, planned: Iterable[FixedFile]) -> None:
    """Writes the files, in their encoding and with their permissions.

    Raises:
        RunFolderError, StageError: one cannot be written.
    """
    for fixed in planned:
        path = root / fixed.path
        raw = path.read_bytes()
        mark = next((mark for mark in _MARKS if raw.startswith(mark)), b"")
        mode = path.stat().st_mode
        write_atomic(path, mark + fixed.after.encode(fixed.before.encoding))
        os.chmod(path, mode)


def _compatible(path: str, findings: Sequence[Finding]) -> tuple[list[Edit], int]:
    """The edits of a file, each once, without those of a finding that would touch what another's have changed."""
    taken: dict[tuple[_Span, str], Edit] = {}
    number = 0
    for finding in findings:
        own = {(_span(edit), edit.text): edit for edit in finding.edits if edit.place.path == path}
        if len(own) == len(set(finding.edits)) and not any(_clashes(one, other) for one in own for other in taken):
            taken |= own
            number += 1
    return list(taken.values()), number


def _span(edit: Edit) -> _Span:
    place = edit.place
    end = (place.end_line, place.end_column) if place.end_line else (place.line, place.column)
    return place.line, place.column, *end


def _clashes(one: tuple[_Span, str], other: tuple[_Span, str]) -> bool:
    """Whether two edits change the same text otherwise; what both insert at one place stands side by side."""
    (span, _), (theirs, _) = one, other
    overlap = span[:2] < theirs[2:] and theirs[:2] < span[2:]
    return one != other and overlap


def _edited(text: str, edits: Sequence[Edit]) -> str:
    lines = text.split("\n")
    starts = [0]
    for content in lines:
        starts.append(starts[-1] + len(content) + 1)
    newline = "\r\n" if "\r\n" in text else "\n"
    for edit in sorted(edits, key=_span, reverse=True):
        line, column, end_line, end_column = _span(edit)
        if end_line > len(lines):
            continue
        start, end = starts[line - 1] + column - 1, starts[end_line - 1] + end_column - 1
        text = text[:start] + edit.text.replace("\n", newline) + text[end:]
    return text


def _breaks(path: str, before: str, after: str) -> bool:
    """Whether code that parsed would not any more."""
    if language_of(path) is None:
        return False
    return len(lower(path, after).broken) > len(lower(path, before).broken)
