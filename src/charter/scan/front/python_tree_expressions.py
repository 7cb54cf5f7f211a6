"""Expressions of tree-sitter's Python tree, lowered: the counterpart of ``python_expressions`` for what ast refuses."""

import re
from collections.abc import Callable
from typing import Any, TypeAlias

from tree_sitter import Node

from charter.scan import ir
from charter.scan.front.chains import balanced
from charter.scan.front.lines import Columns, across, first_line
from charter.scan.front.python_literals import content, merged, number_of

MAX_DEPTH = 120
"""Levels of nesting that are lowered; what lies deeper is listed as broken."""
_PREFIX = re.compile(r"[A-Za-z]*")
_QUIET = frozenset({"comment", "line_continuation"})


class TreeExpressions:
    """The lowering of one file."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        self.lines = lines
        self.columns = Columns(lines)
        self.broken: list[ir.Span] = []
        self.depth = 0
        self.is_generator = False
        """A ``yield`` stands in the function being lowered."""

    def at(self, node: Node) -> ir.Span:
        """Where a node stands."""
        start, end = node.start_point, node.end_point
        return self.columns.span(start.row + 1, start.column, end.row + 1, end.column)

    def expression(self, node: Node | None) -> ir.Expr:
        """Any expression; of one that is missing or too deep, nothing."""
        if node is None:
            return ir.Opaque(ir.Span(1, 1, 1, 1))
        if self.depth >= MAX_DEPTH:
            self.broken.append(self.at(node))
            return ir.Opaque(self.at(node))
        self.depth += 1
        lower = _LOWER.get(node.type)
        made = lower(self, node) if lower is not None else self.opaque(node)
        self.depth -= 1
        return made

    def optional(self, node: Node | None) -> ir.Expr | None:
        """An expression that need not be there."""
        return None if node is None else self.expression(node)

    def opaque(self, node: Node) -> ir.Expr:
        """A node without a counterpart: its parts."""
        return ir.Opaque(self.at(node), self.all(named(node)))

    def all(self, nodes: list[Node]) -> tuple[ir.Expr, ...]:
        """Several, in their order."""
        return tuple([self.expression(node) for node in nodes])

    def only(self, node: Node) -> ir.Expr:
        """What parentheses, or another wrapper, hold."""
        parts = named(node)
        return self.expression(parts[0]) if len(parts) == 1 else self.opaque(node)

    def name(self, node: Node) -> ir.Expr:
        return ir.Name(self.at(node), text_of(node))

    def constant(self, node: Node) -> ir.Expr:
        return ir.Const(self.at(node), {"true": True, "false": False}.get(node.type))

    def number(self, node: Node) -> ir.Expr:
        value = number_of(text_of(node))
        return ir.Opaque(self.at(node)) if value is None else ir.Const(self.at(node), value)

    def string(self, node: Node) -> ir.Expr:
        at, text = self.at(node), text_of(node)
        parts: list[ir.Expr] = []
        prefix = _PREFIX.match(text)
        flags = prefix[0].lower() if prefix else ""
        if text.startswith("`"):  # Python 2's repr
            return ir.Opaque(at)
        for child in node.children:
            if child.type == "string_content":
                parts.append(ir.Const(self.at(child), content(text_of(child), flags)))
            elif child.type == "interpolation":
                parts.extend(self.interpolation(child))
        if "f" in flags or "t" in flags:
            return ir.Text(at, merged(parts))
        plain = "".join([part.value for part in parts if isinstance(part, ir.Const) and isinstance(part.value, str)])
        return ir.Const(at, plain.encode("latin-1", "replace") if "b" in flags else plain)

    def interpolation(self, node: Node) -> list[ir.Expr]:
        """``{value!r:spec}`` is ``format(repr(value), spec)``; ``{value=}`` is preceded by its own text."""
        value = node.child_by_field_name("expression")
        made = self.expression(value)
        at = made.at
        conversion, spec = node.child_by_field_name("type_conversion"), node.child_by_field_name("format_specifier")
        itself = [
            ir.Const(at, f"{text_of(value)}=") for sign in node.children if sign.type == "=" and value is not None
        ]
        if (conversion is not None and text_of(conversion) == "!r") or (itself and conversion is None and spec is None):
            made = ir.Call(at, ir.Name(at, "repr"), (ir.Arg(made),))
        if spec is not None:
            made = ir.Call(at, ir.Name(at, "format"), (ir.Arg(made), ir.Arg(self.format_spec(spec))))
        return [*itself, made]

    def format_spec(self, node: Node) -> ir.Expr:
        at, text = self.at(node), node.text or b""
        parts: list[ir.Expr] = []
        done = 1  # the colon
        for each in named(node):
            start, end = each.start_byte - node.start_byte, each.end_byte - node.start_byte
            parts += [ir.Const(at, text[done:start].decode("utf-8", "replace")), self.only(each)]
            done = end
        rest = ir.Const(at, text[done:].decode("utf-8", "replace"))
        return ir.Text(at, merged([*parts, rest])) if parts else rest

    def joined(self, node: Node) -> ir.Expr:
        """Adjacent literals are one."""
        made = self.all(named(node))
        parts = merged([inner for part in made for inner in (part.parts if isinstance(part, ir.Text) else (part,))])
        if len(parts) == 1 and isinstance(parts[0], ir.Const) and not any(isinstance(part, ir.Text) for part in made):
            return ir.Const(self.at(node), parts[0].value)
        return ir.Text(self.at(node), parts)

    def attribute(self, node: Node) -> ir.Expr:
        name = node.child_by_field_name("attribute")
        base = self.expression(node.child_by_field_name("object"))
        if name is None:
            return base
        return ir.Attr(self.at(node), base, text_of(name), self.at(name))

    def subscript(self, node: Node) -> ir.Expr:
        base, at = self.expression(node.child_by_field_name("value")), self.at(node)
        keys = [each for each in node.children_by_field_name("subscript") if each.type not in _QUIET]
        if len(keys) == 1 and keys[0].type == "slice":
            return ir.Index(at, base, None, self.all(named(keys[0])))
        made = self.all(keys)
        return ir.Index(at, base, made[0] if len(made) == 1 else ir.Sequence(at, made, "tuple"))

    def generic(self, node: Node) -> ir.Expr:
        """``list[T]`` in an annotation."""
        parts = named(node)
        keys = self.all([key for part in parts[1:] for key in named(part)])
        if not parts or not keys:
            return self.opaque(node)
        key = keys[0] if len(keys) == 1 else ir.Sequence(self.at(parts[1]), keys, "tuple")
        return ir.Index(self.at(node), self.expression(parts[0]), key)

    def union(self, node: Node) -> ir.Expr:
        """``A | B`` in an annotation."""
        parts = self.all(named(node))
        return balanced("|", parts) if parts else self.opaque(node)

    def call(self, node: Node) -> ir.Expr:
        func, arguments = self.expression(node.child_by_field_name("function")), node.child_by_field_name("arguments")
        if arguments is None:
            return ir.Call(self.at(node), func, ())
        if arguments.type != "argument_list":
            return ir.Call(self.at(node), func, (ir.Arg(self.expression(arguments)),))
        return ir.Call(self.at(node), func, self.arguments(arguments))

    def arguments(self, node: Node) -> tuple[ir.Arg, ...]:
        return tuple([self.argument(each) for each in named(node)])

    def argument(self, node: Node) -> ir.Arg:
        match node.type:
            case "keyword_argument":
                name = node.child_by_field_name("name")
                return ir.Arg(self.expression(node.child_by_field_name("value")), text_of(name) if name else None)
            case "list_splat":
                return ir.Arg(self.only(node), None, "*")
            case "dictionary_splat":
                return ir.Arg(self.only(node), None, "**")
        return ir.Arg(self.expression(node))

    def dictionary(self, node: Node) -> ir.Expr:
        entries = []
        for each in named(node):
            if each.type == "pair":
                key, value = each.child_by_field_name("key"), each.child_by_field_name("value")
                entries.append(ir.Entry(self.expression(key), self.expression(value)))
            else:
                entries.append(ir.Entry(None, self.only(each)))
        return ir.Record(self.at(node), tuple(entries))

    def list_literal(self, node: Node) -> ir.Expr:
        return ir.Sequence(self.at(node), self.all(named(node)))

    def tuple_literal(self, node: Node) -> ir.Expr:
        return ir.Sequence(self.at(node), self.all(named(node)), "tuple")

    def set_literal(self, node: Node) -> ir.Expr:
        return ir.Sequence(self.at(node), self.all(named(node)), "set")

    def spread(self, node: Node) -> ir.Expr:
        return ir.Spread(self.at(node), self.only(node))

    def binary(self, node: Node) -> ir.Expr:
        op, operands, this = _operator(node), [], node
        while this.type == node.type and _operator(this) == op:
            left = this.child_by_field_name("left")
            if left is None:
                break
            operands.append(self.expression(this.child_by_field_name("right")))
            this = left
            if op not in _GROUPS:
                break
        operands.append(self.expression(this))
        operands.reverse()
        return balanced(op, operands)

    def compare(self, node: Node) -> ir.Expr:
        parts = self.all(named(node))
        ops = [" ".join(text_of(each).split()) for each in node.children_by_field_name("operators")]
        links: list[ir.Expr] = [
            ir.Binary(across(left.at, right.at), "!=" if op == "<>" else op, left, right)
            for op, left, right in zip(ops, parts, parts[1:], strict=False)
        ]
        return balanced("and", links) if links else self.opaque(node)

    def unary(self, node: Node) -> ir.Expr:
        value = self.expression(node.child_by_field_name("argument"))
        op = node.child_by_field_name("operator")
        if op is None:
            return ir.Unary(self.at(node), "not", value)
        match text_of(op), value:
            case "-", ir.Const(value=int() | float() as number):
                return ir.Const(self.at(node), -number)
        return ir.Unary(self.at(node), text_of(op), value)

    def conditional(self, node: Node) -> ir.Expr:
        parts = self.all(named(node))
        if len(parts) != 3:
            return ir.Opaque(self.at(node), parts)
        return ir.Conditional(self.at(node), parts[1], parts[0], parts[2])

    def awaited(self, node: Node) -> ir.Expr:
        return ir.Await(self.at(node), self.only(node))

    def yields(self, node: Node) -> ir.Expr:
        self.is_generator = True
        many = any(child.type == "from" for child in node.children)
        return ir.Yield(self.at(node), self.only(node) if named(node) else None, many)

    def walrus(self, node: Node) -> ir.Expr:
        target, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        return ir.Bind(self.at(node), self.expression(target), self.expression(value))

    def function_value(self, node: Node) -> ir.Expr:
        at, body = self.at(node), node.child_by_field_name("body")
        params = self.parameters(node.child_by_field_name("parameters"))
        outer, self.is_generator = self.is_generator, False
        result = self.expression(body)
        is_generator, self.is_generator = self.is_generator, outer
        name_at = first_line(at, self.lines)
        made = ir.Function(at, "", params, (ir.Return(result.at, result),), name_at, is_generator=is_generator)
        return ir.Lambda(at, made)

    def comprehension(self, node: Node) -> ir.Expr:
        clauses: list[ir.Clause] = []
        for each in named(node):
            if each.type == "for_in_clause":
                target = self.expression(each.child_by_field_name("left"))
                sources = [source for source in each.children_by_field_name("right") if source.is_named]
                clauses.append(ir.Clause(target, self.expression(sources[0] if sources else None)))
            elif each.type == "if_clause" and clauses:
                last = clauses[-1]
                clauses[-1] = ir.Clause(last.target, last.iterable, (*last.tests, self.only(each)))
        body, kind = node.child_by_field_name("body"), _KINDS[node.type]
        if body is not None and body.type == "pair":
            key = self.expression(body.child_by_field_name("key"))
            element = self.expression(body.child_by_field_name("value"))
            return ir.Comprehension(self.at(node), kind, key, element, tuple(clauses))
        return ir.Comprehension(self.at(node), kind, None, self.expression(body), tuple(clauses))

    def parameters(self, node: Node | None) -> tuple[ir.Param, ...]:
        """The parameters of a function, in their order."""
        params: list[ir.Param] = []
        by_name = False
        for each in named(node) if node is not None else []:
            if each.type == "keyword_separator":
                by_name = True
            elif each.type != "positional_separator":
                params.append(self.parameter(each, by_name))
                by_name = by_name or params[-1].kind == "*"
        return tuple(params)

    def parameter(self, node: Node, by_name: bool) -> ir.Param:
        inner, kind = node, "keyword" if by_name else "plain"
        if node.type in ("default_parameter", "typed_default_parameter"):
            inner = node.child_by_field_name("name") or node
        elif node.type == "typed_parameter" and named(node):
            inner = named(node)[0]
        if inner.type in _COLLECT:
            kind, inner = _COLLECT[inner.type], (named(inner) or [inner])[0]
        annotation = self.optional(node.child_by_field_name("type"))
        default = self.optional(node.child_by_field_name("value"))
        if inner.type != "identifier":  # Python 2 took parameters apart in place
            return ir.Param(self.at(node), "", "plain", annotation, default, self.expression(inner))
        made: Any = kind
        return ir.Param(self.at(node), text_of(inner), made, annotation, default)


def named(node: Node) -> list[Node]:
    """The parts of a node that mean something."""
    return [child for child in node.named_children if child.type not in _QUIET]


def text_of(node: Node) -> str:
    """The text of a node."""
    return (node.text or b"").decode("utf-8", "replace")


def _operator(node: Node) -> str:
    op = node.child_by_field_name("operator")
    return "" if op is None else text_of(op)


_Lower: TypeAlias = Callable[[TreeExpressions, Node], ir.Expr]
_KINDS: dict[str, Any] = {
    "list_comprehension": "list",
    "set_comprehension": "set",
    "dictionary_comprehension": "dict",
    "generator_expression": "generator",
}
_GROUPS = frozenset({"+", "|", "&", "and", "or"})
_COLLECT = {"list_splat_pattern": "*", "dictionary_splat_pattern": "**"}
_LOWER: dict[str, _Lower] = {
    "identifier": TreeExpressions.name,
    "keyword_identifier": TreeExpressions.name,
    "dotted_name": TreeExpressions.only,
    "true": TreeExpressions.constant,
    "false": TreeExpressions.constant,
    "none": TreeExpressions.constant,
    "integer": TreeExpressions.number,
    "float": TreeExpressions.number,
    "string": TreeExpressions.string,
    "concatenated_string": TreeExpressions.joined,
    "attribute": TreeExpressions.attribute,
    "subscript": TreeExpressions.subscript,
    "generic_type": TreeExpressions.generic,
    "union_type": TreeExpressions.union,
    "type": TreeExpressions.only,
    "call": TreeExpressions.call,
    "dictionary": TreeExpressions.dictionary,
    "list": TreeExpressions.list_literal,
    "list_pattern": TreeExpressions.list_literal,
    "tuple": TreeExpressions.tuple_literal,
    "tuple_pattern": TreeExpressions.tuple_literal,
    "pattern_list": TreeExpressions.tuple_literal,
    "expression_list": TreeExpressions.tuple_literal,
    "set": TreeExpressions.set_literal,
    "list_splat": TreeExpressions.spread,
    "list_splat_pattern": TreeExpressions.spread,
    "binary_operator": TreeExpressions.binary,
    "boolean_operator": TreeExpressions.binary,
    "comparison_operator": TreeExpressions.compare,
    "unary_operator": TreeExpressions.unary,
    "not_operator": TreeExpressions.unary,
    "conditional_expression": TreeExpressions.conditional,
    "await": TreeExpressions.awaited,
    "yield": TreeExpressions.yields,
    "named_expression": TreeExpressions.walrus,
    "lambda": TreeExpressions.function_value,
    "parenthesized_expression": TreeExpressions.only,
    "as_pattern_target": TreeExpressions.only,
    **dict.fromkeys(_KINDS, TreeExpressions.comprehension),
}
