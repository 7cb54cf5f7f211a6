"""What each kind of statement does to the state."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from charter.scan import ir
from charter.scan.engine import access
from charter.scan.engine.approval import note_asking
from charter.scan.engine.args import Args
from charter.scan.engine.calls import call_function
from charter.scan.engine.definitions import define_class, define_function, export, import_names
from charter.scan.engine.expressions import evaluate, plus
from charter.scan.engine.frame import Frame, Jumps
from charter.scan.engine.guards import refine, refine_case
from charter.scan.engine.interpreter import Interpreter, functions_in
from charter.scan.engine.raising import learn_raised
from charter.scan.engine.state import Cell, State, join_states, same_state
from charter.scan.engine.targets import assign
from charter.scan.engine.types import value_of_type
from charter.scan.engine.values import UNKNOWN, Fn, Value, as_checked_before, join, plus_taints

_LOOP_ROUNDS = 2
_MOST_JUMPS = 8


def run_block(it: Interpreter, frame: Frame, block: ir.Block) -> None:
    """Statements one after another, until the way ends. JavaScript's functions are there from the beginning."""
    if frame.module.node.language == "typescript":
        for statement in block:
            if isinstance(statement, ir.Define):
                define_function(it, frame, statement.function)
    for statement in block:
        if not frame.state.alive:
            return
        _RUNNERS[type(statement)](it, frame, statement)
        if frame.owns_heap and len(frame.state.heap) > frame.most_cells:
            it.let_go(frame)
        if frame.info is None and frame.parent is None:
            frame.module.env = frame.state.env


def _assign(it: Interpreter, frame: Frame, node: ir.Assign) -> None:
    typed = value_of_type(it, frame, node.annotation) if node.annotation is not None else None
    if node.value is None:
        if typed is not None and typed.refs:
            for target in node.targets:
                assign(it, frame, target, typed, node, True)
        return
    value = evaluate(it, frame, node.value)
    if node.op:
        held = evaluate(it, frame, node.targets[0])
        value = plus(it, frame, held, value, node.op) if node.op in ("+", "%", "*") else join(held, value)
    elif typed is not None and typed.refs and not value.refs:
        value = Value(value.taints, typed.refs, value.consts)
    for target in node.targets:
        assign(it, frame, target, value, node, node.declares)
    learn_raised(it, frame, node.value, kept=True)
    _note_test(frame, node)


def _note_test(frame: Frame, node: ir.Assign) -> None:
    """``ok = x in KNOWN``, ``ok, why = check(x)``: a later ``if ok`` is that test."""
    target, value = node.targets[0], node.value
    if isinstance(target, ir.Sequence) and target.items and isinstance(value, ir.Call):
        target = target.items[0]
    if isinstance(value, ir.Await):
        value = value.value
    if isinstance(target, ir.Name) and isinstance(value, ir.Binary | ir.Call | ir.Unary) and not node.op:
        frame.state.note_test(target.id, value)


def _evaluate(it: Interpreter, frame: Frame, node: ir.Evaluate) -> None:
    evaluate(it, frame, node.value)
    learn_raised(it, frame, node.value, kept=False)


def _if(it: Interpreter, frame: Frame, node: ir.If) -> None:
    test = evaluate(it, frame, node.test)
    before = frame.state
    frame.state = before.copy()
    known = test.constant() if isinstance(node.test, ir.Name | ir.Const) else None
    untested = before.copy()
    if known is False:
        frame.state.alive = False
    refine(it, frame, node.test, True)
    run_block(it, frame, node.then)
    then = frame.state
    frame.state = before
    if known is True:
        frame.state.alive = False
    refine(it, frame, node.test, False)
    run_block(it, frame, node.other)
    frame.state = _met(untested, then, frame.state)


def _met(before: State, then: State, other: State) -> State:
    """After both branches: where neither ended, the test kept nothing out, and is no check of the text."""
    joined = join_states(then, other)
    if then.alive and other.alive:
        for name, value in before.env.items():
            if value.taints and name in joined.env:
                joined.env[name] = as_checked_before(joined.env[name], value.taints)
        for number, cell in before.heap.items():
            after = joined.heap.get(number)
            if after is not None and after is not cell:
                joined.heap[number] = _fields_before(after, cell)
    return joined


def _fields_before(cell: Cell, before: Cell) -> Cell:
    changed = {
        key: as_checked_before(cell.fields[key], value.taints)
        for key, value in before.fields.items()
        if value.taints and key in cell.fields
    }
    return replace(cell, fields={**cell.fields, **changed}) if changed else cell


def _for(it: Interpreter, frame: Frame, node: ir.For) -> None:
    source = evaluate(it, frame, node.iterable)
    each = access.items_of(it, frame, source, node.keys)
    frame.pinned.append(each)
    left = _loop(it, frame, node.body, lambda: assign(it, frame, node.target, each, node, True))
    frame.pinned.pop()
    run_block(it, frame, node.other)
    for state in left:
        frame.state = join_states(frame.state, state)


def _while(it: Interpreter, frame: Frame, node: ir.While) -> None:
    def begin() -> None:
        evaluate(it, frame, node.test)
        if not node.first:
            refine(it, frame, node.test, True)

    forever = isinstance(node.test, ir.Const) and bool(node.test.value)
    left = _loop(it, frame, node.body, begin)
    if forever:
        frame.state.alive = False
    else:
        refine(it, frame, node.test, False)
        run_block(it, frame, node.other)
    for each in left:
        frame.state = join_states(frame.state, each)


