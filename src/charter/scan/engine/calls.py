"""Calls: what is called, with what, and what comes back."""

from charter.scan import ir
from charter.scan.engine import access
from charter.scan.engine.args import Args
from charter.scan.engine.frame import Frame
from charter.scan.engine.interpreter import MOST_DEPTH, Interpreter
from charter.scan.engine.program import ClassInfo, FunctionInfo
from charter.scan.engine.state import Cell
from charter.scan.engine.targets import assign
from charter.scan.engine.types import value_of_type
from charter.scan.engine.values import (
    NOTHING,
    UNKNOWN,
    Cls,
    Ext,
    Fn,
    Key,
    Loc,
    Ref,
    Value,
    carrying,
    doubted,
    join,
    join_taints,
    of,
    plus_taints,
)
from charter.scan.findings import Place


def evaluate_call(it: Interpreter, frame: Frame, node: ir.Call) -> Value:
    """A call as an expression."""
    receiver: Value | None = None
    if isinstance(node.func, ir.Attr):
        if _is_super(node.func.base):
            return _call_super(it, frame, node, node.func.name)
        receiver = it.parts.evaluate(it, frame, node.func.base)
        func = access.attribute(it, frame, receiver, node.func.name, it.place(frame, node.func))
    elif isinstance(node.func, ir.Name) and node.func.id == "super" and frame.module.node.language == "typescript":
        return _call_super(it, frame, node, "__init__")
    else:
        func = it.parts.evaluate(it, frame, node.func)
    args = arguments(it, frame, node)
    place = it.place(frame, node)
    values = []
    for ref in sorted(func.refs, key=repr) if len(func.refs) > 1 else func.refs:
        if isinstance(ref, Ext):
            values.append(it.parts.call_outside(it, frame, ref.path, node, args, receiver))
        else:
            values.append(call_ref(it, frame, ref, args, place))
    if not values:
        return _call_unknown(it, frame, func, args)
    if all(each is NOTHING for each in values):
        frame.leave()
    return plus_taints(join(*values), func.taints) if receiver is None and func.taints else join(*values)


def _call_unknown(it: Interpreter, frame: Frame, func: Value, args: Args) -> Value:
    taints = func.taints
    for value in args.all():
        taints = join_taints(taints, doubted(it.collect(frame, value)))
    return carrying(taints)


def arguments(it: Interpreter, frame: Frame, node: ir.Call) -> Args:
    """Evaluates the arguments; spreads of known lists and records are taken apart."""
    args = Args()
    for each in node.args:
        value = it.parts.evaluate(it, frame, each.value)
        if each.spread == "**":
            _spread_names(it, frame, args, value)
        elif each.spread == "*":
            _spread_items(it, frame, args, value)
        elif each.name is not None:
            args.named[each.name] = value
            args.nodes[each.name] = each.value
        else:
            args.nodes[len(args.positional)] = each.value
            args.positional.append(value)
    return args


def _spread_names(it: Interpreter, frame: Frame, args: Args, value: Value) -> None:
    cells = it.cells(frame, value)
    for _, cell in cells:
        for key, inner in cell.fields.items():
            if isinstance(key, str):
                held = args.named.get(key)
                args.named[key] = plus_taints(inner if held is None else join(held, inner), value.taints)
        if cell.rest is not NOTHING:
            args.more = cell.rest if args.more is None else join(args.more, cell.rest)
    if not cells or value.taints:
        args.more = value if args.more is None else join(args.more, value)


def _spread_items(it: Interpreter, frame: Frame, args: Args, value: Value) -> None:
    lists = [cell for _, cell in it.cells(frame, value) if cell.kind == "list"]
    if len(lists) == 1 and lists[0].length is not None and not value.taints:
        args.positional += [lists[0].fields.get(key, UNKNOWN) for key in range(lists[0].length)]
        return
    inner = access.items_of(it, frame, value)
    args.many = inner if args.many is None else join(args.many, inner)


def call_value(it: Interpreter, frame: Frame, func: Value, args: Args, place: Place) -> Value:
    """Calls whatever functions and classes a value is, scanned ones and others."""
    values = []
    for ref in func.refs:
        if isinstance(ref, Ext):
            node = ir.Call(_span(place), ir.Name(_span(place), ref.path.rpartition(".")[2]), ())
            values.append(it.parts.call_outside(it, frame, ref.path, node, args, None))
        else:
            values.append(call_ref(it, frame, ref, args, place))
    return join(*values) if values else UNKNOWN


def call_ref(it: Interpreter, frame: Frame, ref: Ref, args: Args, place: Place) -> Value:
    """Calls one thing of the scanned code."""
    if isinstance(ref, Fn):
        return call_function(it, frame, ref, args, place)
    if isinstance(ref, Cls):
        return make_instance(it, frame, it.program.classes[ref.id], args, place)
    if isinstance(ref, Loc):
        return _call_cell(it, frame, ref.number, args, place)
    return _call_unknown(it, frame, UNKNOWN, args)


