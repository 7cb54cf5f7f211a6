"""What each kind of expression is worth."""

from collections.abc import Callable
from typing import Any

from charter.scan import ir
from charter.scan.engine import access
from charter.scan.engine.again import path_of
from charter.scan.engine.args import Args
from charter.scan.engine.calls import call_value, evaluate_call
from charter.scan.engine.definitions import define_class
from charter.scan.engine.entries import directed
from charter.scan.engine.frame import Frame
from charter.scan.engine.guards import refine
from charter.scan.engine.hosts import Host
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.names import look_up
from charter.scan.engine.roles import names_role
from charter.scan.engine.sinks import reach_assignment
from charter.scan.engine.state import Cell, join_states
from charter.scan.engine.targets import assign
from charter.scan.engine.templates import compose
from charter.scan.engine.values import (
    CLEAN,
    IN_MESSAGE,
    NOTHING,
    UNKNOWN,
    Constant,
    Ext,
    Fn,
    Value,
    carrying,
    constant,
    join,
    join_taints,
    moved,
    of,
    plus_taints,
    taints_of,
)
from charter.scan.findings import Step

_TEXT_OPERATORS = frozenset({"+", "%", "*"})
_LONGEST_CONSTANT = 20_000


def evaluate(it: Interpreter, frame: Frame, node: ir.Expr) -> Value:
    """What an expression is worth here; its effects on the state are done."""
    it.spend()
    return _EVALUATORS[type(node)](it, frame, node)


def _const(_: Interpreter, __: Frame, node: ir.Const) -> Value:
    return constant(node.value)


def _name(it: Interpreter, frame: Frame, node: ir.Name) -> Value:
    if frame.state.narrowed and (node.id,) in frame.state.narrowed:
        return frame.state.narrowed[node.id,]
    return look_up(it, frame, node.id, it.place(frame, node))


def _attr(it: Interpreter, frame: Frame, node: ir.Attr) -> Value:
    if frame.state.narrowed:
        narrowed = frame.state.narrowed.get(path_of(node) or ())
        if narrowed is not None:
            return narrowed
    base = evaluate(it, frame, node.base)
    return access.attribute(it, frame, base, node.name, it.place(frame, node))


def _index(it: Interpreter, frame: Frame, node: ir.Index) -> Value:
    if frame.state.narrowed:
        narrowed = frame.state.narrowed.get(path_of(node) or ())
        if narrowed is not None:
            return narrowed
    base = evaluate(it, frame, node.base)
    if node.key is None:
        return base
    return access.item(it, frame, base, evaluate(it, frame, node.key), node)


def _record(it: Interpreter, frame: Frame, node: ir.Record) -> Value:
    cell, taints = Cell("record"), CLEAN
    for entry in node.entries:
        value = evaluate(it, frame, entry.value)
        if entry.key is None:
            taints = join_taints(taints, value.taints)
            cell = _spread_record(it, frame, cell, value)
            continue
        key = evaluate(it, frame, entry.key) if not isinstance(entry.key, ir.Const) else constant(entry.key.value)
        name = key.text()
        if name == "content":
            value = _as_content(it, frame, entry.value, value)
        for each in access.keys(key):
            cell = cell.put(each, value)
    made = it.allocate(frame, cell)
    return plus_taints(made, taints)


def _spread_record(it: Interpreter, frame: Frame, cell: Cell, value: Value) -> Cell:
    known = it.cells(frame, value)
    for _, other in known:
        for key, inner in other.fields.items():
            cell = cell.put(key, inner, strong=len(known) == 1)
        if other.rest is not NOTHING:
            cell = cell.put(None, other.rest)
    return cell if known else cell.put(None, value)


def _sequence(it: Interpreter, frame: Frame, node: ir.Sequence) -> Value:
    cell = Cell("list", length=0)
    for each in node.items:
        if isinstance(each, ir.Spread):
            cell = extend(it, frame, cell, evaluate(it, frame, each.value))
        else:
            value = evaluate(it, frame, each)
            if cell.length == 1 and len(node.items) == 2 and names_role(cell.get(0).text()):
                value = _as_content(it, frame, each, value)
            cell = cell.push(value)
    return it.allocate(frame, cell)


def _as_content(it: Interpreter, frame: Frame, node: ir.Expr, value: Value) -> Value:
    """A text that is put into a message: a place that flows tell of."""
    if not value.taints:
        return value
    step = Step(it.place(frame, node), IN_MESSAGE, "field")
    return Value(moved(value.taints, step), value.refs, value.consts)


