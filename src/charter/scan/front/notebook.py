"""Notebooks, as one file of Python."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from charter.scan.front.json_text import read_json
from charter.scan.front.lines import split_lines
from charter.scan.front.located import DocumentError, Lines, Way

_PYTHON_CELLS = frozenset({"time", "timeit", "capture", "prun", "memit", "mprun", "debug", "python", "python3", "px"})
"""Magics whose cell, or line, is Python."""
_MAGIC = re.compile(r"(?P<indent>\s*)(?P<assigned>[\w.,\s]+=\s*)?(?P<sign>%%?(?=\w)|!!?(?!=))(?P<rest>.*)")
_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_HELP = re.compile(r"\s*[\w.]+\?{1,2}\s*")
_SHELL_NAME = re.compile(r"\$(\w+)")


class _Cell(NamedTuple):
    lines: list[str]
    places: list[int]
    """The line of the notebook's file that each stands on."""


def notebook_source(text: str) -> str:
    """
    The code cells of a notebook, one after another. A line of code stands on the line that holds it in the notebook's
    own file, so that a finding's line is right in both; where the file has no line for each, cells follow one another
    below a comment with their number. What IPython reads and Python does not (magics) is replaced, and a command for
    the shell by the call that runs it. A notebook in another language gives no lines.

    Raises:
        DocumentError: it is no notebook.
    """
    data, lines = read_json(text)
    if not isinstance(data, dict) or not isinstance(data.get("cells", data.get("worksheets")), list):
        raise DocumentError(1, "it is no notebook: it has no cells")
    cells = list(_cells(data, lines)) if _language(data).startswith(("python", "ipython")) else []
    placed = {place: line for cell in cells for place, line in zip(cell.places, _python(cell.lines), strict=True)}
    if len(placed) == sum(len(cell.lines) for cell in cells):
        return "\n".join([placed.get(number, "") for number in range(1, text.count("\n") + 2)])
    made: list[str] = []
    for number, cell in enumerate(cells, 1):
        made += [f"# cell {number}", *_python(cell.lines)]
    return "\n".join(made)


def _language(data: Mapping[str, Any]) -> str:
    metadata = data.get("metadata")
    for part, key in (("kernelspec", "language"), ("language_info", "name"), ("kernelspec", "name")):
        inner = metadata.get(part) if isinstance(metadata, dict) else None
        if isinstance(inner, dict) and isinstance(inner.get(key), str):
            return str(inner[key]).lower()
    return "python"


def _cells(data: Mapping[str, Any], lines: Lines) -> Iterator[_Cell]:
    """The code cells; in notebooks of before 2015 they lie in worksheets."""
    for way, cells in _cell_lists(data):
        for number, cell in enumerate(cells):
            if isinstance(cell, dict) and cell.get("cell_type") == "code":
                key = "source" if "source" in cell else "input"
                yield _cell(cell.get(key), (*way, number, key), lines)


def _cell_lists(data: Mapping[str, Any]) -> Iterator[tuple[Way, list[Any]]]:
    if isinstance(data.get("cells"), list):
        yield ("cells",), data["cells"]
        return
    for number, sheet in enumerate(data["worksheets"]):
        if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list):
            yield ("worksheets", number, "cells"), sheet["cells"]


def _cell(source: object, way: Way, lines: Lines) -> _Cell:
    pieces = [str(piece) for piece in source] if isinstance(source, list) else [str(source or "")]
    made, places = [], []
    for number, piece in enumerate(pieces):
        for line in split_lines(piece.removesuffix("\n")):
            made.append(line)
            places.append(lines.get((*way, number), lines.get(way, 1)))
    return _Cell(made, places)


def _python(lines: list[str]) -> list[str]:
    """A cell with its magics replaced, line by line."""
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    magic = _CELL_MAGIC.match(lines[first]) if first is not None else None
    if magic is not None and magic[1] not in _PYTHON_CELLS:
        return [""] * len(lines)
    made, is_open = [], ""
    for line in lines:
        made.append(line if is_open else _line(line))
        is_open = _still_open(line, is_open)
    return made


def _still_open(line: str, quote: str) -> str:
    """The triple quote within which the next line stands."""
    at = 0
    while found := re.search(quote or r"\"\"\"|'''|#", line[at:]):
        if found[0] == "#":
            return ""
        quote = "" if quote else found[0]
        at += found.end()
    return quote


def _line(line: str) -> str:
    if _HELP.fullmatch(line):
        return ""
    magic = _MAGIC.fullmatch(line)
    if magic is None:
        return line
    indent, assigned = magic["indent"], magic["assigned"] or ""
    if magic["sign"].startswith("!"):
        method = "getoutput" if assigned else "system"
        return f"{indent}{assigned}get_ipython().{method}({_command(magic['rest'])})"
    name, _, code = magic["rest"].partition(" ")
    if name in _PYTHON_CELLS and code.strip() and not code.lstrip().startswith("-"):
        return f"{indent}{assigned}{code.strip()}"
    return f"{indent}{assigned}None" if assigned else f"{indent}pass"


def _command(text: str) -> str:
    """What IPython gives the shell: ``{name}`` and ``$name`` are Python's."""
    text = _SHELL_NAME.sub(r"{\1}", text.strip())
    is_filled = "{" in text and not any(sign in text for sign in "'\"\\")
    return f'f"{text}"' if is_filled else repr(text)
