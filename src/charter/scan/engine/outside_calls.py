"""Calls of what is not scanned: the facts say what they do, and defaults where facts are silent."""

from typing import get_args

from charter.scan import ir
from charter.scan.engine import access
from charter.scan.engine.again import value_here
from charter.scan.engine.args import Args
from charter.scan.engine.callbacks import call_given, passes
from charter.scan.engine.calls import call_value
from charter.scan.engine.conditions import argument, holds
from charter.scan.engine.containers import call_container
from charter.scan.engine.entries import passed
from charter.scan.engine.frame import Frame
from charter.scan.engine.interpreter import Interpreter, functions_in
from charter.scan.engine.outside import Outside
from charter.scan.engine.pages import loaded, render
from charter.scan.engine.schemas import call_schema, schema_given
from charter.scan.engine.sinks import reach
from charter.scan.engine.state import Cell, join_states
from charter.scan.engine.states import fill_state, is_setter
from charter.scan.engine.targets import assign
from charter.scan.engine.templates import call_template
from charter.scan.engine.values import (
    ALL_KINDS,
    CLEAN,
    UNKNOWN,
    Ext,
    Fn,
    Taints,
    Value,
    cleared,
    doubted,
    join,
    join_taints,
    moved,
    of,
    plus_taints,
)
from charter.scan.facts import Argument, OutputSink, Propagator, Sanitizer, SinkKind
from charter.scan.findings import Step

_SELF = "self"
_RECORD_METHODS = frozenset({"model_dump", "dict"})
_RECORD_FUNCTIONS = frozenset({"dataclasses.asdict", "builtins.vars"})


def call_outside(it: Interpreter, frame: Frame, path: str, node: ir.Call, args: Args, receiver: Value | None) -> Value:
    """A call of one access path."""
    if is_setter(path):
        return fill_state(it, frame, path, node, args)
    schema = call_schema(it, frame, path, node, args, receiver)
    if schema is not None:
        return schema
    native = call_container(it, frame, path, args, receiver)
    if native is not None:
        return native
    record = _as_record(it, frame, path, args, receiver)
    if record is not None:
        return record
    render(it, frame, path, node, args, receiver)
    template = call_template(it, frame, path, node, args, receiver)
    known = it.facts_for(frame).call(path)
    it.collected.call(it, frame, known, node, args)
    if known.passed:
        passed(it, frame, known, node, args)
    reach_sinks(it, frame, known, node, args, receiver)
    value = _result(it, frame, known, node, args, receiver)
    if path.endswith(".filter"):
        value = Value(cleared(value.taints, passes(it, frame, args)), value.refs, value.consts)
    if known.models and value.taints:
        value = Value(value.taints, value.refs | schema_given(it, frame, args, node)[1])
    page = loaded(it, path, args)
    if page is not None:
        value = Value(value.taints, value.refs | page.refs)
    return join(template, value) if template is not None else value


def _as_record(it: Interpreter, frame: Frame, path: str, args: Args, receiver: Value | None) -> Value | None:
    """An instance's fields as a record: ``turn.model_dump()``, ``dataclasses.asdict(turn)``."""
    made = receiver
    if path in _RECORD_FUNCTIONS:
        made = args.positional[0] if args.positional else None
    elif path.rpartition(".")[2] not in _RECORD_METHODS:
        return None
    cells = [cell for _, cell in it.cells(frame, made) if cell.kind == "instance" and cell.fields] if made else []
    if path == "builtins.vars" and made is not None and not cells:
        return Value(made.taints, of(Ext("?.__dict__")).refs)  # of one thing, and no namespace
    if not cells or made is None:
        return None
    records = [it.allocate(frame, Cell("record", cell.fields, cell.rest)) for cell in cells]
    return plus_taints(join(*records), made.taints)


def reach_sinks(
    it: Interpreter, frame: Frame, known: Outside, node: ir.Call, args: Args, receiver: Value | None
) -> None:
    """Whether an argument is what must not get there."""
    for sink in known.sinks:
        if sink.kind == "system-template":
            continue  # what fills a template is known where it is filled: templates.py
        if not all(holds(it, frame, when, args) for when in sink.when) or _is_safe_handle(receiver, sink.kind):
            continue
        for wanted in sink.argument:
            for value, at in argument(it, frame, wanted, args, receiver, node):
                reach(it, frame, sink, known.path, value, it.place(frame, at), node)


