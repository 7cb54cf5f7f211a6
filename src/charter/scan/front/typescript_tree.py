"""What the parts of the TypeScript front end share: the parsed file, its places, and the way down into a node."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from tree_sitter import Node

from charter.scan import ir
from charter.scan.front.lines import Columns

LowerExpression: TypeAlias = Callable[["Lowering", Node], ir.Expr]
LowerStatement: TypeAlias = Callable[["Lowering", Node], ir.Block]

MAX_DEPTH = 200
"""How deep expressions and statements may nest; what lies deeper is recorded as broken. Real code stays under 100."""

_WRAPPERS = frozenset(
    {"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression", "type_assertion",
     "instantiation_expression"}
)  # fmt: skip
NOT_CODE = frozenset({"comment", "html_comment", "ERROR", "hash_bang_line"})

_ESCAPE = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,8})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-7]{1,3})|(\r\n|.))", re.DOTALL
)
_PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "\n": "", "\r\n": ""}


@dataclass(slots=True)
class Lowering:
    """One file on its way to the intermediate form."""

    source: bytes
    """UTF-8, as it was parsed."""
    lines: tuple[str, ...]
    columns: Columns
    expressions: Mapping[str, LowerExpression]
    statements: Mapping[str, LowerStatement]
    broken: list[ir.Span] = field(default_factory=list)
    imports: list[ir.Import] = field(default_factory=list)
    """``require("x")`` in the midst of an expression: an import of its own, at the head of the module."""
    depth: int = 0

    def text(self, node: Node) -> str:
        """The node as it is written."""
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def span(self, node: Node) -> ir.Span:
        """Where the node stands."""
        return self.between(node, node)

    def between(self, first: Node, last: Node) -> ir.Span:
        """From the start of one node to the end of another."""
        return self.columns.span(
            first.start_point[0] + 1, first.start_point[1], last.end_point[0] + 1, last.end_point[1]
        )

    def expression(self, node: Node) -> ir.Expr:
        """An expression; parentheses and type assertions say nothing about the value, and are left out."""
        node = bare(node)
        return self.deeper(node, self.expressions.get(node.type, opaque))

    def deeper(self, node: Node, lower: LowerExpression) -> ir.Expr:
        """One level further down, as long as that is not too deep."""
        if self.depth >= MAX_DEPTH:
            self.broken.append(self.span(node))
            return ir.Opaque(self.span(node))
        self.depth += 1
        try:
            return lower(self, node)
        finally:
            self.depth -= 1

    def optional(self, node: Node | None) -> ir.Expr | None:
        """An expression, where there is one."""
        return None if node is None else self.expression(node)

    def statement(self, node: Node) -> ir.Block:
        """A statement, which may come to none or several."""
        if self.depth >= MAX_DEPTH:
            self.broken.append(self.span(node))
            return ()
        self.depth += 1
        try:
            return self.statements.get(node.type, _evaluate)(self, node)
        finally:
            self.depth -= 1


def bare(node: Node) -> Node:
    """The expression within parentheses, ``as`` and ``!``, without recursion."""
    while node.type in _WRAPPERS:
        inner = parts(node)
        if not inner:
            return node
        # <Type>value has its value last; the others have it first.
        node = inner[-1] if node.type == "type_assertion" else inner[0]
    return node


def parts(node: Node) -> list[Node]:
    """The named children that are code."""
    return [child for child in node.named_children if child.type not in NOT_CODE]


def opaque(low: Lowering, node: Node) -> ir.Expr:
    """A construct without a node of its own: what it is made of."""
    return ir.Opaque(low.span(node), tuple([low.expression(part) for part in parts(node)]))


def _evaluate(low: Lowering, node: Node) -> ir.Block:
    """What stands where a statement should: an expression in a stretch that did not parse."""
    return (ir.Evaluate(low.span(node), low.expression(node)),)


def unescape(text: str) -> str:
    """A string's value from what is written between its quotes."""
    if "\\" not in text:
        return text
    value = _ESCAPE.sub(_escaped, text)
    if any("\ud800" <= character <= "\udfff" for character in value):  # a pair written as two escapes
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _escaped(match: re.Match[str]) -> str:
    braced, four, two, octal, other = match.groups()
    if octal:
        return chr(int(octal, 8))
    if code := braced or four or two:
        number = int(code, 16)
        return chr(number) if number <= 0x10FFFF else "\ufffd"
    return _PLAIN_ESCAPES.get(other, other)


def leaves(node: Node) -> Iterator[Node]:
    """The tokens of a tree in their order, without recursion."""
    cursor = node.walk()
    while True:
        if cursor.goto_first_child():
            continue
        if (leaf := cursor.node) is not None:
            yield leaf
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
