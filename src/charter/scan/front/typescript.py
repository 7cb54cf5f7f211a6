"""
JavaScript and TypeScript to the intermediate form.

The parser (tree-sitter) reads every file to some end. What it could not make sense of is recorded as broken, and what
is whole within or beside that is lowered. A file that was cut off is read once more with its brackets closed.
"""

import re
from functools import cache
from pathlib import PurePosixPath
from typing import Literal, TypeAlias

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser, Tree

from charter.scan import ir
from charter.scan.front.typescript_expressions import EXPRESSIONS
from charter.scan.front.typescript_statements import STATEMENTS
from charter.scan.front.typescript_tree import Lowering, leaves

Grammar: TypeAlias = Literal["javascript", "typescript", "tsx"]

_GRAMMARS: dict[str, Grammar] = {".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx"}
_CONFLICT = re.compile(rb"^(?:<{7}|={7}|>{7}|\|{7})(?=\s|$)[^\n]*", re.MULTILINE)
_OPENS = {"{": "}", "${": "}", "(": ")", "[": "]"}
_CLOSES = frozenset(_OPENS.values())
_QUOTES = frozenset({"`", '"', "'"})


def lower_typescript(path: str, text: str) -> ir.Module:
    """One file of JavaScript or TypeScript; which, its suffix says. Never raises for what the file holds."""
    source = text.encode("utf-8", "replace")
    source, conflicts = _without_conflicts(source)
    grammar = _GRAMMARS.get(PurePosixPath(path).suffix.lower(), "javascript")
    source, tree, cut_off = _best_parse(source, grammar)
    low = Lowering(source, EXPRESSIONS, STATEMENTS)
    body = _statements(low, tree.root_node)
    lines = tuple([line.removesuffix("\r") for line in text.split("\n")])
    broken = [*conflicts, *_broken(low, tree.root_node), *low.broken]
    if cut_off:
        broken.append(ir.Span(len(lines), 1, len(lines), len(lines[-1]) + 1))
    return ir.Module(path, "typescript", (*low.imports, *body), _within(broken, lines), lines)


def _without_conflicts(source: bytes) -> tuple[bytes, list[ir.Span]]:
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


def _parse(source: bytes, grammar: Grammar) -> Tree:
    return Parser(_language(grammar)).parse(source)


def _best_parse(source: bytes, grammar: Grammar) -> tuple[bytes, Tree, bool]:
    """The source as read, its tree, and whether it was cut off: of all ways to read it, the one with fewest errors."""
    tree = _parse(source, grammar)
    if not tree.root_node.has_error:
        return source, tree, False
    best = (_errors(tree.root_node), source, tree, False)
    others: tuple[Grammar, ...] = ("tsx", "typescript") if grammar == "javascript" else ()
    for other in others:  # Flow's annotations, and TypeScript in a .js
        tried = _parse(source, other)
        best = min(best, (_errors(tried.root_node), source, tried, False), key=lambda one: one[0])
    if best[0] and (closing := _unclosed(best[2].root_node)):
        language = best[2].language
        longer = source + b"\n" + closing
        tried = Parser(language).parse(longer)
        best = min(best, (_errors(tried.root_node), longer, tried, True), key=lambda one: one[0])
    return best[1:]


def _erroneous(root: Node) -> list[Node]:
    """The outermost stretches that did not parse, and what the parser put in for something missing."""
    found: list[Node] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            found.append(node)
        elif node.has_error:
            waiting.extend(reversed(node.children))
    return found


def _errors(root: Node) -> int:
    """How much of a file did not parse, in characters; what was only missing counts a little."""
    return sum(1 + node.end_byte - node.start_byte for node in _erroneous(root))


def _unclosed(root: Node) -> bytes:
    """The brackets and quotes that close what a file that was cut off left open."""
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
    return "".join(reversed(open_)).encode()


def _statements(low: Lowering, root: Node) -> ir.Block:
    """The module's statements; one whose nesting is too much for the interpreter is recorded, and the others stand."""
    try:
        return low.statement(root)
    except RecursionError:
        low.imports.clear()
        low.broken.clear()
    found: list[ir.Statement] = []
    for child in root.named_children:
        try:
            found.extend(low.statement(child))
        except RecursionError:
            low.broken.append(low.span(child))
    return tuple(found)


def _broken(low: Lowering, root: Node) -> list[ir.Span]:
    """Within a stretch that did not parse, what is no statement: the statements in it are lowered all the same."""
    found: list[ir.Span] = []
    waiting = _erroneous(root) if root.has_error else []
    while waiting:
        node = waiting.pop()
        run: list[Node] = []
        for child in [*node.children, None]:
            if child is not None and child.type not in STATEMENTS:
                run.append(child)
                continue
            if run:
                found.append(low.between(run[0], run[-1]))
                run = []
            if child is not None and child.is_error:
                waiting.append(child)
        if not node.children:
            found.append(low.span(node))
    return found


def _within(spans: list[ir.Span], lines: tuple[str, ...]) -> tuple[ir.Span, ...]:
    """In order, joined where they touch, and none beyond the file's end."""
    joined: list[ir.Span] = []
    last = len(lines)
    for span in sorted(spans):
        inside = ir.Span(min(span.line, last), span.column, min(span.end_line, last), span.end_column)
        if joined and inside.line <= joined[-1].end_line + 1:
            end = max(joined[-1][2:], inside[2:])
            joined[-1] = ir.Span(*joined[-1][:2], *end)
        else:
            joined.append(inside)
    return tuple(joined)
