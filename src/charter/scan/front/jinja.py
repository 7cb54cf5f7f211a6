"""Templates of Jinja and Django, read without rendering them: which variables they print without escaping.

Both languages are read as what they share: ``{{ expression|filter }}`` and ``{% tag %}`` in a text. A name that a loop,
an assignment or a macro introduces stands for the variables that it is made of, so that what is told is always the
name of a variable that whoever renders the template gives it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from charter.scan.front.page import Page
from charter.scan.template import Template

_OPEN = re.compile(r"\{[{%#]")
_CLOSE = {"{{": "}}", "{%": "%}", "{#": "#}"}
_RAW_END = re.compile(r"\{%[-+]?\s*end(?:raw|verbatim|comment)\s*[-+]?%\}")
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_VARIABLE = re.compile(r"(?<![\w.|])[^\W\d]\w*(?!\w*\s*=[^=])")
_FILTER = re.compile(r"\|\s*([^\W\d]\w*)")
_CALL = re.compile(r"(?<![\w.|])([^\W\d]\w*)\s*\(([^()]*)\)")
_NOT_PRINTED = re.compile(
    r"\bis\s+(?:not\s+)?[^\W\d]\w*|\bif\b(?:(?!\belse\b).)*|\|\s*[^\W\d]\w*|(?<=[\w\])])\[[^\[\]]*\]"
)
"""Tests, the condition of a choice, filters, and what something is indexed by."""
_RENAMED = re.compile(r"(\S+)\s+as\s+([^\W\d]\w*)")
_GIVEN = re.compile(r"([^\W\d]\w*)\s*=\s*([^\s,]+)")
_NO_VARIABLES = frozenset(
    """
    and or not in is if else elif for true false none True False None loop forloop recursive super self caller
    varargs kwargs range dict lipsum cycler joiner namespace url_for get_flashed_messages csrf_token _ gettext ngettext
    """.split()  # noqa: SIM905  # as words it can be read
)
_HARMLESS = frozenset(
    """
    e escape escapejs force_escape forceescape tojson int float length count striptags urlencode json_script bleach
    sanitize sanitize_html clean floatformat filesizeformat date datetime yesno pluralize wordcount
    """.split()  # noqa: SIM905  # likewise
)
"""Filters whose result is no HTML of anybody's, whatever they are given."""
_MAX_EXPRESSION = 5000
_MAX_ROOTS = 200


def read_template(path: str, text: str) -> Template:
    """A template; any text is one."""
    reader, page = _Reader(), Page(text)
    line = done = 0
    for piece in _pieces(text):
        line += text.count("\n", done, piece.start)
        page.advance(piece.start)
        if piece.kind == "{{":
            reader.show(piece.inner, line + 1, page.is_hostile())
        else:
            reader.tag(piece.inner.strip())
        done = piece.start
    return reader.template(path)


class _Piece(NamedTuple):
    kind: str
    inner: str
    start: int


def _pieces(text: str) -> Iterator[_Piece]:
    """The prints and tags of a template, without comments and what is marked as raw."""
    at = 0
    while opened := _OPEN.search(text, at):
        kind = opened[0]
        end = text.find(_CLOSE[kind], opened.end())
        if end < 0:
            return  # nothing behind it can be read as it is meant
        inner = text[opened.end() : min(end, opened.end() + _MAX_EXPRESSION)].strip("-+ \t\n")
        at = end + 2
        if kind == "{%" and inner.partition(" ")[0] in ("raw", "verbatim", "comment"):
            closed = _RAW_END.search(text, at)
            if closed is None:
                return
            at = closed.end()
        elif kind != "{#":
            yield _Piece(kind, inner, opened.start())


@dataclass(slots=True)
class _Reader:
    escaping: list[bool] = field(default_factory=lambda: [True])
    """Of the blocks that are open, the innermost last."""
    aliases: dict[str, set[str]] = field(default_factory=dict)
    macros: dict[str, tuple[str, ...]] = field(default_factory=dict)
    shown: dict[str, int] = field(default_factory=dict)
    """Names as written that are printed as they are, and the line of the first place where."""
    includes: dict[str, None] = field(default_factory=dict)

    def template(self, path: str) -> Template:
        """What was read."""
        unsafe: dict[str, int] = {}
        for name, line in self.shown.items():
            for root in self._roots(name):
                unsafe[root] = min(line, unsafe.get(root, line))
        return Template(path, unsafe, tuple(self.includes))

    def show(self, expression: str, line: int, hostile: bool) -> None:
        """``{{ expression }}``."""
        self._calls(expression)
        filters = _FILTER.findall(_STRING.sub("''", expression))
        is_bare = hostile or not self.escaping[-1] or "safe" in filters or "safeseq" in filters
        is_unsafe = is_bare and not any(name in _HARMLESS for name in filters)
        for name in _names(expression) if is_unsafe else ():
            if name not in self.macros:
                self.shown.setdefault(name, line)

    def tag(self, tag: str) -> None:
        """``{% tag %}``."""
        word, _, rest = tag.partition(" ")
        rest = rest.strip()
        match word:
            case "autoescape":
                self.escaping.append(rest not in ("false", "off", "False"))
            case "endautoescape" if len(self.escaping) > 1:
                self.escaping.pop()
            case "for":
                targets, _, source = rest.partition(" in ")
                self._alias(_names(targets), source)
            case "set":
                targets, _, source = rest.partition("=")
                self._alias(_names(targets), source)
            case "with":
                for name, source in _GIVEN.findall(rest):
                    self._alias([name], source)
                for source, name in _RENAMED.findall(rest):
                    self._alias([name], source)
            case "macro":
                name, _, parameters = rest.partition("(")
                given = parameters.rpartition(")")[0].split(",")
                self.macros[name.strip()] = tuple([each.partition("=")[0].strip() for each in given])
            case "include" | "extends":
                self.includes.update(dict.fromkeys(each[0][1:-1] for each in _STRING.finditer(rest)))
            case _:
                self._calls(rest)

    def _alias(self, names: list[str], source: str) -> None:
        roots = _names(source)
        for name in names:
            self.aliases.setdefault(name, set()).update(root for root in roots if root != name)

    def _calls(self, expression: str) -> None:
        """What a macro's parameters are given."""
        for name, arguments in _CALL.findall(expression):
            for parameter, argument in zip(self.macros.get(name, ()), arguments.split(","), strict=False):
                self._alias([parameter], argument.rpartition("=")[2])

    def _roots(self, name: str) -> Iterator[str]:
        """The variables given from outside that a name stands for."""
        seen, waiting = {name}, [name]
        while waiting and len(seen) < _MAX_ROOTS:
            this = waiting.pop()
            inner = self.aliases.get(this)
            if inner:
                waiting += sorted(inner - seen)
                seen |= inner
            else:
                yield this


def _names(expression: str) -> list[str]:
    """The variables whose text is in the value of an expression."""
    plain = _NOT_PRINTED.sub(" ", _STRING.sub("''", expression))
    return [name for name in dict.fromkeys(_VARIABLE.findall(plain)) if name not in _NO_VARIABLES]
