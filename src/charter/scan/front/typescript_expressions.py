"""Expressions of JavaScript and TypeScript."""

from tree_sitter import Node

from charter.scan import ir
from charter.scan.front.typescript_classes import class_definition
from charter.scan.front.typescript_functions import function, named_value
from charter.scan.front.typescript_jsx import element
from charter.scan.front.typescript_modules import REQUIRED, dynamic_import, required_module
from charter.scan.front.typescript_patterns import key, target
from charter.scan.front.typescript_tree import NOT_CODE, LowerExpression, Lowering, bare, opaque, parts, unescape

_OPERATORS = {"===": "==", "!==": "!=", "&&": "and", "||": "or", ">>>": ">>", "!": "not"}
_ASSOCIATIVE = frozenset({"+", "and", "or", "??"})
_LONG_CHAIN = 16
"""Chains of one operator from this length on become a balanced tree, so that a long text does not nest deeply."""


def operator(token: Node, low: Lowering) -> str:
    """The intermediate form's word for an operator."""
    written = low.text(token)
    return _OPERATORS.get(written, written)


def augmented_operator(node: Node, low: Lowering) -> str:
    """``+`` of ``a += b``."""
    token = node.child_by_field_name("operator")
    written = low.text(token)[:-1] if token is not None else "+"
    return _OPERATORS.get(written, written)


def _name(low: Lowering, node: Node) -> ir.Expr:
    return ir.Name(low.span(node), low.text(node))


def _null(low: Lowering, node: Node) -> ir.Expr:
    return ir.Const(low.span(node), None)


def _boolean(low: Lowering, node: Node) -> ir.Expr:
    return ir.Const(low.span(node), node.type == "true")


def _string(low: Lowering, node: Node) -> ir.Expr:
    return ir.Const(low.span(node), unescape(low.text(node)[1:-1]))


def _regex(low: Lowering, node: Node) -> ir.Expr:
    return ir.Const(low.span(node), low.text(node))


def _number(low: Lowering, node: Node) -> ir.Expr:
    return ir.Const(low.span(node), number(low.text(node)))


def number(written: str) -> int | float | str:
    """A number's value; the text itself where it is none that Python knows."""
    plain = written.replace("_", "").lower()
    try:
        if plain[:2] in {"0x", "0o", "0b"}:
            return int(plain.removesuffix("n"), 0)
        if len(plain) > 1 and plain[0] == "0" and plain.isdecimal():
            return int(plain, 8 if max(plain) < "8" else 10)
        return int(plain.removesuffix("n")) if plain.removesuffix("n").isdecimal() else float(plain)
    except ValueError:  # also a number of more digits than Python turns into an int
        return written


def _template(low: Lowering, node: Node) -> ir.Expr:
    """Text between the substitutions is taken by position: not every version of the grammar names it."""
    found: list[ir.Expr] = []
    start = node.start_byte + 1
    for child in node.named_children:
        if child.type != "template_substitution":
            continue
        _append_text(low, node, found, start, child.start_byte)
        inner = parts(child)
        if inner:
            found.append(low.expression(inner[0]))
        start = child.end_byte
    _append_text(low, node, found, start, node.end_byte - 1)
    if all(isinstance(part, ir.Const) and isinstance(part.value, str) for part in found) and len(found) < 2:
        return found[0] if found else ir.Const(low.span(node), "")
    return ir.Text(low.span(node), tuple(found))


def _append_text(low: Lowering, node: Node, found: list[ir.Expr], start: int, end: int) -> None:
    if start < end:
        written = low.source[start:end].decode("utf-8", "replace")
        found.append(ir.Const(low.span(node), unescape(written)))


def _array(low: Lowering, node: Node) -> ir.Expr:
    items: list[ir.Expr] = []
    filled = False
    for child in node.children:
        if child.type == ",":
            if not filled:  # a hole: the places after it keep their number
                items.append(ir.Const(low.span(child), None))
            filled = False
        elif child.is_named and child.type not in NOT_CODE:
            items.append(low.expression(child))
            filled = True
    return ir.Sequence(low.span(node), tuple(items))


def _spread(low: Lowering, node: Node) -> ir.Expr:
    inner = parts(node)
    return ir.Spread(low.span(node), low.expression(inner[0])) if inner else opaque(low, node)


