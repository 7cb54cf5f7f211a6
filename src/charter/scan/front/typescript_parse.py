"""
Parsing JavaScript and TypeScript, also where a file is not quite what its grammar expects.

Of a file with errors there are several readings, and the one with fewest errors is taken: another grammar (Flow's types
in a .js), syntax that the grammar does not know yet written otherwise, the open brackets of a file that was cut off
closed.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser, Tree

from charter.scan import ir
from charter.scan.front.typescript_tree import leaves

Grammar: TypeAlias = Literal["javascript", "typescript", "tsx"]

_CONFLICT = re.compile(rb"^(?:<{7}|={7}|>{7}|\|{7})(?=\s|$)[^\n]*", re.MULTILINE)
_OPENS = {"{": "}", "${": "}", "(": ")", "[": "]"}
_CLOSES = frozenset(_OPENS.values())
_QUOTES = frozenset({"`", '"', "'"})
_TYPES_PASSED_ON = re.compile(rb"\bexport\s+(type)(?=\s*\*)")
_IMPORTED_TYPE = re.compile(
    rb"""\b(?:typeof\s+import\(\s*(?:"[^"\n]*"|'[^'\n]*')\s*\)"""
    rb"""|import\(\s*(?:"[^"\n]*"|'[^'\n]*')\s*\)(?=\s*\.\s*[A-Z]))"""
)
_NOT_NEWLINE = re.compile(rb"[^\n]")
_MARKUP = re.compile(rb"[{<]")
_MOST_OPEN = 500


@dataclass(frozen=True, slots=True)
class Parsed:
    """One reading of a file."""

    source: bytes
    """As it was read: the same lines and columns, with more at the end where it was cut off."""
    grammar: Grammar
    tree: Tree
    errors: int
    """How much did not parse, in bytes."""
    cut_off: bool = False


def without_conflicts(source: bytes) -> tuple[bytes, list[ir.Span]]:
    """Both sides of a merge conflict are read; the marker lines are blanked, and recorded."""
    if b"<<<<<<<" not in source or not re.search(rb"^<{7}\s", source, re.MULTILINE):
        return source, []
    spans = []
    for match in _CONFLICT.finditer(source):
        line = source.count(b"\n", 0, match.start()) + 1
        spans.append(ir.Span(line, 1, line, match.end() - match.start() + 1))
    return _CONFLICT.sub(lambda match: b" " * len(match.group()), source), spans


@cache
def _language(grammar: Grammar) -> Language:
    """Made once, on first use: building the three takes longer than reading a small file."""
    if grammar == "javascript":
        return Language(tree_sitter_javascript.language())
    if grammar == "tsx":
        return Language(tree_sitter_typescript.language_tsx())
    return Language(tree_sitter_typescript.language_typescript())


def parse(source: bytes, grammar: Grammar) -> Parsed:
    """The best reading of a file."""
    best = _read(source, grammar)
    if best.errors and grammar == "javascript":
        best = min(best, _read(source, "tsx"), _read(source, "typescript"), key=_count)
    if best.errors and (known := _in_known_words(source)) != source:
        best = min(best, _read(known, best.grammar), key=_count)
    if best.errors and (closing := _unclosed(best.tree.root_node)):
        best = min(best, _read(best.source + b"\n" + closing, best.grammar, cut_off=True), key=_count)
    return best


def _count(parsed: Parsed) -> int:
    return parsed.errors


def _read(source: bytes, grammar: Grammar, *, cut_off: bool = False) -> Parsed:
    tree = Parser(_language(grammar)).parse(source)
    errors = sum(1 + node.end_byte - node.start_byte for node in erroneous(tree.root_node, source))
    return Parsed(source, grammar, tree, errors, cut_off)


def erroneous(root: Node, source: bytes) -> list[Node]:
    """The outermost stretches that did not parse, and what the parser put in for something missing."""
    found: list[Node] = []
    waiting = [root] if root.has_error else []
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            if not _is_harmless(node, source):
                found.append(node)
        elif node.has_error:
            waiting.extend(reversed(node.children))
    return found


def _is_harmless(node: Node, source: bytes) -> bool:
    """Two faults of the grammars: ``a & b`` in the text of JSX, and ``styled.div<Props>`…` ``."""
    if node.is_missing:
        return source[node.end_byte : node.end_byte + 1] == b"`"
    within = node.parent.type if node.parent is not None else ""
    return within in {"jsx_element", "string"} and not _MARKUP.search(source, node.start_byte, node.end_byte)


def _in_known_words(source: bytes) -> bytes:
    """The same with ``typeof import("m")`` and ``export type *`` written as the grammar knows them, at equal length."""
    source = _TYPES_PASSED_ON.sub(lambda match: match.group()[: -len("type")] + b"    ", source)
    return _IMPORTED_TYPE.sub(lambda match: b"_" + _NOT_NEWLINE.sub(b" ", match.group()[1:]), source)


def _unclosed(root: Node) -> bytes:
    """The brackets and quotes that close what a file that was cut off left open; none where that is past mending."""
    open_: list[str] = []
    for leaf in leaves(root):
        kind = leaf.type
        if leaf.is_missing:
            continue
        if kind in _OPENS:
            open_.append(_OPENS[kind])
        elif kind in _CLOSES and kind in open_:
            while open_.pop() != kind:
                pass
        elif kind in _QUOTES:
            if open_ and open_[-1] == kind:
                open_.pop()
            else:
                open_.append(kind)
        if len(open_) > _MOST_OPEN:
            return b""
    return "".join(reversed(open_)).encode()
