"""Type annotations: what an analysis can use of them, the names and shapes."""

from tree_sitter import Node

from charter.scan import ir
from charter.scan.front.typescript_patterns import key
from charter.scan.front.typescript_tree import LowerExpression, Lowering, parts

_TRANSPARENT = frozenset(
    {"type_annotation", "parenthesized_type", "readonly_type", "optional_type", "rest_type", "literal_type",
     "asserts_annotation", "type_predicate_annotation"}
)  # fmt: skip


def annotation(low: Lowering, node: Node | None) -> ir.Expr | None:
    """An annotation, where there is one."""
    return None if node is None else type_expression(low, node)


def type_expression(low: Lowering, node: Node) -> ir.Expr:
    """A type as an expression: names, ``Index`` for ``A<B>`` and ``A["b"]``, ``|``, records, literals."""
    while node.type in _TRANSPARENT and parts(node):
        node = parts(node)[0]
    return low.deeper(node, _type)


def _type(low: Lowering, node: Node) -> ir.Expr:
    return _TYPES.get(node.type, _unknown)(low, node)


def _unknown(low: Lowering, node: Node) -> ir.Expr:
    return ir.Opaque(low.span(node))


def _name(low: Lowering, node: Node) -> ir.Expr:
    return ir.Name(low.span(node), low.text(node))


def _value(low: Lowering, node: Node) -> ir.Expr:
    return low.expression(node)


def _member(low: Lowering, node: Node) -> ir.Expr:
    inner = parts(node)
    if len(inner) != 2:
        return _unknown(low, node)
    return ir.Attr(low.span(node), type_expression(low, inner[0]), low.text(inner[1]), low.span(inner[1]))


def _generic(low: Lowering, node: Node) -> ir.Expr:
    inner = parts(node)
    if len(inner) != 2:
        return _unknown(low, node)
    given = _arguments(low, inner[1]) if node.type == "generic_type" else type_expression(low, inner[1])
    return ir.Index(low.span(node), type_expression(low, inner[0]), given)


def _array(low: Lowering, node: Node) -> ir.Expr:
    at, inner = low.span(node), parts(node)
    return ir.Index(at, ir.Name(at, "Array"), type_expression(low, inner[0])) if inner else ir.Opaque(at)


def _query(low: Lowering, node: Node) -> ir.Expr:
    inner = parts(node)
    return ir.Unary(low.span(node), "typeof", low.expression(inner[0])) if inner else _unknown(low, node)


def _tuple(low: Lowering, node: Node) -> ir.Expr:
    return ir.Sequence(low.span(node), tuple([type_expression(low, part) for part in parts(node)]), "tuple")


def _arguments(low: Lowering, node: Node) -> ir.Expr:
    inner = parts(node)
    if len(inner) == 1:
        return type_expression(low, inner[0])
    return _tuple(low, node)


def _union(low: Lowering, node: Node) -> ir.Expr:
    """``A | B | C`` is a chain down the left side; a union of hundreds of literals is not rare."""
    links: list[Node] = []
    kind, at, op = node.type, low.span(node), "|" if node.type == "union_type" else "&"
    while node.type == kind:
        inner = parts(node)
        if not inner:
            break
        links.extend(reversed(inner[1:]))
        node = inner[0]
    level = [type_expression(low, link) for link in [node, *reversed(links)]]
    while len(level) > 1:
        paired: list[ir.Expr] = [
            ir.Binary(at, op, left, right) for left, right in zip(level[::2], level[1::2], strict=False)
        ]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def _record(low: Lowering, node: Node) -> ir.Expr:
    """The members of an object type or interface; methods are there by name."""
    entries: list[ir.Entry] = []
    for child in parts(node):
        name = child.child_by_field_name("name")
        if name is None or child.type == "index_signature":
            continue
        typed = child.child_by_field_name("type")
        entries.append(ir.Entry(key(low, name), annotation(low, typed) or ir.Opaque(low.span(child))))
    return ir.Record(low.span(node), tuple(entries))


def named_type(low: Lowering, node: Node) -> ir.Block:
    """``type A = …`` and ``interface A extends B {…}``; what an interface extends is spread into it."""
    name = node.child_by_field_name("name")
    value = node.child_by_field_name("value") or node.child_by_field_name("body")
    if name is None or value is None:
        return ()
    lowered = type_expression(low, value)
    if isinstance(lowered, ir.Record):
        bases = [part for child in node.children if child.type == "extends_type_clause" for part in parts(child)]
        spread = tuple([ir.Entry(None, type_expression(low, base)) for base in bases])
        lowered = ir.Record(lowered.at, spread + lowered.entries)
    return (ir.NamedType(low.span(node), low.text(name), lowered),)


_TYPES: dict[str, LowerExpression] = {
    "type_identifier": _name,
    "predefined_type": _name,
    "identifier": _name,
    "this_type": _name,
    "string": _value,
    "number": _value,
    "true": _value,
    "false": _value,
    "null": _value,
    "undefined": _value,
    "unary_expression": _value,
    "nested_type_identifier": _member,
    "nested_identifier": _member,
    "member_expression": _member,
    "generic_type": _generic,
    "lookup_type": _generic,
    "array_type": _array,
    "union_type": _union,
    "intersection_type": _union,
    "type_query": _query,
    "tuple_type": _tuple,
    "object_type": _record,
    "interface_body": _record,
}