def _object(low: Lowering, node: Node) -> ir.Expr:
    entries: list[ir.Entry] = []
    for child in parts(node):
        if child.type == "pair":
            name, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if name is not None and value is not None:
                entries.append(ir.Entry(key(low, name), named_value(low, value, name)))
        elif child.type in {"shorthand_property_identifier", "identifier"}:
            entries.append(ir.Entry(ir.Const(low.span(child), low.text(child)), _name(low, child)))
        elif child.type == "spread_element":
            entries.extend(ir.Entry(None, low.expression(inner)) for inner in parts(child)[:1])
        elif child.type == "method_definition":
            name = child.child_by_field_name("name")
            if name is not None:
                entries.append(ir.Entry(key(low, name), ir.Lambda(low.span(child), function(low, child))))
        else:
            entries.append(ir.Entry(None, low.expression(child)))
    return ir.Record(low.span(node), tuple(entries))


def _member(low: Lowering, node: Node) -> ir.Expr:
    base, name = node.child_by_field_name("object"), node.child_by_field_name("property")
    if base is None or name is None:
        return opaque(low, node)
    if base.type == "identifier" and low.text(base) == "exports":
        return ir.Name(low.span(node), f"exports.{low.text(name)}")
    if base.type == "identifier" and low.text(base) == "module" and low.text(name) == "exports":
        return ir.Name(low.span(node), "module.exports")
    return ir.Attr(low.span(node), low.expression(base), low.text(name), low.span(name))


def _subscript(low: Lowering, node: Node) -> ir.Expr:
    base, index = node.child_by_field_name("object"), node.child_by_field_name("index")
    if base is None or index is None:
        return opaque(low, node)
    return ir.Index(low.span(node), low.expression(base), low.expression(index))


def _call(low: Lowering, node: Node) -> ir.Expr:
    called, given = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if called is None:
        return opaque(low, node)
    if given is not None and given.type == "template_string":
        text = _template(low, given)
        pieces = text.parts if isinstance(text, ir.Text) else (text,)
        return ir.Text(low.span(node), pieces, low.expression(called))
    if module := required_module(low, node):
        low.imports.append(ir.Import(low.span(node), module, local=REQUIRED.format(module)))
        return ir.Name(low.span(node), REQUIRED.format(module))
    return ir.Call(low.span(node), low.expression(called), arguments(low, given))


def _new(low: Lowering, node: Node) -> ir.Expr:
    called = node.child_by_field_name("constructor")
    if called is None:
        return opaque(low, node)
    given = arguments(low, node.child_by_field_name("arguments"))
    return ir.Call(low.span(node), low.expression(called), given, new=True)


def arguments(low: Lowering, node: Node | None) -> tuple[ir.Arg, ...]:
    """The arguments of a call."""
    found = []
    for child in parts(node) if node is not None else ():
        inner = parts(child) if child.type == "spread_element" else []
        if inner:
            found.append(ir.Arg(low.expression(inner[0]), spread="*"))
        else:
            found.append(ir.Arg(low.expression(child)))
    return tuple(found)


def _binary(low: Lowering, node: Node) -> ir.Expr:
    """``a + b + c + …`` is a chain down the left side; it is walked, not recursed into."""
    left, token, right = (node.child_by_field_name(name) for name in ("left", "operator", "right"))
    if left is None or token is None or right is None:
        return opaque(low, node)
    op = operator(token, low)
    if op not in _ASSOCIATIVE:
        return ir.Binary(low.span(node), op, low.expression(left), low.expression(right))
    links = [right]
    while (inner := bare(left)).type == "binary_expression":
        deeper, its, last = (inner.child_by_field_name(name) for name in ("left", "operator", "right"))
        if deeper is None or last is None or its is None or operator(its, low) != op:
            break
        links.append(last)
        left = deeper
    links.append(left)
    links.reverse()
    return _chain(low, op, links)


def _chain(low: Lowering, op: str, links: list[Node]) -> ir.Expr:
    level = [(low.expression(link), link, link) for link in links]
    if len(links) < _LONG_CHAIN:
        value, first, _ = level[0]
        for right, _, last in level[1:]:
            value = ir.Binary(low.between(first, last), op, value, right)
        return value
    while len(level) > 1:
        paired = [
            (ir.Binary(low.between(a[1], b[2]), op, a[0], b[0]), a[1], b[2])
            for a, b in zip(level[::2], level[1::2], strict=False)
        ]
        level = paired + level[len(paired) * 2 :]
    return level[0][0]


