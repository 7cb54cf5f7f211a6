"""Entry points: each function evaluated by itself, with what frameworks are known to give to its parameters."""

from charter.scan import ir
from charter.scan.analysis import Tool
from charter.scan.engine import access
from charter.scan.engine.args import Args
from charter.scan.engine.calls import call_ref, default_of
from charter.scan.engine.conditions import argument
from charter.scan.engine.frame import Frame
from charter.scan.engine.interpreter import Interpreter, functions_in
from charter.scan.engine.outside import Outside
from charter.scan.engine.program import ClassInfo, FunctionInfo
from charter.scan.engine.sinks import reach
from charter.scan.engine.state import Cell
from charter.scan.engine.types import value_of_type
from charter.scan.engine.values import (
    Cls,
    Ext,
    Fn,
    Taint,
    Taints,
    Trail,
    Value,
    join,
    of,
    plus_taints,
    single,
)
from charter.scan.facts import Parameters, Sink
from charter.scan.findings import Step
from charter.scan.patterns import matches

_CLOSED = frozenset(
    ["int", "float", "bool", "complex", "date", "datetime", "Decimal", "UUID", "Literal", "number", "boolean"]
)
_ENUMS = ("Enum", "IntEnum", "StrEnum")
_MOST_DEPTH = 3


def decorate(it: Interpreter, frame: Frame, info: FunctionInfo, value: Value) -> Value:
    """A function after its decorators: what frameworks then give to it, and what wraps it."""
    from charter.scan.engine.expressions import evaluate

    for node in reversed(info.node.decorators):
        called = node if isinstance(node, ir.Call) else None
        decorator = evaluate(it, frame, called.func if called is not None else node)
        for ref in decorator.refs:
            if isinstance(ref, Ext):
                for fact in it.facts.decorated(ref.path, frame.module.node.language):
                    register(it, frame, info, fact, ref.path, called)
            elif isinstance(ref, Fn):
                made = of(ref) if called is None else evaluate(it, frame, called)
                wrapped = [call_ref(it, frame, each, Args([value]), it.place(frame, node)) for each in made.refs]
                value = join(value, *(each for each in wrapped if any(isinstance(inner, Fn) for inner in each.refs)))
        if called is not None and not any(isinstance(ref, Fn) for ref in decorator.refs):
            evaluate(it, frame, called)
    return value


def class_methods(it: Interpreter, frame: Frame, info: ClassInfo) -> None:
    """Methods that a framework calls because of the class's bases."""
    bases = access.bases_outside(it, info.id)
    for method in info.methods.values():
        for base in bases:
            for fact in it.facts.methods(f"{base}.{method.node.name}", frame.module.node.language):
                register(it, frame, method, fact, base, None)


def passed(it: Interpreter, frame: Frame, known: Outside, node: ir.Call, args: Args) -> None:
    """Functions that a call hands to a framework."""
    for wanted, fact in known.passed:
        for value, _ in argument(it, frame, wanted, args, None, node):
            for fn in functions_in(it, frame, value):
                register(it, frame, it.program.functions[fn.id], fact, known.path, node)


def exported(it: Interpreter, frame: Frame, name: str, value: Value) -> None:
    """Functions that a framework finds by file and name, or by a directive."""
    language = frame.module.node.language
    facts = [*it.facts.exported(f"{frame.module.path}:{name}", language)]
    first = frame.module.node.body[:1]
    if first and isinstance(first[0], ir.Evaluate) and isinstance(first[0].value, ir.Const):
        said = first[0].value.value
        facts += [fact for fact in it.facts.parameters(language) if said in fact.directive]
    for fact in facts:
        for fn in functions_in(it, frame, value):
            register(it, frame, it.program.functions[fn.id], fact, f"{frame.module.path}:{name}", None)


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
    from charter.scan.engine.calls import arguments
    from charter.scan.engine.conditions import holds

    conditions = [when for approval in it.facts_for(frame).call(path).approvals for _, when in approval.when]
    if not conditions:
        return False
    args = arguments(it, frame, node)
    return any(holds(it, frame, when, args) for when in conditions)


def run_entry(it: Interpreter, info: FunctionInfo) -> None:
    """Evaluates a function with arguments of which only what frameworks and annotations say is known."""
    it.unit.reads.add(("params", info.id))
    frame = it.frame_for(info, {}, {}, 0)
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
            reach(it, frame, sink, info.node.name, frame.returned, it.place(frame, info.node), info.node)
    if info.has_inner:
        for name, value in frame.state.env.items():
            shared = it.share(frame, value)
            held = info.closure.get(name)
            info.closure[name] = shared if held is None else join(held, shared)


