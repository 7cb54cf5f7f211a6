"""Entry points: each function evaluated by itself, with what frameworks are known to give to its parameters."""

from charter.scan import ir
from charter.scan.analysis import Tool
from charter.scan.engine import access
from charter.scan.engine.args import Args
from charter.scan.engine.calls import arguments, call_ref, default_of
from charter.scan.engine.conditions import argument, holds
from charter.scan.engine.frame import Frame
from charter.scan.engine.interpreter import Interpreter, functions_in
from charter.scan.engine.labels import labelled
from charter.scan.engine.outside import Outside
from charter.scan.engine.program import ClassInfo, FunctionInfo
from charter.scan.engine.schemas import schema_given, shaped
from charter.scan.engine.shapes import OPEN
from charter.scan.engine.sinks import reach
from charter.scan.engine.state import Cell
from charter.scan.engine.targets import assign
from charter.scan.engine.values import (
    Cls,
    Ext,
    Fn,
    Said,
    Taint,
    Trail,
    Value,
    join,
    of,
    single,
)
from charter.scan.facts import Parameters, Sink
from charter.scan.findings import Step
from charter.scan.patterns import matches


def decorate(it: Interpreter, frame: Frame, info: FunctionInfo, value: Value) -> Value:
    """A function after its decorators: what frameworks then give to it, and what wraps it."""
    for node in reversed(info.node.decorators):
        called = node if isinstance(node, ir.Call) else None
        decorator = it.parts.evaluate(it, frame, called.func if called is not None else node)
        for ref in decorator.refs:
            if isinstance(ref, Ext):
                for fact in it.facts.decorated(ref.path, frame.module.node.language):
                    register(it, frame, info, fact, ref.path, called)
            elif isinstance(ref, Fn):
                made = of(ref) if called is None else it.parts.evaluate(it, frame, called)
                wrapped = [call_ref(it, frame, each, Args([value]), it.place(frame, node)) for each in made.refs]
                value = join(value, *(each for each in wrapped if any(isinstance(inner, Fn) for inner in each.refs)))
        if called is not None and not any(isinstance(ref, Fn) for ref in decorator.refs):
            it.parts.evaluate(it, frame, called)
    return value


def class_methods(it: Interpreter, frame: Frame, info: ClassInfo) -> None:
    """Methods that a framework calls because of the class's bases."""
    bases = it.program.bases_outside(info.id)
    for base in it.program.lineage(info.id)[1:]:  # a framework may be scanned itself
        bases += [base.path, f"?.{base.node.name}"]
    for method in info.methods.values():
        for path in bases:
            for fact in it.facts.methods(f"{path}.{method.node.name}", frame.module.node.language):
                register(it, frame, method, fact, path, None)


def passed(it: Interpreter, frame: Frame, known: Outside, node: ir.Call, args: Args) -> None:
    """Functions that a call hands to a framework."""
    shape = schema_given(it, frame, args, node)[0] if frame.module.node.language == "typescript" else OPEN
    for wanted, fact in known.passed:
        for value, _ in argument(it, frame, wanted, args, None, node):
            for fn in functions_in(it, frame, value):
                register(it, frame, it.program.functions[fn.id], fact, known.path, node)
                if not shape.is_open:
                    it.entry_shapes[fn.id] = shape


def exported(it: Interpreter, frame: Frame, name: str, value: Value) -> None:
    """Functions that a framework finds by file and name, or by a directive."""
    language = frame.module.node.language
    facts = [*it.facts.exported(f"{frame.module.path}:{name}", language)]
    facts += _directed(it, frame, frame.module.node.body)
    for fact in facts:
        for fn in functions_in(it, frame, value):
            register(it, frame, it.program.functions[fn.id], fact, f"{frame.module.path}:{name}", None)


def _directed(it: Interpreter, frame: Frame, body: ir.Block) -> list[Parameters]:
    """What a file or a function is to a framework by the text that it begins with: ``"use server"``."""
    first = min(body, key=lambda each: (each.at.line, each.at.column), default=None)
    if not isinstance(first, ir.Evaluate) or not isinstance(first.value, ir.Const):
        return []
    said = first.value.value
    return [fact for fact in it.facts.parameters(frame.module.node.language) if said in fact.directive]


def directed(it: Interpreter, frame: Frame, info: FunctionInfo) -> None:
    """A function that says itself who calls it."""
    if frame.module.node.language == "typescript":
        for fact in _directed(it, frame, info.node.body):
            register(it, frame, info, fact, f"{info.module.path}:{info.node.name}", None)


