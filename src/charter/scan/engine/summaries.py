"""Function summaries: a function is evaluated once for each shape of its arguments, whatever text they carry.

The text in the arguments is replaced by numbered symbols. What the function gives back, writes into its arguments and
lets reach a sink is then known by symbol, and each caller puts its own text in their place.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from charter.scan.engine.calls import returned
from charter.scan.engine.frame import Frame
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.program import FunctionInfo
from charter.scan.engine.state import Cell, numbers_in, reachable
from charter.scan.engine.summary import Summary
from charter.scan.engine.values import (
    ALL_KINDS,
    CLEAN,
    NONE,
    NOTHING,
    UNKNOWN,
    Fn,
    Loc,
    Ref,
    Taint,
    Taints,
    Value,
    cleared,
    further,
    join_taints,
    single,
)
from charter.scan.facts import SinkKind
from charter.scan.findings import Place, Step

_EXACT_SHAPES, _MOST_SHAPES = 8, 16
"""How many shapes of a function's arguments are told apart to the constant, and at all."""
_MOST_CELLS = 40
_MOST_RESULT = 60
"""Cells that a caller is given back; of a larger thing, only whose text it carries."""
_MOST_DEPTH = 5
_LONGEST_KEPT = 40
_ROUNDS = 3
_WHOLE: frozenset[SinkKind] = ALL_KINDS


@dataclass(slots=True)
class Shape:
    """Arguments without their text."""

    key: list[object] = field(default_factory=list)
    actual: list[int] = field(default_factory=list)
    """The caller's number of each cell; the callee knows it as minus its position, minus two (minus one is no cell)."""
    cells: dict[int, Cell] = field(default_factory=dict)
    texts: list[Taints] = field(default_factory=list)
    """What each symbol stands for."""
    names: list[str] = field(default_factory=list)
    """The parameter in which each symbol came."""
    symbols: dict[object, int] = field(default_factory=dict)


def call_by_summary(
    it: Interpreter,
    frame: Frame,
    info: FunctionInfo,
    env: dict[str, Value],
    bound: int,
    place: Place,
    known_only: bool,
) -> Value | None:
    """Calls a function: makes its summary for this shape of arguments, or uses the one that is there."""
    shape = Shape()
    count = it.collected.shapes.get(info.id, 0)
    if count >= _MOST_SHAPES or it.unit.work > it.enough:
        env = {name: coarse(it, frame, value) for name, value in env.items()}
    many = count >= _EXACT_SHAPES
    inner_env = {name: _abstract(it, frame, shape, value, name, 0, many) for name, value in env.items()}
    key = (info.id, bound != -1, frame.state.approved, *shape.key)
    summary = it.summaries.get(key)
    if summary is None:
        if known_only or it.is_spent():
            return None
        summary = _make(it, frame, info, key, shape, inner_env, bound)
    summary.again = summary.making
    it.unit.reads |= summary.reads
    value = _apply(it, frame, info, summary, shape, place)
    return UNKNOWN if value is NOTHING and summary.making else value


def coarse(it: Interpreter, frame: Frame, value: Value) -> Value:
    """A value of which only the text, and what class it is of, are kept."""
    refs: set[Ref] = set()
    for ref in value.refs:
        if isinstance(ref, Loc):
            cell = it.cell(frame, ref.number)
            if cell is not None and cell.kind == "instance":
                refs |= it.instance(cell.cls).refs
        elif isinstance(ref, Fn) and ref.bound != -1:
            cell = it.cell(frame, ref.bound)
            bound = next(it.instance(cell.cls).locs()) if cell is not None and cell.kind == "instance" else -1
            refs.add(Fn(ref.id, bound))
        else:
            refs.add(ref)
    return Value(it.collect(frame, value), frozenset(refs))


def _abstract(it: Interpreter, frame: Frame, shape: Shape, value: Value, name: str, depth: int, many: bool) -> Value:
    taints = CLEAN
    if value.taints:
        symbol = shape.symbols.setdefault(tuple(value.taints), len(shape.texts))
        if symbol == len(shape.texts):
            shape.texts.append(value.taints)
            shape.names.append(name)
        taints = single(Taint("P", "", None, symbol))
        shape.key.append(symbol)
    refs: list[Ref] = []
    for ref in sorted(value.refs, key=repr) if len(value.refs) > 1 else value.refs:
        refs += _abstract_ref(it, frame, shape, ref, name, depth, many)
    consts = value.consts
    if consts is not None and not all(_is_telling(each, many) for each in consts):
        consts = None
    shape.key.append((tuple(refs), consts))
    return Value(taints, frozenset(refs), consts)


