"""Expressions once more: what one was worth a moment ago, and the name it has as a place."""

from charter.scan import ir
from charter.scan.engine.frame import Frame
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.parts import HOSTS, address_in
from charter.scan.engine.values import Value


def value_here(it: Interpreter, frame: Frame, node: ir.Expr) -> Value | None:
    """An expression's value again, where finding it out has no effects; None for others."""
    if _has_no_effects(node):
        return it.parts.evaluate(it, frame, node)
    same = _same_text(node)
    return None if same is None else value_here(it, frame, same)


def _has_no_effects(node: ir.Expr) -> bool:
    if isinstance(node, ir.Sequence):
        return all(isinstance(each, ir.Const | ir.Name | ir.Attr) for each in node.items)
    if isinstance(node, ir.Attr | ir.Index):
        return path_of(node) is not None
    return isinstance(node, ir.Const | ir.Name | ir.Lambda)


def _same_text(node: ir.Expr) -> ir.Expr | None:
    """What is the same for the purpose of a test: ``x`` of ``x.strip()``, ``str(x)``, ``(x := …)``."""
    if isinstance(node, ir.Bind):
        return node.target
    if isinstance(node, ir.Attr) and node.name in HOSTS:
        return address_in(node.base)
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attr) and not node.args:
        return node.func.base
    if isinstance(node, ir.Call) and len(node.args) == 1 and isinstance(node.func, ir.Name):
        return node.args[0].value
    return None


def path_of(node: ir.Expr) -> tuple[str, ...] | None:
    """A variable, its attributes and constant items, as one name; None for other expressions."""
    if isinstance(node, ir.Name):
        return (node.id,)
    if isinstance(node, ir.Attr):
        above = path_of(node.base)
        return None if above is None else (*above, node.name)
    if isinstance(node, ir.Index) and isinstance(node.key, ir.Const | ir.Name):
        above = path_of(node.base)
        key = repr(node.key.value) if isinstance(node.key, ir.Const) else node.key.id
        return None if above is None else (*above, f"[{key}]")
    if isinstance(node, ir.Bind):
        return path_of(node.target)
    return None