def _begin(
    it: Interpreter, frame: Frame, info: FunctionInfo, facts: list[Parameters], position: int, param: ir.Param
) -> None:
    """One parameter as the function begins."""
    from charter.scan.engine.targets import assign

    value = default_of(it, frame, info, param)
    known = Value(value.taints, value.refs)
    if not known.refs and param.annotation is None and param.name:
        known = of(Ext(f"?.{param.name}"))
    for fact in facts:
        known = _given(it, frame, fact, position, param, known)
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
    return labelled(it, frame, param.annotation, value, single(Taint(fact.label, origin, trail)))


def _is_skipped(it: Interpreter, frame: Frame, fact: Parameters, param: ir.Param) -> bool:
    if param.name in fact.skip:
        return True
    paths = set()
    for node in (param.annotation, param.default):
        for each in ir.walk(node) if node is not None else ():
            if isinstance(each, ir.Name | ir.Attr):
                from charter.scan.engine.expressions import evaluate

                paths |= set(evaluate(it, frame, each).paths())
    names = {name for path in paths for name in it.facts.canonical(path, frame.module.node.language)}
    return any(matches(pattern, name) for pattern in fact.skip for name in names)


def labelled(
    it: Interpreter, frame: Frame, annotation: ir.Expr | None, value: Value, taints: Taints, depth: int = 0
) -> Value:
    """A value that carries a label, as far as its type leaves room for text: not in numbers, choices, enums."""
    if annotation is not None and is_closed(it, frame, annotation):
        return value
    inner = _model_of(it, value)
    if inner is None or depth >= _MOST_DEPTH:
        return plus_taints(value, taints)
    cell = Cell("instance", cls=inner.id)
    for each in reversed(it.program.lineage(inner.id)):
        for name, of_field in each.annotations.items():
            held = value_of_type(it, frame, of_field)
            if _is_constrained(each, name):
                cell = cell.put(name, held)
            else:
                cell = cell.put(name, labelled(it, frame, of_field, held, taints, depth + 1))
    return it.allocate(frame, cell)


def _model_of(it: Interpreter, value: Value) -> ClassInfo | None:
    """The scanned data class that a parameter is an instance of."""
    for number in value.locs():
        cell = it.shared.get(number)
        info = it.program.classes.get(cell.cls) if cell is not None else None
        if info is not None and any(each.annotations for each in it.program.lineage(info.id)):
            return info
    return None


def is_closed(it: Interpreter, frame: Frame, annotation: ir.Expr) -> bool:
    """A type with no room for text: numbers, a choice of constants, an enum."""
    if isinstance(annotation, ir.Binary) and annotation.op == "|":
        return all(_is_none(each) or is_closed(it, frame, each) for each in (annotation.left, annotation.right))
    if isinstance(annotation, ir.Index):
        name = _last_name(annotation.base)
        if name in ("Optional", "Annotated", "list", "List", "Array") and annotation.key is not None:
            first = annotation.key.items[0] if isinstance(annotation.key, ir.Sequence) else annotation.key
            return is_closed(it, frame, first) or (name == "Annotated" and _has_pattern(annotation.key))
        return name in _CLOSED
    if isinstance(annotation, ir.Const):
        return annotation.value is None
    if _last_name(annotation) in _CLOSED:
        return True
    if isinstance(annotation, ir.Name):
        from charter.scan.engine.names import look_up

        found = look_up(it, frame, annotation.id, it.place(frame, annotation))
        return any(isinstance(ref, Cls) and _is_enum(it, ref.id) for ref in found.refs)
    return False


def _is_none(node: ir.Expr) -> bool:
    return isinstance(node, ir.Const) and node.value is None


def _last_name(node: ir.Expr) -> str:
    return node.id if isinstance(node, ir.Name) else node.name if isinstance(node, ir.Attr) else ""


def _is_enum(it: Interpreter, cls: str) -> bool:
    paths = access.bases_outside(it, cls)
    return any(path.rpartition(".")[2] in _ENUMS for path in paths)


def _has_pattern(node: ir.Expr) -> bool:
    return any(isinstance(each, ir.Arg) and each.name in ("pattern", "regex") for each in ir.walk(node))


def _is_constrained(info: ClassInfo, name: str) -> bool:
    """``name: str = Field(pattern=…)``."""
    return any(
        isinstance(each, ir.Assign)
        and each.value is not None
        and any(isinstance(target, ir.Name) and target.id == name for target in each.targets)
        and _has_pattern(each.value)
        for each in info.node.body
    )
