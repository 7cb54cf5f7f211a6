"""The patterns of ``match`` in tree-sitter's Python tree."""

from tree_sitter import Node

from charter.scan import ir
from charter.scan.front.lines import across
from charter.scan.front.python_tree_expressions import TreeExpressions, named, text_of

_LITERALS = frozenset({"string", "concatenated_string", "integer", "float", "true", "false", "none"})

Values = tuple[ir.Expr, ...] | None
"""What a pattern admits; None for a shape."""


def read_pattern(node: Node, binds: list[ir.Name], lowering: TreeExpressions) -> Values:
    """The values that a pattern admits; the names that it binds are added to ``binds``."""
    parts = named(node)
    if node.type in _LITERALS:
        return (lowering.expression(node),)
    if node.type in ("dotted_name", "identifier"):
        return _name(node, parts, binds, lowering)
    if node.type == "union_pattern":
        return _union([read_pattern(each, binds, lowering) for each in parts])
    if node.type == "case_pattern" and len(parts) == 1:
        return read_pattern(parts[0], binds, lowering)
    if node.type == "as_pattern" and parts:
        inner = read_pattern(parts[0], binds, lowering)
        binds.extend(ir.Name(lowering.at(each), text_of(each)) for each in parts[1:])
        return inner
    for each in parts[1:] if node.type in ("class_pattern", "keyword_pattern") else parts:
        read_pattern(each, binds, lowering)
    return None


def _union(alternatives: list[Values]) -> Values:
    known = [values for values in alternatives if values is not None]
    return tuple([value for values in known for value in values]) if len(known) == len(alternatives) else None


def _name(node: Node, parts: list[Node], binds: list[ir.Name], lowering: TreeExpressions) -> Values:
    """A plain name takes whatever comes; one with dots is a constant."""
    if len(parts) < 2:
        binds.append(ir.Name(lowering.at(node), text_of(node)))
        return None
    made: ir.Expr = ir.Name(lowering.at(parts[0]), text_of(parts[0]))
    for part in parts[1:]:
        end = lowering.at(part)
        made = ir.Attr(across(made.at, end), made, text_of(part), end)
    return (made,)