def _is_safe_handle(receiver: Value | None, kind: str) -> bool:
    return receiver is not None and any(path.startswith(f"safe[{kind}]") for path in receiver.paths())


def _result(it: Interpreter, frame: Frame, known: Outside, node: ir.Call, args: Args, receiver: Value | None) -> Value:
    place = it.place(frame, node)
    path = known.path if known.path.endswith("()") and len(known.path) > 200 else f"{known.path}()"
    refs = of(Ext(path))
    sources = [each for each in known.result if all(holds(it, frame, when, args) for when in each.when)]
    if sources:
        value = refs
        for source in sources:
            taints = access.source_taints(source, known.path, place)
            if source.mutates is not None:
                _into(it, frame, source.mutates, args, receiver, node, taints)
            value = plus_taints(value, taints)
        _call_back(it, frame, known, args, receiver, value.taints)
        return value
    for sanitizer in known.sanitizers:
        if not sanitizer.guard and all(holds(it, frame, when, args) for when in sanitizer.when):
            if sanitizer.handle == _SELF:
                _make_safe(it, frame, sanitizer, node)
            return _sanitized(it, frame, sanitizer, path, args, receiver)
    return _propagated(it, frame, known, node, args, receiver, refs)


def _sanitized(
    it: Interpreter, frame: Frame, sanitizer: Sanitizer, path: str, args: Args, receiver: Value | None
) -> Value:
    if sanitizer.handle:
        return of(Ext(path), *_safe(sanitizer, path))
    return Value(cleared(_all_taints(it, frame, args, receiver), _kinds(sanitizer)), of(Ext(path)).refs)


def _kinds(sanitizer: Sanitizer) -> frozenset[SinkKind]:
    return ALL_KINDS if sanitizer.clears == "all" else frozenset(sanitizer.clears)


def _safe(sanitizer: Sanitizer, path: str) -> list[Ext]:
    """The same thing as a handle whose sinks take anything."""
    safe = [Ext(f"safe[{kind}]{path}") for kind in sorted(_kinds(sanitizer))]
    return safe[: len(get_args(OutputSink))]


def _make_safe(it: Interpreter, frame: Frame, sanitizer: Sanitizer, node: ir.Call) -> None:
    """``connection.set_session(readonly=True)``: it is a safe handle from here on."""
    base = node.func.base if isinstance(node.func, ir.Attr) else None
    value = value_here(it, frame, base) if isinstance(base, ir.Name | ir.Attr) else None
    if base is not None and value is not None:
        safe = [each for path in value.paths() if not path.startswith("safe[") for each in _safe(sanitizer, path)]
        assign(it, frame, base, Value(value.taints, value.refs | frozenset(safe), value.consts), node, False)


def _all_taints(it: Interpreter, frame: Frame, args: Args, receiver: Value | None) -> Taints:
    taints = receiver.taints if receiver is not None else CLEAN
    for value in args.all():
        taints = join_taints(taints, it.collect(frame, value))
    return taints


def _propagated(
    it: Interpreter, frame: Frame, known: Outside, node: ir.Call, args: Args, receiver: Value | None, refs: Value
) -> Value:
    step = Step(it.place(frame, node), f"through {_name(known.path)}()", "call")
    if not known.propagators:
        return _by_default(it, frame, known, node, args, receiver, refs, step)
    value, taints = refs, CLEAN
    for fact in known.propagators:
        if fact.ends:
            frame.leave()
        for wanted in _taken(it, frame, fact, args, receiver, node):
            for found, _ in argument(it, frame, wanted, args, receiver, node):
                taints = join_taints(taints, it.collect(frame, found))
        if fact.same is not None:
            for found, _ in argument(it, frame, fact.same, args, receiver, node):
                value = join(found, value) if found.refs else value
                taints = join_taints(taints, found.taints)
        if fact.into is not None:
            _into(it, frame, fact.into, args, receiver, node, _all_taints(it, frame, args, None))
        given = call_given(it, frame, fact.calls, node, args, receiver) if fact.calls is not None else None
        if given is not None:
            value = join(given, value)
            taints = join_taints(taints, value.taints)
    return Value(moved(taints, step), value.refs, value.consts)


def _taken(
    it: Interpreter, frame: Frame, fact: Propagator, args: Args, receiver: Value | None, node: ir.Call
) -> tuple[Argument, ...]:
    """The arguments that a result carries: all by default, and none where it is what a known function made of them."""
    if fact.takes is not None:
        return fact.takes
    called = argument(it, frame, fact.calls, args, receiver, node) if fact.calls is not None else ()
    if any(isinstance(ref, Fn) for found, _ in called for ref in found.refs):
        return ()
    return ("*", _SELF)


