"""Lines and columns, counted as the parsers count them."""

from bisect import bisect_left

from charter.scan.ir import Span


def split_lines(text: str) -> tuple[str, ...]:
    """The lines of a file. Unlike ``str.splitlines`` it breaks at no form feed or separator, as no parser does."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return tuple(text.split("\n"))


def across(first: Span, last: Span) -> Span:
    """From the start of one stretch to the end of another."""
    return Span(first.line, first.column, last.end_line, last.end_column)


def first_line(at: Span, lines: tuple[str, ...]) -> Span:
    """The part of a stretch that stands on its first line."""
    if at.line == at.end_line:
        return at
    return Span(at.line, at.column, at.line, max(at.column, len(lines[at.line - 1]) + 1))


class Columns:
    """Turns the parsers' columns, which count bytes of UTF-8 from 0, into characters from 1."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        self._inner = {number: _inner_bytes(line) for number, line in enumerate(lines, 1) if not line.isascii()}
        """Of lines that are not ASCII, the bytes that begin no character."""

    def character(self, line: int, column: int) -> int:
        """The column of one byte of a line."""
        inner = self._inner.get(line)
        return column + 1 if inner is None else column + 1 - bisect_left(inner, column)

    def span(self, line: int, column: int, end_line: int, end_column: int) -> Span:
        """A stretch between two bytes."""
        return Span(line, self.character(line, column), end_line, self.character(end_line, end_column))


def _inner_bytes(line: str) -> list[int]:
    data = line.encode("utf-8", "surrogatepass")
    return [place for place, byte in enumerate(data) if byte & 0xC0 == 0x80]
