"""What stands on the left of an assignment, in a parameter, before a colon: targets, destructuring, keys."""

from tree_sitter import Node

from charter.scan import ir
from charter.scan.front.typescript_tree import NOT_CODE, Lowering, bare, parts, unescape

_OBJECTS = frozenset({"object_pattern", "object"})
_ARRAYS = frozenset({"array_pattern", "array"})
_DEFAULTS = frozenset({"assignment_pattern", "assignment_expression", "object_assignment_pattern"})


def key(low: Lowering, node: Node) -> ir.Expr:
    """The key of an entry: a name is its text; only ``[…]`` is an expression."""
    if node.type == "computed_property_name":
        inner = parts(node)
        return low.expression(inner[0]) if inner else ir.Opaque(low.span(node))
    if node.type in {"string", "number"}:
        return low.expression(node)
    return ir.Const(low.span(node), low.text(node))


def property_name(low: Lowering, node: Node) -> str:
    """The name under which a method or field is known; a computed one keeps its brackets."""
    return unescape(low.text(node)[1:-1]) if node.type == "string" else low.text(node)


def target(low: Lowering, node: Node) -> ir.Expr:
    """A place to assign to."""
    node = bare(node)
    if node.type in _OBJECTS:
        entries = [_entry(low, part) for part in parts(node)]
        return ir.Record(low.span(node), tuple(entries))
    if node.type in _ARRAYS:
        return _array(low, node)
    if node.type in _DEFAULTS:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and right is not None:
            return ir.Bind(low.span(node), _within(low, left), low.expression(right))
    if node.type in {"rest_pattern", "spread_element"} and parts(node):
        return ir.Spread(low.span(node), _within(low, parts(node)[0]))
    return low.expression(node) if node.type != "undefined" else ir.Opaque(low.span(node))


def _within(low: Lowering, node: Node) -> ir.Expr:
    """A target within a target, counted as one level deeper."""
    return low.deeper(node, target)


def _array(low: Lowering, node: Node) -> ir.Expr:
    items: list[ir.Expr] = []
    filled = False
    for child in node.children:
        if child.type == ",":
            if not filled:
                items.append(ir.Opaque(low.span(child)))
            filled = False
        elif child.is_named and child.type not in NOT_CODE:
            items.append(_within(low, child))
            filled = True
    return ir.Sequence(low.span(node), tuple(items))


def _entry(low: Lowering, node: Node) -> ir.Entry:
    if node.type in {"pair_pattern", "pair"}:
        name, value = node.child_by_field_name("key"), node.child_by_field_name("value")
        if name is not None and value is not None:
            return ir.Entry(key(low, name), _within(low, value))
    if node.type in {"rest_pattern", "spread_element"} and parts(node):
        return ir.Entry(None, _within(low, parts(node)[0]))
    if node.type == "object_assignment_pattern" and (left := node.child_by_field_name("left")) is not None:
        return ir.Entry(ir.Const(low.span(left), low.text(left)), _within(low, node))
    bound = ir.Name(low.span(node), low.text(node))
    return ir.Entry(ir.Const(bound.at, bound.id), bound)


def names_in(pattern: ir.Expr) -> list[ir.Name]:
    """The names that a target binds."""
    found: list[ir.Name] = []
    waiting: list[ir.Expr] = [pattern]
    while waiting:
        this = waiting.pop()
        if isinstance(this, ir.Name):
            found.append(this)
        elif isinstance(this, ir.Record):
            waiting.extend(entry.value for entry in reversed(this.entries))
        elif isinstance(this, ir.Sequence):
            waiting.extend(reversed(this.items))
        elif isinstance(this, ir.Bind):
            waiting.append(this.target)
        elif isinstance(this, ir.Spread):
            waiting.append(this.value)
    return found