def register(
    it: Interpreter, frame: Frame, info: FunctionInfo, fact: Parameters, path: str, node: ir.Call | None
) -> None:
    """A framework calls this function."""
    held = it.entry_facts.setdefault(info.id, {})
    if id(fact) not in held:
        held[id(fact)] = fact
        it.changed.add(("params", info.id))
    if fact.tool:
        approved = node is not None and _is_approved(it, frame, path, node)
        before = it.collected.tools.get(info.id)
        framework = it.facts.framework_of(fact)
        name = info.cls.node.name if info.cls is not None else info.node.name or path
        at = info.node.name_at
        place = it.place(frame, info.node)
        tool = Tool(
            info.id,
            name,
            type(place)(info.module.path, at.line, at.column, at.end_line, at.end_column),
            framework,
            path,
            info.node.doc,
            approved or (before is not None and before.approved),
        )
        it.collected.tools[info.id] = tool


def _is_approved(it: Interpreter, frame: Frame, path: str, node: ir.Call) -> bool:
    """A setting of the decorator, or of the call that the function was given to, asks a person."""
    conditions = [when for approval in it.facts_for(frame).call(path).approvals for _, when in approval.when]
    if not conditions:
        return False
    args = arguments(it, frame, node)
    return any(holds(it, frame, when, args) for when in conditions)


def run_entry(it: Interpreter, info: FunctionInfo) -> None:
    """Evaluates a function with arguments of which only what frameworks and annotations say is known."""
    it.unit.reads.add(("params", info.id))
    frame = it.frame_for(info, {}, {}, 0)
    frame.owns_heap = True
    params = list(info.node.params)
    python = info.module.node.language == "python"
    if info.cls is not None and info.node.kind != "static":
        me = it.allocate(frame, Cell("instance", cls=info.cls.id))
        frame.self_cell = next(me.locs())
        if python and params:
            frame.state.env[params[0].name] = of(Cls(info.cls.id)) if info.node.kind == "class" else me
            params = params[1:]
    facts = list(it.entry_facts.get(info.id, {}).values())
    for position, param in enumerate(params):
        _begin(it, frame, info, facts, position, param)
    it.run_body(frame, info.node.body)
    for fact in facts:
        if fact.returns is not None:
            sink = Sink(kind=fact.returns, what=fact.what)
            for node, value in frame.answers:
                if fact.returns != "html" or Said("<") in it.facts_for(frame).said(value):
                    reach(it, frame, sink, info.node.name, value, it.place(frame, node), node)
    if info.has_inner:
        for name, value in frame.state.env.items():
            shared = it.share(frame, value)
            held = info.closure.get(name)
            info.closure[name] = shared if held is None else join(held, shared)


def _begin(
    it: Interpreter, frame: Frame, info: FunctionInfo, facts: list[Parameters], position: int, param: ir.Param
) -> None:
    """One parameter as the function begins."""
    value = default_of(it, frame, info, param)
    known = Value(value.taints, value.refs)
    if not known.refs and param.annotation is None and param.name:
        known = of(Ext(f"?.{param.name}"))
    given = info.given.get(param.name)
    if given is not None:
        known = join(known, given)
    for fact in facts:
        known = _given(it, frame, fact, position, param, known)
    if position == 0 and info.id in it.entry_shapes:
        known = shaped(it, frame, known, it.entry_shapes[info.id], it.place(frame, param))
    if param.kind == "*":
        known = it.allocate(frame, Cell("list", rest=known))
    elif param.kind == "**":
        known = it.allocate(frame, Cell("record", rest=known))
    if param.pattern is not None:
        assign(it, frame, param.pattern, known, param, True)
    else:
        frame.state.env[param.name] = known


def _given(it: Interpreter, frame: Frame, fact: Parameters, position: int, param: ir.Param, value: Value) -> Value:
    for wanted, path in fact.gives:
        if wanted in (position, param.name, "*"):
            value = of(Ext(path))
    names = [each for each, _ in fact.gives]
    if fact.label is None or _is_skipped(it, frame, fact, param) or (names and position in names):
        return value
    if fact.names and position not in fact.names and param.name not in fact.names:
        return value
    place = it.place(frame, param)
    origin = f"{param.name or 'parameter'}@{place.path}:{place.line}:{place.column}"
    trail = Trail(Step(place, f"{fact.what or 'a parameter'}: {param.name}".rstrip(": "), "source"))
    taint = Taint(fact.label, origin, trail, doubts=access.DOUBTS[fact.confidence])
    return labelled(it, frame, param.annotation, value, single(taint))


def _is_skipped(it: Interpreter, frame: Frame, fact: Parameters, param: ir.Param) -> bool:
    if param.name in fact.skip:
        return True
    paths = set()
    for node in (param.annotation, param.default):
        for each in ir.walk(node) if node is not None else ():
            if isinstance(each, ir.Name | ir.Attr):
                paths |= set(it.parts.evaluate(it, frame, each).paths())
    names = {name for path in paths for name in it.facts.canonical(path, frame.module.node.language)}
    return any(matches(pattern, name) for pattern in fact.skip for name in names)
