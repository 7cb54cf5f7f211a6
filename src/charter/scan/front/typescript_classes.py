"""Classes, and TypeScript's enumerations."""

from tree_sitter import Node

from charter.scan import ir
from charter.scan.front.lines import first_line
from charter.scan.front.typescript_functions import function, is_field, named_value
from charter.scan.front.typescript_patterns import property_name
from charter.scan.front.typescript_tree import Lowering, parts
from charter.scan.front.typescript_types import annotation, type_expression

_FIELDS = frozenset({"public_field_definition", "field_definition"})


def class_definition(low: Lowering, node: Node, decorators: tuple[ir.Expr, ...] = ()) -> ir.Class:
    """A class; ``decorators`` are those that stand before ``export``."""
    name = node.child_by_field_name("name")
    body = node.child_by_field_name("body")
    own = [low.expression(part) for child in node.children if child.type == "decorator" for part in parts(child)]
    at = low.span(node)
    return ir.Class(
        at,
        low.text(name) if name is not None else "",
        _bases(low, node),
        _members(low, body) if body is not None else (),
        name_at=low.span(name) if name is not None else first_line(at, low.lines),
        decorators=(*decorators, *own),
    )


def _bases(low: Lowering, node: Node) -> tuple[ir.Expr, ...]:
    """What it extends, then what it implements: both say what a framework will call."""
    found: list[ir.Expr] = []
    for heritage in node.children:
        if heritage.type != "class_heritage":
            continue
        for clause in parts(heritage):
            if clause.type == "extends_clause":
                value = clause.child_by_field_name("value")
                found.extend([low.expression(value)] if value is not None else [])
            elif clause.type == "implements_clause":
                found.extend(_without_arguments(type_expression(low, part)) for part in parts(clause))
            else:
                found.append(low.expression(clause))
    return tuple(found)


def _without_arguments(base: ir.Expr) -> ir.Expr:
    return base.base if isinstance(base, ir.Index) else base


def _members(low: Lowering, body: Node) -> ir.Block:
    found: list[ir.Statement] = []
    decorators: tuple[ir.Expr, ...] = ()
    for child in parts(body):
        if child.type == "decorator":
            decorators += tuple([low.expression(part) for part in parts(child)])
            continue
        decorators += tuple([low.expression(p) for c in child.children if c.type == "decorator" for p in parts(c)])
        found.extend(_member(low, child, decorators))
        decorators = ()
    return tuple(found)


def _member(low: Lowering, node: Node, decorators: tuple[ir.Expr, ...]) -> ir.Block:
    if node.type == "method_definition":
        method = function(low, node, decorators=decorators)
        fields = _parameter_fields(low, node) if method.name == "__init__" else ()
        return (*fields, ir.Define(method.at, method))
    if node.type in _FIELDS:
        return (*[ir.Evaluate(each.at, each) for each in decorators], *_field(low, node))
    if node.type == "class_static_block":
        block = node.child_by_field_name("body")
        return low.statement(block) if block is not None else ()
    return ()  # signatures: types without a body


def _field(low: Lowering, node: Node) -> ir.Block:
    name = node.child_by_field_name("name") or node.child_by_field_name("property")
    if name is None:
        return ()
    value = node.child_by_field_name("value")
    lowered = named_value(low, value, name) if value is not None else None
    typed = annotation(low, node.child_by_field_name("type"))
    return (ir.Assign(low.span(node), (ir.Name(low.span(name), property_name(low, name)),), lowered, typed),)


def _parameter_fields(low: Lowering, constructor: Node) -> ir.Block:
    """``constructor(private client: OpenAI)`` declares a field of that type."""
    listed = constructor.child_by_field_name("parameters")
    found: list[ir.Statement] = []
    for child in parts(listed) if listed is not None else ():
        name = child.child_by_field_name("pattern")
        if name is not None and name.type == "identifier" and is_field(child):
            typed = annotation(low, child.child_by_field_name("type"))
            found.append(ir.Assign(low.span(child), (ir.Name(low.span(name), low.text(name)),), None, typed))
    return tuple(found)


def enum(low: Lowering, node: Node) -> ir.Block:
    """A class of constants; a member without a value is one more than the one before it."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name is None or body is None:
        return ()
    members: list[ir.Statement] = []
    following: int | float | None = 0
    for child in parts(body):
        label = child.child_by_field_name("name") or child
        given = child.child_by_field_name("value")
        at = low.span(child)
        value = low.expression(given) if given is not None else ir.Const(at, following)
        members.append(ir.Assign(at, (ir.Name(low.span(label), property_name(low, label)),), value))
        number = value.value if isinstance(value, ir.Const) else None
        following = number + 1 if isinstance(number, int | float) else None
    at = low.span(node)
    base = ir.Name(low.span(name), "Enum")
    return (ir.DefineClass(at, ir.Class(at, low.text(name), (base,), tuple(members), name_at=low.span(name))),)
