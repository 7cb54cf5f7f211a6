"""YAML as plain data (text, numbers, true and false, null, lists, mappings), with the line on which each value stands.

Stricter than YAML itself, so that a file means what its reader sees: a key stands once in a mapping, tags that make
objects are refused, ``no`` and ``12:30`` are text (YAML 1.2's core schema, not 1.1's), numbers are finite, and no file,
however hostile, takes much time or memory.
"""

import math
import re
from typing import Any

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode, YAMLError
from yaml.composer import Composer
from yaml.error import Mark, MarkedYAMLError
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

Loc = tuple[str | int, ...]
"""The way to a value: keys of mappings and positions in lists, from the top."""

MAX_DEPTH = 40
"""Levels of nesting, aliases followed."""
MAX_SIZE = 1 << 22
"""Characters of all values together, aliases followed: an alias repeats what its anchor holds."""
MAX_VALUES = 100_000
"""Values in a file, aliases followed."""
_MAX_DIGITS = 300

_TAG = "tag:yaml.org,2002:"
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RARE_BREAKS = re.compile("[\x85\u2028\u2029]")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")

_MENDS = (
    (r"'\t'", "indent with spaces, not with tabs"),
    ("mapping values are not allowed", "put a text that holds ': ' between quotes, and check the indentation"),
    ("another document", "keep one document in a file: remove the second '---'"),
    ("end of stream", "close the quote or the bracket"),
    ("could not find expected ':'", "end each key with ': ', and indent the lines of a text below its key"),
    ("undefined alias", "put a text that begins with '*' between quotes"),
    ("duplicate anchor", "give each anchor (&name) a name of its own"),
    ("cannot start any token", "put a text that begins with this character between quotes"),
    ("escape", "write a backslash twice, or use single quotes"),
)
_ANY_MEND = "check the quotes and the indentation there"


class YamlTextError(ValueError):
    """The text cannot be read; the message says what is wrong and the mend."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line
        self.loc: Loc = ()
        """The way to the value that is wrong, where it is a single one."""


class _CoreResolver(BaseResolver):
    """Which kind of value an unquoted scalar is, by YAML 1.2's core schema less its octal and hexadecimal numbers."""


class _Dumper(yaml.SafeDumper):
    """Quotes what this module or any other reader of YAML would take for something else than text."""

    def represent_str(self, data: str) -> ScalarNode:
        # Of these line breaks PyYAML makes plain ones where it does not have to escape them.
        style = '"' if _RARE_BREAKS.search(data) else None
        return self.represent_scalar(f"{_TAG}str", data, style=style)


_Dumper.add_representer(str, _Dumper.represent_str)


def _resolve(kind: str, pattern: str, first: str) -> None:
    for resolver in (_CoreResolver, _Dumper):
        resolver.add_implicit_resolver(_TAG + kind, re.compile(rf"(?:{pattern})\Z"), list(first))