def _loop(it: Interpreter, frame: Frame, body: ir.Block, begin: Callable[[], None]) -> list[State]:
    """Runs a body until another round tells nothing new. Afterwards the state is that before the next round; gives
    the states in which the loop was left by ``break``."""
    before = frame.state
    jumps = Jumps()
    frame.jumps.append(jumps)
    for _ in range(_LOOP_ROUNDS):
        frame.state = before.copy()
        begin()
        run_block(it, frame, body)
        after = frame.state
        for each in jumps.on:
            after = join_states(after, each)
        joined = join_states(before, after)
        if same_state(joined, before):
            break
        before = joined
    frame.jumps.pop()
    frame.state = before
    return jumps.out


def _jump(_: Interpreter, frame: Frame, node: ir.Break | ir.Continue) -> None:
    if frame.jumps:
        states = frame.jumps[-1].out if isinstance(node, ir.Break) else frame.jumps[-1].on
        states.append(frame.state.copy())
        del states[:-_MOST_JUMPS]
    frame.state.alive = False


def _try(it: Interpreter, frame: Frame, node: ir.Try) -> None:
    before = frame.state.copy()
    run_block(it, frame, node.body)
    after = frame.state
    thrown = after.copy()
    thrown.alive = True
    thrown = join_states(before, thrown)
    if after.alive:
        run_block(it, frame, node.other)
        after = frame.state
    for handler in node.handlers:
        frame.state = thrown.copy()
        if handler.target is not None:
            assign(it, frame, handler.target, UNKNOWN, node, True)
        run_block(it, frame, handler.body)
        after = join_states(after, frame.state)
    frame.state = after
    if node.final:
        alive, frame.state.alive = frame.state.alive, True
        run_block(it, frame, node.final)
        frame.state.alive = frame.state.alive and alive


def _with(it: Interpreter, frame: Frame, node: ir.With) -> None:
    for value, target in node.items:
        entered = _entered(it, frame, evaluate(it, frame, value), value)
        if target is not None:
            assign(it, frame, target, entered, node, True)
    run_block(it, frame, node.body)


def _entered(it: Interpreter, frame: Frame, value: Value, node: ir.Expr) -> Value:
    """What ``with … as`` binds: what ``__enter__`` of a scanned class gives, and the thing itself of any other."""
    found: list[Value] = []
    for number, cell in it.cells(frame, value):
        if cell.kind == "instance":
            methods = [*it.method(cell.cls, "__enter__"), *it.method(cell.cls, "__aenter__")]
            found += [call_function(it, frame, Fn(each.id, number), Args(), it.place(frame, node)) for each in methods]
    return join(*found) if found else value


def _match(it: Interpreter, frame: Frame, node: ir.Match) -> None:
    subject = evaluate(it, frame, node.subject)
    frame.pinned.append(subject)
    before = frame.state
    result: State | None = None
    for case in node.cases:
        frame.state = before.copy()
        for each in case.binds:
            assign(it, frame, each, plus_taints(Value(refs=subject.refs), subject.taints), node, True)
        if case.patterns is not None:
            refine_case(it, frame, node.subject, case.patterns)
        if case.guard is not None:
            evaluate(it, frame, case.guard)
            refine(it, frame, case.guard, True)
        run_block(it, frame, case.body)
        result = frame.state if result is None else join_states(result, frame.state)
    frame.pinned.pop()
    has_default = any(case.patterns is None and case.guard is None for case in node.cases)
    frame.state = before if result is None else result if has_default else join_states(result, before)


def _return(it: Interpreter, frame: Frame, node: ir.Return) -> None:
    value = evaluate(it, frame, node.value) if node.value is not None else Value(consts=frozenset([None]))
    note_asking(it, frame, node.value)
    info = frame.info
    if info is not None and info.has_inner and not info.gives_functions:
        inner = functions_in(it, frame, value)
        info.gives_functions = any(it.program.functions[each.id].parent is info for each in inner)
    if frame.depth == 0 and frame.parent is None:
        frame.answers.append((node, value))
    frame.remember_end()
    frame.end(value)


def _raise(it: Interpreter, frame: Frame, node: ir.Raise) -> None:
    if node.value is not None:
        evaluate(it, frame, node.value)
    frame.leave()


def _scope(_: Interpreter, frame: Frame, node: ir.Scope) -> None:
    if frame.info is not None:
        frame.outer_names.update(node.names)


def _import(it: Interpreter, frame: Frame, node: ir.Import) -> None:
    import_names(it, frame, node)


def _export(it: Interpreter, frame: Frame, node: ir.Export) -> None:
    export(it, frame, node)


def _define(it: Interpreter, frame: Frame, node: ir.Define) -> None:
    define_function(it, frame, node.function)


def _define_class(it: Interpreter, frame: Frame, node: ir.DefineClass) -> None:
    frame.state.env[node.definition.name] = define_class(it, frame, node.definition)


def _named_type(it: Interpreter, frame: Frame, node: ir.NamedType) -> None:
    """Types of one's own carry no text: those that stand for a thing of a library are looked up where they are used."""
    if isinstance(node.value, ir.Name | ir.Attr | ir.Index) and node.name not in frame.state.env:
        frame.state.env[node.name] = evaluate(it, frame, node.value)


_RUNNERS: dict[type, Callable[[Interpreter, Frame, Any], None]] = {
    ir.Assign: _assign,
    ir.Evaluate: _evaluate,
    ir.If: _if,
    ir.For: _for,
    ir.While: _while,
    ir.Try: _try,
    ir.With: _with,
    ir.Match: _match,
    ir.Return: _return,
    ir.Raise: _raise,
    ir.Break: _jump,
    ir.Continue: _jump,
    ir.Scope: _scope,
    ir.Import: _import,
    ir.Export: _export,
    ir.Define: _define,
    ir.DefineClass: _define_class,
    ir.NamedType: _named_type,
}