def extend(it: Interpreter, frame: Frame, cell: Cell, value: Value) -> Cell:
    """A list after ``extend``: item by item where they are known."""
    lists = [other for _, other in it.cells(frame, value) if other.kind == "list"]
    if len(lists) == 1 and lists[0].length is not None and not value.taints:
        for key in range(lists[0].length):
            cell = cell.push(lists[0].fields.get(key, UNKNOWN))
        return cell
    inner = access.items_of(it, frame, value)
    return Cell(cell.kind, cell.fields, join(cell.rest, inner), None, cell.cls)


def _spread(it: Interpreter, frame: Frame, node: ir.Spread) -> Value:
    return evaluate(it, frame, node.value)


def _text(it: Interpreter, frame: Frame, node: ir.Text) -> Value:
    parts = [evaluate(it, frame, each) for each in node.parts]
    if node.tag is not None:
        tag = evaluate(it, frame, node.tag)
        return carrying(join_taints(tag.taints, taints_of(parts)))
    return joined_text(it, frame, parts)


def joined_text(it: Interpreter, frame: Frame, parts: list[Value]) -> Value:
    """Text put together from parts: a constant where all are."""
    texts = [each.constant() for each in parts]
    if parts and all(isinstance(each, str | int) and not isinstance(each, bool) for each in texts):
        made = "".join(map(str, texts))
        if len(made) <= _LONGEST_CONSTANT:
            return constant(made)
    facts = it.facts_for(frame)
    taints, refs = CLEAN, of(text_type(frame)).refs
    host = Host()
    for part in parts:
        taints = join_taints(taints, host.then(part, it.collect(frame, part)))
        refs = refs | facts.said(part)
    return Value(taints, refs)


def text_type(frame: Frame) -> Ext:
    """What a text is."""
    return Ext("builtins.str()" if frame.module.node.language == "python" else "global.String()")


def _binary(it: Interpreter, frame: Frame, node: ir.Binary) -> Value:
    if node.op in ("and", "or", "??"):
        return _either(it, frame, node)
    if node.op == "+":
        return _sum(it, frame, node)
    left = evaluate(it, frame, node.left)
    right = evaluate(it, frame, node.right)
    if node.op == "|":
        return compose(it, frame, left, right, node)
    if node.op == "/":
        return Value(join_taints(left.taints, right.taints), left.refs or right.refs)
    return plus(it, frame, left, right, node.op) if node.op in _TEXT_OPERATORS else UNKNOWN


def _sum(it: Interpreter, frame: Frame, node: ir.Expr) -> Value:
    """``a + b + c``, from the left; texts are put together all at once."""
    parts: list[ir.Expr] = []
    while isinstance(node, ir.Binary) and node.op == "+":
        parts.append(node.right)
        node = node.left
    values = [evaluate(it, frame, each) for each in (node, *reversed(parts))]
    if not any(list(each.locs()) for each in values):
        return joined_text(it, frame, values)
    result = values[0]
    for value in values[1:]:
        result = plus(it, frame, result, value, "+")
    return result


def plus(it: Interpreter, frame: Frame, left: Value, right: Value, op: str) -> Value:
    """``+``, ``%`` and ``*``: of lists, of texts, of what may be text."""
    lists = [cell for _, cell in it.cells(frame, left) if cell.kind == "list"]
    if op == "+" and lists:
        return it.allocate(frame, extend(it, frame, lists[0], right))
    if op == "+":
        return joined_text(it, frame, [left, right])
    host = Host()
    taints = host.then(Value(left.taints, left.refs, _before_hole(left)), left.taints)
    taints = join_taints(taints, host.then(right, it.collect(frame, right)))
    return Value(taints, of(text_type(frame)).refs | it.facts_for(frame).said(left))


def _before_hole(value: Value) -> frozenset[Constant] | None:
    """What of a text stands before its first ``%s``."""
    text = value.text()
    return None if text is None else frozenset([text.partition("%")[0]])


def _either(it: Interpreter, frame: Frame, node: ir.Binary) -> Value:
    """``and``, ``or``: the right side is evaluated where the left one leaves it open."""
    left = evaluate(it, frame, node.left)
    before = frame.state
    frame.state = before.copy()
    refine(it, frame, node.left, node.op == "and")
    right = evaluate(it, frame, node.right)
    frame.state = join_states(before, frame.state)
    if node.op == "and":
        return join(right, left.without_taints()) if left.refs or left.consts else right
    return right if left.consts and not any(left.consts) else join(left, right)


