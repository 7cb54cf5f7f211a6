"""
JavaScript and TypeScript to the intermediate form.

The parser (tree-sitter) reads every file to some end. What it could not make sense of is recorded as broken, and what
is whole within or beside that is lowered.
"""

from pathlib import PurePosixPath

from tree_sitter import Node

from charter.scan import ir
from charter.scan.front.lines import Columns, split_lines
from charter.scan.front.typescript_expressions import EXPRESSIONS
from charter.scan.front.typescript_parse import Grammar, erroneous, parse, without_conflicts
from charter.scan.front.typescript_statements import STATEMENTS
from charter.scan.front.typescript_tree import Lowering

_GRAMMARS: dict[str, Grammar] = {".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx"}


def lower_typescript(path: str, text: str) -> ir.Module:
    """One file of JavaScript or TypeScript; which, its suffix says. Never raises for what the file holds."""
    lines = split_lines(text.encode("utf-8", "replace").decode("utf-8"))
    source, conflicts = without_conflicts("\n".join(lines).encode("utf-8"))
    parsed = parse(source, _GRAMMARS.get(PurePosixPath(path).suffix.lower(), "javascript"))
    low = Lowering(parsed.source, lines, Columns(lines), EXPRESSIONS, STATEMENTS)
    body = _statements(low, parsed.tree.root_node)
    broken = [*conflicts, *_broken(low, parsed.tree.root_node), *low.broken]
    if parsed.cut_off:
        broken.append(ir.Span(len(lines), 1, len(lines), len(lines[-1]) + 1))
    return ir.Module(path, "typescript", (*low.imports, *body), _within(broken, lines), lines)


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
    waiting = erroneous(root, low.source)
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
