"""Assigning to targets: names, attributes, items, and destructurings of any depth."""

from charter.scan import ir
from charter.scan.engine import access
from charter.scan.engine.again import path_of
from charter.scan.engine.frame import Frame
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.state import Cell
from charter.scan.engine.states import state_of
from charter.scan.engine.values import UNKNOWN, Loc, Value, join, moved, plus_taints
from charter.scan.findings import Step


def assign(it: Interpreter, frame: Frame, target: ir.Expr, value: Value, node: ir.Node, declares: bool = True) -> None:
    """``target = value``."""
    path = path_of(target)
    if path is not None:
        frame.state.forget(path)
    if isinstance(target, ir.Name):
        assign_name(it, frame, target, value, declares)
    elif isinstance(target, ir.Attr):
        base = it.parts.evaluate(it, frame, target.base)
        statement = node if isinstance(node, ir.Assign) else ir.Assign(target.at, (target,), None)
        if value.taints:
            step = Step(it.place(frame, target), f"kept in .{target.name}", "field")
            value = Value(moved(value.taints, step), value.refs, value.consts)
        access.set_attribute(it, frame, base, target.name, value, statement)
    elif isinstance(target, ir.Index):
        base = it.parts.evaluate(it, frame, target.base)
        key = it.parts.evaluate(it, frame, target.key) if target.key is not None else UNKNOWN
        access.set_item(it, frame, base, key, value)
    elif isinstance(target, ir.Sequence):
        _unpack_sequence(it, frame, target, value, node, declares)
    elif isinstance(target, ir.Record):
        _unpack_record(it, frame, target, value, node, declares)
    elif isinstance(target, ir.Bind):
        default = it.parts.evaluate(it, frame, target.value)
        assign(it, frame, target.target, join(value, default), node, declares)
    elif isinstance(target, ir.Spread):
        assign(it, frame, target.value, value, node, declares)


def assign_name(it: Interpreter, frame: Frame, target: ir.Name, value: Value, declares: bool) -> None:
    """A variable is assigned where it lives: here, around here, or in the module."""
    name = target.id
    if value.taints:
        step = Step(it.place(frame, target), f"assigned to {name}", "assign")
        value = Value(moved(value.taints, step), value.refs, value.consts)
    python = frame.module.node.language == "python"
    if (python and name not in frame.outer_names) or (not python and (declares or name in frame.state.env)):
        frame.state.env[name] = value
        return
    this = frame.parent
    while this is not None:
        if name in this.state.env:
            this.state.env[name] = join(this.state.env[name], value)
            return
        this = this.parent
    info = frame.info
    while info is not None and info.parent is not None:
        info = info.parent
        if name in info.closure:
            info.closure[name] = join(info.closure[name], it.share(frame, value))
            return
    if frame.info is None:
        frame.state.env[name] = value
    else:
        it.set_global(frame, frame.module.path, name, value)


def _unpack_sequence(
    it: Interpreter, frame: Frame, target: ir.Sequence, value: Value, node: ir.Node, declares: bool
) -> None:
    lists = [cell for _, cell in it.cells(frame, value) if cell.kind == "list"]
    if not lists and len(target.items) == 2:
        state = state_of(frame, value, target)
        if state is not None:
            for each, part in zip(target.items, state, strict=True):
                assign(it, frame, each, part, node, declares)
            return
    for position, each in enumerate(target.items):
        if isinstance(each, ir.Spread):
            rest = access.items_of(it, frame, value)
            assign(it, frame, each.value, it.allocate(frame, Cell("list", rest=rest)), node, declares)
        elif lists:
            part = plus_taints(join(*(cell.get(position) for cell in lists)), value.taints)
            assign(it, frame, each, part, node, declares)
        else:
            assign(it, frame, each, _part(value), node, declares)


def _part(value: Value) -> Value:
    """Some part of a thing that is not known."""
    return Value(value.taints, frozenset(ref for ref in value.refs if not isinstance(ref, Loc)))


def _unpack_record(
    it: Interpreter, frame: Frame, target: ir.Record, value: Value, node: ir.Node, declares: bool
) -> None:
    for entry in target.entries:
        if entry.key is None:
            assign(it, frame, entry.value, value, node, declares)
        elif isinstance(entry.key, ir.Const) and isinstance(entry.key.value, str):
            part = access.attribute(it, frame, value, entry.key.value, it.place(frame, entry.value))
            assign(it, frame, entry.value, part, node, declares)
        else:
            assign(it, frame, entry.value, _part(value), node, declares)