def _unary(low: Lowering, node: Node) -> ir.Expr:
    token, value = node.child_by_field_name("operator"), node.child_by_field_name("argument")
    if token is None or value is None:
        return opaque(low, node)
    lowered = low.expression(value)
    op = operator(token, low)
    if op == "void" and isinstance(lowered, ir.Const):
        return ir.Const(low.span(node), None)
    if op == "-" and isinstance(lowered, ir.Const) and isinstance(lowered.value, int | float):
        return ir.Const(low.span(node), -lowered.value)
    return ir.Unary(low.span(node), op, lowered)


def _ternary(low: Lowering, node: Node) -> ir.Expr:
    sides = [node.child_by_field_name(name) for name in ("condition", "consequence", "alternative")]
    if any(side is None for side in sides):
        return opaque(low, node)
    test, then, other = [low.expression(side) for side in sides if side is not None]
    return ir.Conditional(low.span(node), test, then, other)


def _await(low: Lowering, node: Node) -> ir.Expr:
    inner = parts(node)
    if not inner:
        return opaque(low, node)
    if (module := dynamic_import(low, node)) is not None:
        low.imports.append(ir.Import(low.span(node), module, local=REQUIRED.format(module)))
        return ir.Name(low.span(node), REQUIRED.format(module))
    return ir.Await(low.span(node), low.expression(inner[0]))


def _yield(low: Lowering, node: Node) -> ir.Expr:
    inner = parts(node)
    many = any(child.type == "*" for child in node.children)
    return ir.Yield(low.span(node), low.expression(inner[0]) if inner else None, many)


def _lambda(low: Lowering, node: Node) -> ir.Expr:
    return ir.Lambda(low.span(node), function(low, node))


def _class(low: Lowering, node: Node) -> ir.Expr:
    return ir.ClassValue(low.span(node), class_definition(low, node))


def _assignment(low: Lowering, node: Node) -> ir.Expr:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return opaque(low, node)
    return ir.Bind(low.span(node), target(low, left), named_value(low, right, left))


def _augmented(low: Lowering, node: Node) -> ir.Expr:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return opaque(low, node)
    value = ir.Binary(low.span(node), augmented_operator(node, low), low.expression(left), low.expression(right))
    return ir.Bind(low.span(node), target(low, left), value)


def _update(low: Lowering, node: Node) -> ir.Expr:
    changed = node.child_by_field_name("argument")
    if changed is None:
        return opaque(low, node)
    at = low.span(node)
    return ir.Bind(at, target(low, changed), ir.Binary(at, "+", low.expression(changed), ir.Const(at, 1)))


def _several(low: Lowering, node: Node) -> ir.Expr:
    """``(0, module.call)(x)``, as compilers write it, is ``module.call(x)``."""
    values = [low.expression(part) for part in parts(node)]
    if values and all(isinstance(value, ir.Const) for value in values[:-1]):
        return values[-1]
    return ir.Opaque(low.span(node), tuple(values))


EXPRESSIONS: dict[str, LowerExpression] = {
    "identifier": _name,
    "property_identifier": _name,
    "this": _name,
    "super": _name,
    "import": _name,
    "meta_property": _name,
    "shorthand_property_identifier": _name,
    "shorthand_property_identifier_pattern": _name,
    "null": _null,
    "undefined": _null,
    "true": _boolean,
    "false": _boolean,
    "string": _string,
    "number": _number,
    "regex": _regex,
    "template_string": _template,
    "array": _array,
    "spread_element": _spread,
    "object": _object,
    "member_expression": _member,
    "subscript_expression": _subscript,
    "call_expression": _call,
    "new_expression": _new,
    "binary_expression": _binary,
    "unary_expression": _unary,
    "ternary_expression": _ternary,
    "await_expression": _await,
    "yield_expression": _yield,
    "arrow_function": _lambda,
    "function_expression": _lambda,
    "generator_function": _lambda,
    "class": _class,
    "assignment_expression": _assignment,
    "augmented_assignment_expression": _augmented,
    "update_expression": _update,
    "sequence_expression": _several,
    "jsx_element": element,
    "jsx_self_closing_element": element,
}
