"""Tests of where a path leads: within a folder, once it is written without ``..``."""

from charter.scan import ir
from charter.scan.engine.again import value_here
from charter.scan.engine.frame import Frame
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.predicates import Facts, Known
from charter.scan.engine.program import FunctionInfo
from charter.scan.engine.values import Value
from charter.scan.facts import SinkKind

PLACE: frozenset[SinkKind] = frozenset({"path"})
_PLAIN = frozenset({"resolve", "realpath", "abspath", "normpath", "normalize", "realpathSync"})
"""What they give has no ``..`` in it."""
_SAME = frozenset({*_PLAIN, "str", "Path", "fspath", "toString", "as_posix"})
_COMMON = frozenset({"commonpath", "commonprefix"})
_TESTS = frozenset({"startswith", "startsWith", "is_relative_to", *_COMMON})
_RELATIVE = frozenset({"relative", "relpath"})


def learn_place(it: Interpreter, frame: Frame, test: ir.Expr, truth: bool) -> list[Facts]:
    """Which paths lead into a folder where the test has this truth."""
    if isinstance(test, ir.Binary):
        return _of_operator(it, frame, test, truth)
    if isinstance(test, ir.Call) and isinstance(test.func, ir.Attr) and len(test.args) == 1:
        begins = test.func.name in ("startswith", "startsWith")
        return _of_beginning(it, frame, test.func.base, test.args[0].value, truth) if begins else []
    return []


def leads_within(it: Interpreter, info: FunctionInfo) -> Known:
    """
    A function that writes a path without ``..`` and tests its beginning, however it goes about it, says of that path
    whether it leads into a folder.
    """
    key = (f"{info.id} leads within", True)
    if key not in it.predicates:
        nodes = list(ir.walk(info.node.body))
        calls = [each for each in nodes if isinstance(each, ir.Call)]
        is_test = any(_called(each) in _TESTS for each in calls) and any(
            isinstance(each, ir.Return) and _is_answer(each.value) for each in nodes
        )
        plain = [name for each in calls if _called(each) in _PLAIN for name in _names(each)] if is_test else []
        it.predicates[key] = {each.name: PLACE for each in info.node.params if each.name in plain}
    return it.predicates[key]


def _is_answer(value: ir.Expr | None) -> bool:
    if isinstance(value, ir.Const):
        return isinstance(value.value, bool)
    return isinstance(value, ir.Call) and _called(value) in _TESTS


def _names(node: ir.Expr) -> list[str]:
    return [each.id for each in ir.walk(node) if isinstance(each, ir.Name)]


def _of_operator(it: Interpreter, frame: Frame, test: ir.Binary, truth: bool) -> list[Facts]:
    if test.op in ("in", "not in") and (test.op == "in") == truth:
        within = test.right
        if isinstance(within, ir.Attr) and within.name == "parents" and _is_plain(it, frame, within.base):
            return [(_core(within.base), PLACE, "")]
    if test.op in ("==", "!=") and (test.op == "==") == truth:
        for side in (test.left, test.right):
            inner = _core(side)
            if isinstance(inner, ir.Call) and _called(inner) in _COMMON and inner.args:
                paths = inner.args[0].value
                each = paths.items if isinstance(paths, ir.Sequence) else ()
                return [(_core(path), PLACE, "") for path in each if _is_plain(it, frame, path)]
    return []


def _of_beginning(it: Interpreter, frame: Frame, path: ir.Expr, beginning: ir.Expr, truth: bool) -> list[Facts]:
    """``full.startswith(ROOT)``; ``relative.startsWith("..")`` where it is not so."""
    if truth:
        return [(_core(path), PLACE, "")] if _is_plain(it, frame, path) else []
    said = value_here(it, frame, beginning)
    text = said.text() if said is not None else None
    if text is None or not text.startswith(".."):
        return []
    if isinstance(path, ir.Call) and _called(path) in _RELATIVE:
        return [(_core(each.value), PLACE, "") for each in path.args]
    value = value_here(it, frame, path)
    return [(_core(path), PLACE, "")] if value is not None and _ends(value, _RELATIVE) else []


def _is_plain(it: Interpreter, frame: Frame, node: ir.Expr) -> bool:
    """Whether the path was written anew, without ``..``."""
    while isinstance(node, ir.Call) and _called(node) in _SAME:
        if _called(node) in _PLAIN:
            return True
        inner = _inner(node)
        if inner is None:
            return False
        node = inner
    value = value_here(it, frame, node)
    return value is not None and _ends(value, _PLAIN)


def _ends(value: Value, names: frozenset[str]) -> bool:
    return any(path.endswith("()") and path[:-2].rpartition(".")[2] in names for path in value.paths())


def _core(node: ir.Expr) -> ir.Expr:
    """The variable in ``str(path.resolve())``."""
    while isinstance(node, ir.Call) and _called(node) in _SAME:
        inner = _inner(node)
        if inner is None:
            break
        node = inner
    return node


def _inner(call: ir.Call) -> ir.Expr | None:
    """What ``f(x)`` and ``x.f()`` are of."""
    if len(call.args) == 1:
        return call.args[0].value
    return call.func.base if isinstance(call.func, ir.Attr) and not call.args else None


def _called(call: ir.Call) -> str:
    return call.func.name if isinstance(call.func, ir.Attr) else call.func.id if isinstance(call.func, ir.Name) else ""
