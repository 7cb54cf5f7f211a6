"""Functions, arrow functions and methods, and their parameters."""

from typing import Literal

from tree_sitter import Node

from charter.scan import ir
from charter.scan.front.lines import first_line
from charter.scan.front.typescript_patterns import property_name, target
from charter.scan.front.typescript_tree import Lowering, bare, parts
from charter.scan.front.typescript_types import annotation

_VALUES = frozenset({"arrow_function", "function_expression", "generator_function"})
_PATTERNS = frozenset({"object_pattern", "array_pattern"})


def named_value(low: Lowering, node: Node, name: Node) -> ir.Expr:
    """A value that is given a name: as in JavaScript, a function without one of its own takes it."""
    value = bare(node)
    own = value.child_by_field_name("name")
    if value.type not in _VALUES or own is not None or name.type in _PATTERNS:
        return low.expression(node)
    return low.deeper(value, lambda low, value: ir.Lambda(low.span(value), function(low, value, name)))


def function(low: Lowering, node: Node, name: Node | None = None, decorators: tuple[ir.Expr, ...] = ()) -> ir.Function:
    """A function of any kind; ``name`` for one that has none of its own."""
    name = node.child_by_field_name("name") or name
    if name is not None and name.type in {"member_expression", "subscript_expression"}:
        name = name.child_by_field_name("property")
    params, fields = _parameters(low, node)
    tokens = {child.type for child in node.children if not child.is_named}
    return ir.Function(
        low.span(node),
        _name(low, node, name),
        params,
        fields + _body(low, node),
        name_at=low.span(name) if name is not None else first_line(low.span(node), low.lines),
        decorators=decorators,
        returns=annotation(low, node.child_by_field_name("return_type")),
        is_generator="*" in tokens or node.type.startswith("generator_function"),
        kind=_kind(tokens),
    )


def _name(low: Lowering, node: Node, name: Node | None) -> str:
    if name is None:
        return ""
    written = property_name(low, name)
    return "__init__" if node.type == "method_definition" and written == "constructor" else written


def _kind(tokens: set[str]) -> Literal["plain", "static", "get", "set"]:
    if "get" in tokens:
        return "get"
    if "set" in tokens:
        return "set"
    return "static" if "static" in tokens else "plain"


def _body(low: Lowering, node: Node) -> ir.Block:
    body = node.child_by_field_name("body")
    if body is None:
        return ()
    if body.type == "statement_block":
        return low.statement(body)
    value = low.expression(body)
    return (ir.Return(value.at, value),)


def _parameters(low: Lowering, node: Node) -> tuple[tuple[ir.Param, ...], ir.Block]:
    """The parameters, and for a constructor's ``private x`` the assignment to the field."""
    single = node.child_by_field_name("parameter")
    if single is not None:
        return (ir.Param(low.span(single), low.text(single)),), ()
    listed = node.child_by_field_name("parameters")
    found: list[ir.Param] = []
    fields: list[ir.Statement] = []
    for child in parts(listed) if listed is not None else ():
        lowered = parameter(low, child)
        if lowered is None:
            continue
        found.append(lowered)
        if is_field(child) and lowered.name:
            at = lowered.at
            field = ir.Attr(at, ir.Name(at, "this"), lowered.name, at)
            fields.append(ir.Assign(at, (field,), ir.Name(at, lowered.name)))
    return tuple(found), tuple(fields)


def is_field(node: Node) -> bool:
    """A parameter of a constructor that declares a field: ``private x``, ``readonly x``."""
    return any(child.type in {"accessibility_modifier", "readonly", "override_modifier"} for child in node.children)


def parameter(low: Lowering, node: Node) -> ir.Param | None:
    """
    One parameter; None for TypeScript's ``this``. A decorator (``@Body() body``) says where the value comes from, and
    stands as its default.
    """
    pattern, default, typed = node, None, None
    if node.type in {"required_parameter", "optional_parameter"}:
        inner = node.child_by_field_name("pattern") or node.child_by_field_name("name")
        if inner is None or inner.type == "this":
            return None
        pattern, default, typed = inner, node.child_by_field_name("value"), node.child_by_field_name("type")
    elif node.type == "assignment_pattern":
        left = node.child_by_field_name("left")
        pattern, default = left if left is not None else node, node.child_by_field_name("right")
    elif node.type == "this":
        return None
    kind = "*" if pattern.type == "rest_pattern" else "plain"
    if kind == "*" and parts(pattern):
        pattern = parts(pattern)[0]
    value = low.optional(default) or _decorator(low, node)
    named = pattern.type in {"identifier", "undefined"}
    return ir.Param(
        low.span(node),
        low.text(pattern) if named else "",
        "*" if kind == "*" else "plain",
        annotation(low, typed),
        value,
        None if named else target(low, pattern),
    )


def _decorator(low: Lowering, node: Node) -> ir.Expr | None:
    for child in node.children:
        if child.type == "decorator" and parts(child):
            return low.expression(parts(child)[0])
    return None
