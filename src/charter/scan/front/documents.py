"""Configuration, read as data with the line of everything in it: JSON, YAML and TOML.

Configuration in the wild is more than its standards: JSON has comments and trailing commas, YAML has tags of programs
and several documents in a file, which become a list. All of it is read; nothing in it makes an object or a program run.
"""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from charter.scan.documents import Document
from charter.scan.front.json_text import read_json
from charter.scan.front.located import DocumentError, Lines, Way
from charter.scan.front.yaml_events import read_yaml

__all__ = ["DocumentError", "read_document"]

_TABLE = re.compile(r"\s*(\[\[?)\s*([^\]#]+?)\s*\]")
_KEY = re.compile(r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*=")
_PART = re.compile(r"[\w-]+|\"[^\"]*\"|'[^']*'")


def read_document(path: str, text: str) -> Document:
    """
    A configuration file by its suffix: ``.toml``, ``.yaml`` and ``.yml``, and JSON for all others.

    Raises:
        DocumentError: it cannot be read; it says the line and why.
    """
    if path.endswith(".toml"):
        data, lines = _read_toml(text)
    elif path.endswith((".yaml", ".yml")):
        data, lines = read_yaml(text)
    else:
        data, lines = read_json(text)
    return Document(path, data, _complete(data, lines), text)


def _read_toml(text: str) -> tuple[Any, Lines]:
    try:
        data = tomllib.loads(text.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        where = re.search(r"at (?:line (\d+)|end of document)", str(error))
        last = text.rstrip("\n").count("\n") + 1
        line = 1 if where is None else int(where[1] or last)
        raise DocumentError(line, f"no valid TOML: {str(error)[:200]}") from error
    lines: Lines = {}
    for way, line in _toml_lines(text):
        for length in range(1, len(way) + 1):
            lines.setdefault(way[:length], line)
    return data, lines


def _toml_lines(text: str) -> Iterator[tuple[Way, int]]:
    """Where tables and keys stand, as their lines look: the standard library's reader does not say."""
    table: Way = ()
    counts: dict[Way, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if header := _TABLE.match(line):
            table = tuple([part.strip("\"'") for part in _PART.findall(header[2])])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
            table = _numbered(table, counts)
            yield table, number
        elif key := _KEY.match(line):
            parts = [part.strip("\"'") for part in _PART.findall(key[1])]
            yield (*table, *parts), number


def _numbered(table: Way, counts: dict[Way, int]) -> Way:
    """A table's way with the positions of the tables in a list that it goes through."""
    way: list[str | int] = []
    for length, part in enumerate(table, 1):
        way.append(part)
        if (position := counts.get(table[:length])) is not None:
            way.append(position)
    return tuple(way)


def _complete(data: Any, known: Lines) -> Lines:
    """Lines for all ways: where one is not known (behind an alias, in a list of TOML), that of what holds it."""
    lines: Lines = {(): known.get((), 1)}
    waiting: list[tuple[Way, Any]] = [((), data)]
    while waiting:
        way, value = waiting.pop()
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, inner in items:
            inner_way = (*way, key)
            lines[inner_way] = known.get(inner_way, lines[way])
            if isinstance(inner, dict | list):
                waiting.append((inner_way, inner))
    return lines