def _is_telling(constant: object, many: bool) -> bool:
    if isinstance(constant, str):
        return constant.isidentifier() and len(constant) <= (12 if many else _LONGEST_KEPT)
    return constant is None or isinstance(constant, bool) or (isinstance(constant, int) and not many)


def _abstract_ref(
    it: Interpreter, frame: Frame, shape: Shape, ref: Ref, name: str, depth: int, many: bool
) -> Iterable[Ref]:
    if isinstance(ref, Fn) and ref.bound != -1:
        number = _abstract_cell(it, frame, shape, ref.bound, name, depth, many)
        return [Fn(ref.id, number)] if number is not None else [Fn(ref.id)]
    if isinstance(ref, Loc):
        number = _abstract_cell(it, frame, shape, ref.number, name, depth, many)
        return [Loc(number)] if number is not None else []
    return [ref]


def _abstract_cell(
    it: Interpreter, frame: Frame, shape: Shape, number: int, name: str, depth: int, many: bool
) -> int | None:
    if number not in frame.state.heap:
        return number  # shared: the callee sees it too
    if number in shape.actual:
        return -2 - shape.actual.index(number)
    if depth >= _MOST_DEPTH or len(shape.actual) >= _MOST_CELLS:
        return None
    cell = frame.state.heap[number]
    mine = -2 - len(shape.actual)
    shape.actual.append(number)
    shape.key.append((cell.kind, cell.cls, cell.length))
    fields = {}
    for key, value in cell.fields.items():
        shape.key.append(key)
        fields[key] = _abstract(it, frame, shape, value, name, depth + 1, many)
    rest = cell.rest if cell.rest is NOTHING else _abstract(it, frame, shape, cell.rest, name, depth + 1, many)
    shape.cells[mine] = Cell(cell.kind, fields, rest, cell.length, cell.cls)
    return mine


def _make(
    it: Interpreter,
    frame: Frame,
    info: FunctionInfo,
    key: tuple[object, ...],
    shape: Shape,
    env: dict[str, Value],
    bound: int,
) -> Summary:
    """Evaluates the function; one that calls itself until nothing new comes of it."""
    it.collected.shapes[info.id] = it.collected.shapes.get(info.id, 0) + 1
    summary = Summary(NOTHING, {}, shape.cells, (), {}, set())
    outer_reads, it.unit.reads = it.unit.reads, set()
    for _ in range(_ROUNDS):
        it.summaries[key] = summary
        summary.making, summary.again = True, False
        inner = it.frame_for(info, dict(env), dict(shape.cells), frame.depth + 1)
        inner.owns_heap = True
        inner.self_cell = _self_cell(shape, bound)
        inner.state.approved = frame.state.approved
        it.run_body(inner, info.node.body)
        value = returned(it, inner, inner)
        cells = _to_return(inner.state.heap, value, shape.cells)
        if len(cells) > _MOST_RESULT:
            value = coarse(it, inner, value)
            cells = _to_return(inner.state.heap, value, shape.cells)
        hits = tuple(inner.hits.values())
        made = Summary(value, cells, shape.cells, hits, _checked(inner, env), set(it.unit.reads))
        _note_asking(it, info, inner)
        settled = made.value == summary.value and len(made.hits) == len(summary.hits)
        recursive, summary = summary.again, made
        if settled or not recursive:
            break
    it.summaries[key] = summary
    it.unit.reads = outer_reads | it.unit.reads
    return summary


def _to_return(heap: dict[int, Cell], value: Value, arguments: dict[int, Cell]) -> dict[int, Cell]:
    """The cells that a caller can see afterwards, without arguments that are as they were."""
    seen = reachable(heap, [*arguments, *numbers_in(value)])
    return {number: heap[number] for number in seen if arguments.get(number) is not heap[number]}


def _self_cell(shape: Shape, bound: int) -> int:
    if bound == -1:
        return -1
    return -2 - shape.actual.index(bound) if bound in shape.actual else bound


def _note_asking(it: Interpreter, info: FunctionInfo, inner: Frame) -> None:
    """A function that gives back a person's answer asks a person itself."""
    if any(path in it.collected.answers for path in inner.returned.paths()):
        it.collected.asks[info.id] = True