def _call_cell(it: Interpreter, frame: Frame, number: int, args: Args, place: Place) -> Value:
    cell = it.cell(frame, number)
    if cell is None:
        return UNKNOWN
    if cell.kind == "partial":
        held = [cell.get(key) for key in sorted(key for key in cell.fields if isinstance(key, int))]
        named = {key: value for key, value in cell.fields.items() if isinstance(key, str) and key != "func"}
        merged = Args([*held, *args.positional], {**named, **args.named}, args.many, args.more, args.nodes)
        return call_value(it, frame, cell.get("func"), merged, place)
    if cell.kind == "instance":
        values = [
            call_function(it, frame, Fn(each.id, number), args, place) for each in it.method(cell.cls, "__call__")
        ]
        if values:
            return join(*values)
    return _call_unknown(it, frame, UNKNOWN, args)


def make_instance(it: Interpreter, frame: Frame, cls: ClassInfo, args: Args, place: Place) -> Value:
    """``Class(…)``: a fresh instance, after its constructor."""
    made = it.allocate(frame, Cell("instance", cls=cls.id))
    number = next(made.locs())
    constructors = [each.methods["__init__"] for each in it.program.lineage(cls.id) if "__init__" in each.methods]
    if constructors:
        call_function(it, frame, Fn(constructors[0].id, number), args, place)
        return made
    names = [name for each in reversed(it.program.lineage(cls.id)) for name in each.annotations]
    given = {**dict(zip(names, args.positional, strict=False)), **args.named}
    cell = it.cell(frame, number) or Cell("instance", cls=cls.id)
    for name, value in given.items():
        cell = cell.put(name, value)
        it.set_field(cls.id, name, it.share(frame, value))
    if args.more is not None:
        cell = cell.put(None, args.more)
    frame.state.heap[number] = cell
    for path in it.program.bases_outside(cls.id):
        _outside_constructor(it, frame, path, args, place)
    return made


def _outside_constructor(it: Interpreter, frame: Frame, path: str, args: Args, place: Place) -> None:
    """A subclass of a library's class is made: what that class's constructor does with its arguments still holds."""
    node = ir.Call(_span(place), ir.Name(_span(place), path.rpartition(".")[2]), ())
    it.parts.reach_sinks(it, frame, it.facts_for(frame).call(path), node, args, None)


def _span(place: Place) -> ir.Span:
    return ir.Span(place.line, place.column, place.end_line, place.end_column)


def _is_super(node: ir.Expr) -> bool:
    if isinstance(node, ir.Call):
        node = node.func
    return isinstance(node, ir.Name) and node.id == "super"


def _call_super(it: Interpreter, frame: Frame, node: ir.Call, name: str) -> Value:
    """``super().name(…)``, from the class in which the method is written."""
    args = arguments(it, frame, node)
    place = it.place(frame, node)
    info = frame.info
    while info is not None and info.cls is None:
        info = info.parent
    if info is None or info.cls is None:
        return UNKNOWN
    for base in it.program.lineage(info.cls.id)[1:]:
        if name in base.methods:
            return call_function(it, frame, Fn(base.methods[name].id, frame.self_cell), args, place)
    cell = it.cell(frame, frame.self_cell) if frame.self_cell != -1 else None
    if name == "__init__" and cell is not None:
        for key, value in args.named.items():
            cell = cell.put(key, value)
            it.set_field(info.cls.id, key, it.share(frame, value))
        it.write(frame, frame.self_cell, cell)
    for path in it.program.bases_outside(info.cls.id):
        outside = path if name == "__init__" else f"{path}().{name}"

        return it.parts.call_outside(it, frame, outside, node, args, None)
    return UNKNOWN


def call_function(it: Interpreter, frame: Frame, fn: Fn, args: Args, place: Place) -> Value:
    """Calls a function of the scanned code: by its summary, or in place where it sees the caller's variables."""
    info = it.program.functions[fn.id]
    it.collected.edge(frame.function, info.id, frame.state.approved)
    too_deep = frame.depth >= MOST_DEPTH or it.under_way[fn.id] >= it.most_within()
    holder = _active(frame, info.parent)
    if too_deep and (holder is not None or info.is_lambda):
        return _call_unknown(it, frame, UNKNOWN, args)
    env = bind(it, frame, info, fn.bound, args)
    it.under_way[fn.id] += 1
    try:
        if holder is not None or info.is_lambda:
            if it.is_spent():
                return _call_unknown(it, frame, UNKNOWN, args)
            return _call_in_place(it, frame, info, env, holder, fn.bound)
        if frame.info is None:
            _share_module(it, frame)
        found = it.parts.call_by_summary(it, frame, info, env, fn.bound, place, too_deep)
        value = _call_unknown(it, frame, UNKNOWN, args) if found is None else found
        if info.gives_functions:
            _remember_given(it, frame, info, env)
        return value
    finally:
        it.under_way[fn.id] -= 1


def _remember_given(it: Interpreter, frame: Frame, info: FunctionInfo, env: dict[str, Value]) -> None:
    """The functions that it gives back see its arguments whenever they are called: its entry begins with those, too."""
    for name, value in env.items():
        if value.taints or any(isinstance(ref, Ext | Loc) for ref in value.refs):
            shared = it.share(frame, value)
            held = info.given.get(name)
            new = shared if held is None else join(held, shared)
            if held is None or new != held:
                info.given[name] = new
                it.changed.add(("params", info.id))


