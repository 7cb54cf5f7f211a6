"""The lines of a finding's place, for its fingerprint; the source text of a node, for its fix."""

from collections.abc import Sequence

from charter.scan import ir
from charter.scan.analysis import Analysis
from charter.scan.findings import Place
from charter.scan.secrets.redaction import redact

LINES = 12
"""Lines of a place that a fingerprint is made of."""
WIDTH = 400
"""Characters of each of them: minified code has it all on one."""


def place_of(path: str, at: ir.Span) -> Place:
    """A node's place."""
    return Place(path, at.line, at.column, at.end_line, at.end_column)


def lines_at(lines: Sequence[str], place: Place) -> str:
    """The lines of a place, white space normalised."""
    last = min(max(place.end_line, place.line), place.line + LINES - 1)
    return "\n".join(" ".join(line[:WIDTH].split()) for line in lines[place.line - 1 : last])


def snippet(analysis: Analysis, place: Place) -> str:
    """The lines of a place in an analysed module, without secrets."""
    module = analysis.modules.get(place.path)
    return redact(lines_at(module.lines, place)) if module else ""


def source_of(module: ir.Module, at: ir.Span) -> str:
    """The text of a node, as it is written."""
    lines = module.lines[at.line - 1 : at.end_line]
    if not lines:
        return ""
    if len(lines) == 1:
        return lines[0][at.column - 1 : at.end_column - 1]
    return "\n".join((lines[0][at.column - 1 :], *lines[1:-1], lines[-1][: at.end_column - 1]))
