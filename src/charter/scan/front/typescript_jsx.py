"""JSX: elements, their props and children."""

import html

from tree_sitter import Node

from charter.scan import ir
from charter.scan.front.typescript_tree import NOT_CODE, Lowering, parts


def element(low: Lowering, node: Node) -> ir.Expr:
    """``<Tag prop={value}>children</Tag>``, ``<Tag />`` and ``<>…</>``."""
    opening = node.child_by_field_name("open_tag") or node
    children: list[ir.Expr] = []
    for child in node.named_children if opening is not node else ():
        if child.type not in {"jsx_opening_element", "jsx_closing_element"}:
            children.extend(_child(low, child))
    return ir.Element(low.span(node), _tag(low, opening), _props(low, opening), tuple(children))


def _tag(low: Lowering, opening: Node) -> ir.Expr:
    name = opening.child_by_field_name("name")
    if name is None:
        return ir.Const(low.span(opening), "")
    written = low.text(name)
    if name.type == "jsx_namespace_name" or (name.type == "identifier" and not written[:1].isupper()):
        return ir.Const(low.span(name), written)
    return low.expression(name)


def _props(low: Lowering, opening: Node) -> ir.Record:
    entries: list[ir.Entry] = []
    for child in opening.named_children:
        inner = parts(child)
        if child.type == "jsx_attribute" and inner:
            name = ir.Const(low.span(inner[0]), low.text(inner[0]))
            entries.append(ir.Entry(name, _value(low, inner[1]) if len(inner) > 1 else ir.Const(name.at, value=True)))
        elif child.type == "jsx_expression" and inner:
            spread = parts(inner[0])[:1] if inner[0].type == "spread_element" else inner[:1]
            entries.extend(ir.Entry(None, low.expression(value)) for value in spread)
    return ir.Record(low.span(opening), tuple(entries))


def _value(low: Lowering, node: Node) -> ir.Expr:
    if node.type == "string":  # no escapes here, but HTML's own
        return ir.Const(low.span(node), html.unescape(low.text(node)[1:-1]))
    inner = parts(node) if node.type == "jsx_expression" else [node]
    return low.expression(inner[0]) if inner else ir.Opaque(low.span(node))


def _child(low: Lowering, node: Node) -> list[ir.Expr]:
    if node.type == "jsx_text":
        text = " ".join(html.unescape(low.text(node)).split())
        return [ir.Const(low.span(node), text)] if text else []
    if node.type == "jsx_expression":
        return [low.expression(part) for part in parts(node)[:1]]
    return [] if node.type in NOT_CODE or node.type == "html_character_reference" else [low.expression(node)]