def _by_default(
    it: Interpreter,
    frame: Frame,
    known: Outside,
    node: ir.Call,
    args: Args,
    receiver: Value | None,
    refs: Value,
    step: Step,
) -> Value:
    """Everything that goes in comes out, constant words too; what is not known at all is doubted."""
    taints = _all_taints(it, frame, args, receiver)
    called = _call_back(it, frame, known, args, receiver, taints)
    if known.path.startswith("?.") and not known.is_known and receiver is not None and _grows(known.path):
        _write_receiver(it, frame, node, taints)
    if not known.is_known and known.path.startswith(("?.", "its.")) and not _is_text_method(known.path):
        taints = doubted(taints)
    said = refs.refs
    for each in [*args.all(), *([receiver] if receiver is not None else [])]:
        said = said | it.facts_for(frame).said(each)
    value = Value(moved(taints, step), said)
    return join(value, called) if called is not None else value


_GROWING = frozenset({"append", "add", "push", "extend", "update", "insert", "unshift", "set", "put", "write"})
_TEXT_METHODS = frozenset(
    [
        "format",
        "join",
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "upper",
        "title",
        "replace",
        "split",
        "rsplit",
        "splitlines",
        "partition",
        "rpartition",
        "encode",
        "decode",
        "removeprefix",
        "removesuffix",
        "expandtabs",
        "center",
        "ljust",
        "rjust",
        "zfill",
        "casefold",
        "capitalize",
        "trim",
        "trimEnd",
        "trimStart",
        "toString",
        "slice",
        "substring",
        "substr",
        "concat",
        "toLowerCase",
        "toUpperCase",
        "replaceAll",
        "padStart",
        "padEnd",
        "get",
        "items",
        "values",
        "keys",
        "pop",
        "copy",
        "at",
        "flat",
        "find",
        "filter",
        "reverse",
        "sort",
    ]
)


def _grows(path: str) -> bool:
    return path.rpartition(".")[2] in _GROWING


def _is_text_method(path: str) -> bool:
    return path.rpartition(".")[2] in _TEXT_METHODS


def _name(path: str) -> str:
    for prefix in ("builtins.", "global.", "?."):
        path = path.removeprefix(prefix)
    return path


def _into(
    it: Interpreter, frame: Frame, wanted: int | str, args: Args, receiver: Value | None, node: ir.Call, taints: Taints
) -> None:
    """A call writes text into its receiver or an argument."""
    if not taints:
        return
    if wanted == _SELF:
        _write_receiver(it, frame, node, taints)
        return
    for value, at in argument(it, frame, wanted, args, receiver, node):
        _write(it, frame, at, value, taints)


def _write_receiver(it: Interpreter, frame: Frame, node: ir.Call, taints: Taints) -> None:
    if isinstance(node.func, ir.Attr):
        value = value_here(it, frame, node.func.base)
        if value is not None:
            _write(it, frame, node.func.base, value, taints)


def _write(it: Interpreter, frame: Frame, at: ir.Node, value: Value, taints: Taints) -> None:
    cells = it.cells(frame, value)
    for number, cell in cells:
        it.write(frame, number, cell.put(None, Value(taints)))
    for path in value.paths():
        if not path.startswith(("?.", "builtins.", "global.")):
            it.keep(path, it.share(frame, Value(taints)))
    if not cells and isinstance(at, ir.Name) and at.id in frame.state.env:
        frame.state.env[at.id] = plus_taints(value, taints)


def _call_back(
    it: Interpreter, frame: Frame, known: Outside, args: Args, receiver: Value | None, taints: Taints
) -> Value | None:
    """Functions given to a library: it may call them, with anything that it has."""
    result: Value | None = None
    for value in args.all():
        for fn in functions_in(it, frame, value, depth=1):
            info = it.program.functions[fn.id]
            if known.passed or fn.id in it.entry_facts or info.cls is not None:
                continue
            given = Value(taints, receiver.refs if receiver is not None else UNKNOWN.refs)
            count = len([each for each in info.node.params if each.kind == "plain"])
            before = frame.state.copy()
            found = call_value(it, frame, of(fn), Args([given] * min(count, 1)), it.place(frame, info.node))
            frame.state = join_states(before, frame.state)  # it may never be called
            result = found if result is None else join(result, found)
    return result