def _active(frame: Frame, parent: FunctionInfo | None) -> Frame | None:
    """The evaluation of the enclosing function that is under way."""
    this: Frame | None = frame
    while this is not None and parent is not None:
        if this.info is parent:
            return this
        this = this.parent
    return None


def _call_in_place(
    it: Interpreter, frame: Frame, info: FunctionInfo, env: dict[str, Value], holder: Frame | None, bound: int
) -> Value:
    """A function within a function that is under way, and a lambda: they see the variables around them."""
    inner = it.frame_for(info, env, frame.state.heap, frame.depth + 1)
    inner.parent = holder if holder is not None else (frame if info.parent is None and frame.info is None else None)
    inner.self_cell = bound if bound != -1 else (holder.self_cell if holder is not None else -1)
    inner.state.approved = inner.began_approved = frame.state.approved
    inner.hits = frame.hits
    it.run_body(inner, info.node.body)
    frame.state.heap = inner.state.heap
    return returned(it, frame, inner)


def returned(it: Interpreter, frame: Frame, inner: Frame) -> Value:
    """What an evaluation gave: of a generator, something to iterate over; nothing where it always raises."""
    if inner.info is not None and inner.info.node.is_generator:
        value = inner.yielded if inner.yielded is not NOTHING else UNKNOWN
        return it.allocate(frame, Cell("list", rest=value))
    if inner.info is not None and not inner.comes_back and not access.is_abstract(inner.info):
        return NOTHING
    return inner.returned if inner.returned is not NOTHING else Value(consts=frozenset([None]))


def _share_module(it: Interpreter, frame: Frame) -> None:
    """A module's statements call a function, which sees the module's variables as they are now."""
    for value in frame.state.env.values():
        if value.refs:
            it.share(frame, value)


def bind(it: Interpreter, frame: Frame, info: FunctionInfo, bound: int, args: Args) -> dict[str, Value]:
    """The variables of a function as it begins."""
    env: dict[str, Value] = {}
    positional, named = list(args.positional), dict(args.named)
    params = list(info.node.params)
    python = info.module.node.language == "python"
    if not python and bound != -1:
        env["this"] = of(Loc(bound))
    if python and info.cls is not None and info.node.kind != "static" and params and params[0].kind == "plain":
        if bound != -1:
            env[params[0].name] = of(Loc(bound))
            params = params[1:]
        elif info.node.kind == "class":
            env[params[0].name] = of(Cls(info.cls.id))
            params = params[1:]
    for param in params:
        if param.kind == "*":
            value = it.allocate(frame, Cell("list", dict(enumerate(positional)), args.many or NOTHING, len(positional)))
            positional = []
        elif param.kind == "**":
            rest: dict[Key, Value] = {}
            rest.update(named)
            value = it.allocate(frame, Cell("record", rest, args.more or NOTHING))
            named = {}
        else:
            value = _argument(it, frame, info, param, positional, named, args)
        if param.pattern is not None:
            _bind_pattern(it, frame, env, param.pattern, value)
        else:
            env[param.name] = value
    return env


def _argument(
    it: Interpreter,
    frame: Frame,
    info: FunctionInfo,
    param: ir.Param,
    positional: list[Value],
    named: dict[str, Value],
    args: Args,
) -> Value:
    if positional and param.kind == "plain":
        value = positional.pop(0)
    elif param.name in named:
        value = named.pop(param.name)
    elif args.more is not None or args.many is not None:
        value = join(*(each for each in (args.more, args.many) if each is not None))
    else:
        return default_of(it, frame, info, param)
    if not value.refs and param.annotation is not None:
        typed = _typed(it, frame, info, param.annotation)
        value = Value(value.taints, typed.refs, value.consts) if typed.refs else value
    return value


def _typed(it: Interpreter, frame: Frame, info: FunctionInfo, annotation: ir.Expr) -> Value:
    inner = it.frame_for(info, {}, frame.state.heap, frame.depth + 1)
    return value_of_type(it, inner, annotation)


def default_of(it: Interpreter, frame: Frame, info: FunctionInfo, param: ir.Param) -> Value:
    """What a parameter is where no argument is given."""
    typed = _typed(it, frame, info, param.annotation) if param.annotation is not None else UNKNOWN
    if param.default is None:
        return typed
    if isinstance(param.default, ir.Const):
        value = Value(consts=frozenset([param.default.value]))
    else:
        inner = it.frame_for(info, {}, frame.state.heap, frame.depth + 1)
        value = it.parts.evaluate(it, inner, param.default)
    return join(value, typed) if typed.refs else value


def _bind_pattern(it: Interpreter, frame: Frame, env: dict[str, Value], pattern: ir.Expr, value: Value) -> None:
    before = frame.state.env
    frame.state.env = env
    assign(it, frame, pattern, value, pattern, True)
    frame.state.env = before