def _checked(inner: Frame, env: dict[str, Value]) -> dict[int, frozenset[SinkKind]]:
    """Which arguments are safe for what once the function has come back."""
    found: dict[int, frozenset[SinkKind]] = {}
    for name, value in env.items():
        now = inner.state.env.get(name)
        if now is None or not value.taints or not now.taints or now.refs != value.refs:
            continue
        symbols = {taint.symbol for taint in value.taints.values()}
        if {taint.symbol for taint in now.taints.values()} != symbols or _was_assigned(now):
            continue
        kinds = _WHOLE
        for taint in now.taints.values():
            kinds &= taint.cleared
        if kinds:
            found.update(dict.fromkeys(symbols, kinds))
    return found


def _was_assigned(value: Value) -> bool:
    """An escaped copy under the same name says nothing of the caller's text."""
    return any(taint.trail is not None for taint in value.taints.values())


def _apply(it: Interpreter, frame: Frame, info: FunctionInfo, summary: Summary, shape: Shape, place: Place) -> Value:
    """Puts the caller's text where the summary has symbols."""
    renamed: dict[int, int] = {}
    steps = [Step(place, f"passed to {_name(info)}() as '{name}'", "call") for name in shape.names]
    back = Step(place, f"returned by {_name(info)}()", "return")

    def text(taints: Taints, *last: Step) -> Taints:
        found = CLEAN
        for taint in taints.values():
            if taint.label != "P":
                found = join_taints(found, single(replace(taint, trail=further(taint.trail, *last))))
            elif taint.symbol < len(shape.texts):
                found = join_taints(found, _instead(taint, shape.texts[taint.symbol], steps[taint.symbol], last))
        return found

    def number_of(number: int) -> int:
        if number < 0:
            return shape.actual[-2 - number] if -2 - number < len(shape.actual) else number
        if number not in summary.cells:
            return number
        if number not in renamed:
            renamed[number] = it.fresh()
        return renamed[number]

    def moved(value: Value, *last: Step) -> Value:
        if not value.taints and not value.refs:
            return value
        refs = frozenset(
            Loc(number_of(ref.number)) if isinstance(ref, Loc)
            else Fn(ref.id, number_of(ref.bound)) if isinstance(ref, Fn) and ref.bound != -1
            else ref
            for ref in value.refs
        )  # fmt: skip
        return Value(text(value.taints, *last) if value.taints else CLEAN, refs, value.consts)

    result = moved(summary.value, back)
    _copy_cells(it, frame, summary, moved, number_of)
    for hit in summary.hits:
        it.hit(frame, hit.sink, text(single(hit.taint)))
    _learn_checks(frame, summary, shape)
    return result


def _copy_cells(
    it: Interpreter,
    frame: Frame,
    summary: Summary,
    moved: Callable[[Value], Value],
    number_of: Callable[[int], int],
) -> None:
    for number, cell in summary.cells.items():
        if number < 0 and summary.before.get(number) == cell:
            continue
        fields = {key: moved(value) for key, value in cell.fields.items()}
        new = Cell(cell.kind, fields, moved(cell.rest), cell.length, cell.cls)
        frame.state.heap[number_of(number)] = new
        if cell.kind == "instance":
            for key, value in fields.items():
                if value.taints and isinstance(key, str):
                    it.set_field(cell.cls, key, it.share(frame, value))


def _instead(taint: Taint, actual: Taints, step: Step, last: tuple[Step, ...]) -> Taints:
    """The caller's text in the place of a symbol: its own way, the call, the way within."""
    found = CLEAN
    within = taint.trail.steps() if taint.trail is not None else ()
    for each in actual.values():
        if each.label != "P" and each.cleared | taint.cleared >= ALL_KINDS:
            continue
        trail = further(each.trail, step, *within, *last)
        made = Taint(
            each.label, each.origin, trail, each.symbol, each.cleared | taint.cleared, each.weak or taint.weak,
            each.doubts + taint.doubts,
        )  # fmt: skip
        found = join_taints(found, single(made))
    return found


def _learn_checks(frame: Frame, summary: Summary, shape: Shape) -> None:
    """``validate(x)`` came back: the caller's x is checked."""
    if not summary.checked:
        return
    keys = {tuple(shape.texts[symbol]): kinds for symbol, kinds in summary.checked.items() if symbol < len(shape.texts)}
    for name, value in list(frame.state.env.items()):
        kinds = keys.get(tuple(value.taints), NONE) if value.taints else NONE
        if kinds:
            frame.state.env[name] = Value(cleared(value.taints, kinds), value.refs, value.consts)


def _name(info: FunctionInfo) -> str:
    if info.node.name == "__init__" and info.cls is not None:
        return info.cls.node.name
    return info.node.name or "a function"