def _unary(it: Interpreter, frame: Frame, node: ir.Unary) -> Value:
    value = evaluate(it, frame, node.value)
    number = value.constant()
    if node.op == "-" and isinstance(number, int | float):
        return constant(-number)
    if node.op == "not" and isinstance(number, bool):
        return constant(not number)
    return UNKNOWN


def _conditional(it: Interpreter, frame: Frame, node: ir.Conditional) -> Value:
    evaluate(it, frame, node.test)
    before = frame.state
    frame.state = before.copy()
    refine(it, frame, node.test, True)
    then = evaluate(it, frame, node.then)
    after_then = frame.state
    frame.state = before
    refine(it, frame, node.test, False)
    other = evaluate(it, frame, node.other)
    frame.state = join_states(after_then, frame.state)
    return join(then, other)


def _await(it: Interpreter, frame: Frame, node: ir.Await) -> Value:
    return evaluate(it, frame, node.value)


def _yield(it: Interpreter, frame: Frame, node: ir.Yield) -> Value:
    if node.value is not None:
        value = evaluate(it, frame, node.value)
        frame.yielded = join(frame.yielded, access.items_of(it, frame, value) if node.many else value)
    return UNKNOWN


def _lambda(it: Interpreter, frame: Frame, node: ir.Lambda) -> Value:
    info = it.program.function(node.function, frame.module, frame.info, None, is_lambda=True)
    if info.id not in it.collected.functions:
        it.collected.functions[info.id] = info
        directed(it, frame, info)
    return of(Fn(info.id))


def _class_value(it: Interpreter, frame: Frame, node: ir.ClassValue) -> Value:
    return define_class(it, frame, node.definition)


def _comprehension(it: Interpreter, frame: Frame, node: ir.Comprehension) -> Value:
    before = frame.state.copy()
    for clause in node.clauses:
        source = evaluate(it, frame, clause.iterable)
        assign(it, frame, clause.target, access.items_of(it, frame, source), node)
        for test in clause.tests:
            evaluate(it, frame, test)
            refine(it, frame, test, True)
    key = evaluate(it, frame, node.key) if node.key is not None else None
    element = evaluate(it, frame, node.element)
    heap = frame.state.heap
    frame.state = before
    frame.state.heap = heap
    if key is not None:
        cell = Cell("record")
        for each in access.keys(key):
            cell = cell.put(each, element)
        return it.allocate(frame, cell)
    return it.allocate(frame, Cell("list", rest=element))


def _bind(it: Interpreter, frame: Frame, node: ir.Bind) -> Value:
    value = evaluate(it, frame, node.value)
    assign(it, frame, node.target, value, node)
    return value


def _element(it: Interpreter, frame: Frame, node: ir.Element) -> Value:
    """JSX: props may be sinks; a component of the scanned code is called with them."""
    tag = evaluate(it, frame, node.tag)
    props = evaluate(it, frame, node.props)
    taints = CLEAN
    for _, cell in it.cells(frame, props):
        for name, value in cell.fields.items():
            reach_assignment(it, frame, f"<>.{name}", value, node)
    for child in node.children:
        taints = join_taints(taints, evaluate(it, frame, child).taints)
    if any(isinstance(ref, Fn) for ref in tag.refs):
        call_value(it, frame, tag, Args([props]), it.place(frame, node))
    return carrying(taints)


def _opaque(it: Interpreter, frame: Frame, node: ir.Opaque) -> Value:
    values = [evaluate(it, frame, each) for each in node.parts]
    return carrying(taints_of(values))


_EVALUATORS: dict[type, Callable[[Interpreter, Frame, Any], Value]] = {
    ir.Const: _const,
    ir.Name: _name,
    ir.Attr: _attr,
    ir.Index: _index,
    ir.Call: evaluate_call,
    ir.Record: _record,
    ir.Sequence: _sequence,
    ir.Spread: _spread,
    ir.Text: _text,
    ir.Binary: _binary,
    ir.Unary: _unary,
    ir.Conditional: _conditional,
    ir.Await: _await,
    ir.Yield: _yield,
    ir.Lambda: _lambda,
    ir.ClassValue: _class_value,
    ir.Comprehension: _comprehension,
    ir.Bind: _bind,
    ir.Element: _element,
    ir.Opaque: _opaque,
}
