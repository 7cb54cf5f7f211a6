"""The code around a finding, as every form of output shows it: a few lines, without secrets."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from charter.scan.findings import Finding, NotAnalysed, Place
from charter.scan.front.text import read_text
from charter.scan.secrets import redact

AROUND = 2
"""Lines shown before and after a place."""
LONGEST = 8
"""Lines of a place that are shown, when it has more."""
WIDTH = 240
"""Characters of a line that are shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a frame."""

    number: int
    text: str
    marked: bool
    """It belongs to the place."""


class Frames:
    """Reads the frames out of the scanned files, each file once as long as its frames are asked for in a row."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._path = ""
        self._lines: Sequence[str] = ()

    def frame(self, place: Place, around: int = AROUND) -> tuple[Line, ...]:
        """The lines at and around a place; none where the file cannot be read (any more)."""
        lines = self._of(place.path)
        last = min(max(place.line, place.end_line), place.line + LONGEST - 1)
        first, end = max(1, place.line - around), min(len(lines), last + around)
        if first > end:
            return ()
        shown = redact("\n".join(line[:WIDTH] for line in lines[first - 1 : end])).split("\n")
        return tuple(
            Line(number, text.rstrip(), place.line <= number <= last) for number, text in enumerate(shown, first)
        )

    def line(self, place: Place) -> str:
        """The first line of a place, trimmed."""
        return next((line.text.strip() for line in self.frame(place, 0)), "")

    def _of(self, path: str) -> Sequence[str]:
        if path != self._path:
            source = read_text(self._root, path)
            text = "" if isinstance(source, NotAnalysed) else source.text.removesuffix("\n")
            self._path, self._lines = path, text.split("\n") if text else ()
        return self._lines


def at(place: Place) -> str:
    """``path:line:column``, as editors and terminals make a link of it."""
    return f"{one_line(place.path)}:{place.line}:{place.column}"


def line_of(place: Place) -> str:
    """``path:line``."""
    return f"{one_line(place.path)}:{place.line}"


def one_line(path: str) -> str:
    """A path in which no newline or tab passes for the end of a line of the output."""
    return path.replace("\n", "\\n").replace("\t", "\\t")


def way(finding: Finding) -> str:
    """The way of the data in one line: the lines that it takes."""
    return " -> ".join(line_of(step.place) for step in finding.steps)