_resolve("bool", "true|True|TRUE|false|False|FALSE", "tTfF")
_resolve("null", "~|null|Null|NULL", "~nN")
_CoreResolver.add_implicit_resolver(_TAG + "null", re.compile(r"\Z"), [""])
_resolve("int", "[-+]?[0-9]+", "-+0123456789")
_resolve("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+0123456789.")
_resolve("float", r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", "-+.")


class _Nodes(Reader, Scanner, Parser, Composer, _CoreResolver):
    """PyYAML's own way from text to nodes, stopped where the nesting is too deep for recursion."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        _CoreResolver.__init__(self)
        self._depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _too_deep(self.line + 1)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def parse_yaml_text(text: str) -> tuple[Any, dict[Loc, int]]:
    """The one document in ``text``, and the line (from 1) of every key and list item in it.

    Raises:
        YamlTextError: no YAML, no document or several, or one of the things this module refuses.
    """
    _check_characters(text)
    try:
        node = _Nodes(text).get_single_node()
    except YamlTextError:
        raise
    except MarkedYAMLError as error:
        raise YamlTextError(_line(error.problem_mark), _explain(error)) from error
    except (YAMLError, ValueError, OverflowError) as error:
        # PyYAML hands a number in an escape or a directive straight to chr() or int(), however large it is.
        problem = "an escape such as \\U0001F600, or a directive, holds too large a number"
        raise YamlTextError(1, f"not valid YAML: {problem}; write special characters as they are") from error
    if node is None:
        raise YamlTextError(1, "the file is empty; write 'key: value' lines")
    builder = _Builder()
    return builder.build(node, ()), builder.lines


def dump_yaml_text(data: Any) -> str:
    """Plain data as YAML that ``parse_yaml_text`` reads back to the same; keys stay in their order."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _Builder:
    """Makes plain data of nodes."""

    def __init__(self) -> None:
        self.lines: dict[Loc, int] = {}
        self._size = 0
        self._values = 0
        self._open: set[int] = set()
        """Nodes that are being built: meeting one again means that it holds itself."""

    def build(self, node: Node, loc: Loc) -> Any:
        """The value of ``node``; notes the line of it and of all it holds."""
        line = self.lines.setdefault(loc, _line(node.start_mark))
        if isinstance(node, ScalarNode):
            self._count(len(node.value) + 1, line)
            return self._placed(node, line, loc)
        self._count(1, line)
        if id(node) in self._open:
            raise YamlTextError(line, "an alias (*name) stands inside its own anchor (&name); write the value out")
        if len(loc) >= MAX_DEPTH:
            raise _too_deep(line)
        self._open.add(id(node))
        value = self._mapping(node, loc) if isinstance(node, MappingNode) else self._list(node, loc)
        self._open.remove(id(node))
        return value

    def _placed(self, node: ScalarNode, line: int, loc: Loc) -> Any:
        try:
            return _scalar(node, line)
        except YamlTextError as error:
            error.loc = loc
            raise

    def _list(self, node: Node, loc: Loc) -> list[Any]:
        if not isinstance(node, SequenceNode) or node.tag != f"{_TAG}seq":
            raise _unknown_tag(node)
        return [self.build(item, (*loc, number)) for number, item in enumerate(node.value)]

    def _mapping(self, node: MappingNode, loc: Loc) -> dict[str, Any]:
        if node.tag != f"{_TAG}map":
            raise _unknown_tag(node)
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, line = self._key(key_node), _line(key_node.start_mark)
            if key in found:
                twice = f"stands twice in one mapping, on lines {self.lines[*loc, key]} and {line}"
                raise YamlTextError(line, f"key {_shown(key)} {twice}; keep one of the two")
            self.lines[*loc, key] = line
            found[key] = self.build(value_node, (*loc, key))
        return found

    def _key(self, node: Node) -> str:
        line = _line(node.start_mark)
        key = _scalar(node, line) if isinstance(node, ScalarNode) else None
        if not isinstance(key, str):
            written = _shown(node.value) if isinstance(node, ScalarNode) else "a list or mapping"
            raise YamlTextError(line, f"{written} cannot be a key; put a text with brackets or digits between quotes")
        if key == "<<":
            raise YamlTextError(line, "merge keys ('<<') are not read; write the keys out")
        self._count(len(key) + 1, line)
        return key

    def _count(self, characters: int, line: int) -> None:
        self._size += characters
        self._values += 1
        if self._size > MAX_SIZE or self._values > MAX_VALUES:
            limits = f"{MAX_VALUES} values or {MAX_SIZE} characters"
            raise YamlTextError(line, f"the file holds over {limits} once its aliases (*name) are followed; write less")


def _scalar(node: ScalarNode, line: int) -> Any:
    text = str(node.value)
    try:
        match node.tag.removeprefix(_TAG):
            case "str":
                return _text(text, line)
            case "null":
                return None
            case "bool":
                return {"true": True, "false": False}[text.lower()]
            case "int":
                return _integer(text, line)
            case "float":
                return _number(text, line)
    except (KeyError, ValueError) as error:
        if isinstance(error, YamlTextError):
            raise
        kind = node.tag.removeprefix(_TAG)
        raise YamlTextError(line, f"{_shown(text)} is no {kind}; remove the tag '!!{kind}'") from error
    raise _unknown_tag(node)


def _text(text: str, line: int) -> str:
    if bad := _NO_TEXT.search(text):
        raise YamlTextError(line, f"a text holds {_name(bad[0])}, which is no character; write the character itself")
    return text


def _integer(text: str, line: int) -> int:
    if len(text) > _MAX_DIGITS:
        raise YamlTextError(line, f"a number of {len(text)} digits; put a text between quotes")
    return int(text)


def _number(text: str, line: int) -> float:
    number = float(re.sub(r"(?i)\.(inf|nan)\Z", r"\1", text))
    if not math.isfinite(number):
        raise YamlTextError(
            line, f"{_shown(text)} is not a finite number; write a number, or put a text between quotes"
        )
    return number


def _check_characters(text: str) -> None:
    if bad := _UNPRINTABLE.search(text):
        raise YamlTextError(
            text.count("\n", 0, bad.start()) + 1,
            f"the control character {_name(bad[0])} stands in the file; it is binary or damaged, remove the character",
        )


def _explain(error: MarkedYAMLError) -> str:
    problem = (error.problem or "the text ends too early").removeprefix("but ")
    mend = next((mend for words, mend in _MENDS if words in problem), _ANY_MEND)
    opened = ""
    if error.context_mark is not None and (error.context or "").startswith("while"):
        opened = f" ({error.context} that begins on line {_line(error.context_mark)})"
    return f"not valid YAML: {_short(problem)}{opened}; {mend}"


def _unknown_tag(node: Node) -> YamlTextError:
    tag = node.tag.replace(_TAG, "!!", 1) if node.tag.startswith(_TAG) else node.tag
    return YamlTextError(_line(node.start_mark), f"the tag {_shown(tag)} is not read; write plain text, lists and keys")


def _too_deep(line: int) -> YamlTextError:
    return YamlTextError(line, f"the file is nested over {MAX_DEPTH} levels deep; write it flatter")


def _line(mark: Mark | None) -> int:
    return mark.line + 1 if mark is not None else 1


def _name(character: str) -> str:
    return f"U+{ord(character):04X}"


def _shown(text: str) -> str:
    return repr(_short(text))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:79]}…"
