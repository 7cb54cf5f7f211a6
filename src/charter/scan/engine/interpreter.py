"""The abstract interpreter: what all its parts share, and how an evaluation of a function is begun and ended."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from charter.scan import ir
from charter.scan.analysis import FunctionId
from charter.scan.engine.args import Args
from charter.scan.engine.collect import INSTRUCTIONS, Collected
from charter.scan.engine.frame import Frame, Hit, SinkPoint
from charter.scan.engine.outside import Outside, OutsideFacts
from charter.scan.engine.program import FunctionInfo, ModuleInfo, Program
from charter.scan.engine.shapes import Shape
from charter.scan.engine.state import Cell, State, join_cells, numbers_in, reachable
from charter.scan.engine.summary import Summary
from charter.scan.engine.values import (
    CLEAN,
    Fn,
    Loc,
    Taints,
    Value,
    join,
    join_taints,
    of,
)
from charter.scan.fact_base import FactBase
from charter.scan.facts import Parameters, SinkKind
from charter.scan.findings import Place
from charter.scan.template import Template

MOST_DEPTH = 24
MOST_WITHIN = 2
"""How often a function may be evaluated within itself; deeper, what it is given is what it gives back."""
ENOUGH_WORK, LEAST_WORK = 8_000, 400
"""What ``enough`` is at first, and at least."""
MOST_WORK = 60_000
"""Expressions that one entry point may have evaluated, callees included."""
_COLLECT_DEPTH, _COLLECT_CELLS = 5, 48


class TooMuchError(Exception):
    """An entry point whose evaluation would not end in reasonable time."""


@dataclass(slots=True)
class Unit:
    """What one entry point read of things that may still change, so that it is done again when they do."""

    reads: set[tuple[str, ...]] = field(default_factory=set)
    work: int = 0


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the interpreter that all others need, handed in so that no module imports another in a circle."""

    evaluate: Callable[["Interpreter", Frame, ir.Expr], Value]
    run_block: Callable[["Interpreter", Frame, ir.Block], None]
    call_function: Callable[["Interpreter", Frame, Fn, Args, Place], Value]
    call_value: Callable[["Interpreter", Frame, Value, Args, Place], Value]
    call_by_summary: Callable[["Interpreter", Frame, FunctionInfo, dict[str, Value], int, Place, bool], Value | None]
    call_outside: Callable[["Interpreter", Frame, str, ir.Call, Args, Value | None], Value]
    reach_sinks: Callable[["Interpreter", Frame, Outside, ir.Call, Args, Value | None], None]
    structured: Callable[["Interpreter", Frame, Value, str, Place], Value]


class Interpreter:
    """The state of one analysis."""

    def __init__(self, parts: Parts, program: Program, facts: FactBase, templates: Mapping[str, Template]) -> None:
        self.parts, self.program, self.templates = parts, program, templates
        self.outside = {language: OutsideFacts(facts, language) for language in ("python", "typescript")}
        self.facts = facts
        self.collected = Collected()
        self.shared: dict[int, Cell] = {}
        """Cells that outlive an evaluation: of modules, classes, captured variables. They only grow."""
        self.entry_facts: dict[FunctionId, dict[int, Parameters]] = {}
        """What frameworks do with a function's parameters."""
        self.summaries: dict[tuple[object, ...], Summary] = {}
        self.changed: set[tuple[str, ...]] = set()
        self.unit = Unit()
        self.asked: dict[ir.Expr, tuple[ir.Call | ir.Name, ...]] = {}
        """The calls and names in each test, which may be a person's answer."""
        self.total = 0
        """Expressions that all entry points so far have evaluated."""
        self.enough = ENOUGH_WORK
        """Expressions of one entry point after which arguments of calls are no longer told apart in detail."""
        self.under_way: Counter[FunctionId] = Counter()
        self.kept: dict[str, Value] = {}
        """What was stored in things outside: ``streamlit.session_state.messages``."""
        self.predicates: dict[tuple[FunctionId, bool], dict[str, frozenset[SinkKind]]] = {}
        """What a function's answer tells of its parameters: predicates.py."""
        self.schemas: dict[str, Shape] = {}
        """By where they are put together: schemas.py."""
        self.entry_shapes: dict[FunctionId, Shape] = {}
        """The schema of what a framework gives to a function."""
        self._last = 0
        self._instances: dict[str, int] = {}

    # --- the heap ---

    def allocate(self, frame: Frame, cell: Cell) -> Value:
        """A fresh cell."""
        self._last += 1
        frame.state.heap[self._last] = cell
        return of(Loc(self._last))

    def fresh(self) -> int:
        """A number that no cell has."""
        self._last += 1
        return self._last

    def cell(self, frame: Frame, number: int) -> Cell | None:
        """A cell as it is here."""
        return frame.state.heap.get(number) or self.shared.get(number)

    def cells(self, frame: Frame, value: Value) -> list[tuple[int, Cell]]:
        """The cells that a value may be."""
        found = []
        for ref in value.refs:
            if isinstance(ref, Loc):
                cell = self.cell(frame, ref.number)
                if cell is not None:
                    found.append((ref.number, cell))
        return found

    def write(self, frame: Frame, number: int, cell: Cell) -> None:
        """A cell after a change. Shared ones only grow."""
        if number in frame.state.heap:
            frame.state.heap[number] = cell
        elif number in self.shared:
            joined = join_cells(self.shared[number], cell)
            if joined != self.shared[number]:
                self.shared[number] = joined
                self.changed.add(("cell", str(number)))

    def collect(self, frame: Frame, value: Value, depth: int = _COLLECT_DEPTH) -> Taints:
        """What a value carries, itself and within."""
        found = value.taints
        layer, seen = [value], set()
        for _ in range(depth):
            below: list[Value] = []
            for this in layer:
                for ref in this.refs:
                    if isinstance(ref, Loc) and ref not in seen:
                        seen.add(ref)
                        cell = self.cell(frame, ref.number)
                        if cell is not None:
                            below.extend(cell.fields.values())
                            below.append(cell.rest)
            for inner in below:
                if inner.taints:
                    found = join_taints(found, inner.taints)
            if not below or len(seen) > _COLLECT_CELLS:
                break
            layer = below
        return found

    def let_go(self, frame: Frame) -> None:
        """Drops the cells that nothing refers to any more: branches copy the heap, and it should stay small."""
        heap = frame.state.heap
        roots = [*frame.state.env.values(), *frame.pinned, frame.returned, frame.yielded]
        numbers = [number for number in heap if number < 0] + [frame.self_cell]
        kept = reachable(heap, [*numbers, *(each for value in roots for each in numbers_in(value))])
        frame.state.heap = {number: heap[number] for number in kept}
        frame.most_cells = max(frame.most_cells, 2 * len(kept))

    def share(self, frame: Frame, value: Value, done: set[int] | None = None) -> Value:
        """The value with all its cells moved where they outlive this evaluation, without symbols."""
        if not value.refs:
            return concrete(value)
        done = set() if done is None else done
        for ref in value.refs:
            if isinstance(ref, Loc) and ref.number not in done:
                done.add(ref.number)
                cell = frame.state.heap.get(ref.number)
                if cell is not None:
                    fields = {key: self.share(frame, inner, done) for key, inner in cell.fields.items()}
                    moved = Cell(cell.kind, fields, self.share(frame, cell.rest, done), cell.length, cell.cls)
                    held = self.shared.get(ref.number)
                    self.shared[ref.number] = moved if held is None else join_cells(held, moved)
        return concrete(value)

    def instance(self, cls: str) -> Value:
        """Any instance of a class: the one that stands for those that were not seen being made."""
        if cls not in self._instances:
            self._instances[cls] = self.fresh()
            self.shared[self._instances[cls]] = Cell("instance", cls=cls)
        return of(Loc(self._instances[cls]))

    def keep(self, path: str, value: Value) -> None:
        """Something was stored in a thing outside."""
        held = self.kept.get(path)
        new = value if held is None else join(held, value)
        if held is None or new != held:
            self.kept[path] = new
            self.changed.add(("kept", path))

    def set_global(self, frame: Frame, path: str, name: str, value: Value) -> None:
        """A function assigned to a module's variable."""
        env = self.program.modules[path].env
        held, new = env.get(name), self.share(frame, value)
        joined = new if held is None else join(held, new)
        if held is None or joined != held:
            env[name] = joined
            self.changed.add(("global", path, name))

    # --- classes ---

    def set_field(self, cls: str, name: str, value: Value) -> None:
        """Some instance's field was assigned."""
        info = self.program.classes[cls]
        held = info.fields.get(name)
        new = value if held is None else join(held, value)
        if held is None or new != held:
            info.fields[name] = new
            self.changed.add(("field", cls, name))

    def field_of(self, cls: str, name: str) -> Value | None:
        """What any instance's field may hold; None where no class of the lineage has it."""
        found: Value | None = None
        for info in [*self.program.lineage(cls), *self.program.descendants(cls)]:
            self.unit.reads.add(("field", info.id, name))
            for held in (info.fields.get(name), info.attributes.get(name)):
                if held is not None:
                    found = held if found is None else join(found, held)
        return found

    def method(self, cls: str, name: str) -> list[FunctionInfo]:
        """What a method call may run: the nearest definition, and those of subclasses."""
        found: list[FunctionInfo] = []
        for info in self.program.lineage(cls):
            if name in info.methods:
                found.append(info.methods[name])
                break
        below = [info.methods[name] for info in self.program.descendants(cls) if name in info.methods]
        return [*found, *below[:8]]

    # --- hits ---

    def hit(self, frame: Frame, sink: SinkPoint, taints: Taints) -> None:
        """Text is at a sink: a flow where it is known whose, and else this function's business with its callers."""
        if frame.state.approved and sink.kind not in INSTRUCTIONS:
            return
        for taint in taints.values():
            if sink.kind in taint.cleared:
                continue
            if taint.label == "P":
                key = (sink.kind, sink.place, sink.role, taint.symbol, taint.cleared)
                held = frame.hits.get(key)
                if held is None:
                    frame.hits[key] = Hit(sink, taint)
            else:
                self.collected.flow(sink, taint)

    # --- evaluations ---

    def spend(self) -> None:
        """Counts an expression of the entry point under way."""
        self.unit.work += 1
        if self.unit.work > MOST_WORK:
            raise TooMuchError

    def most_within(self) -> int:
        """How often a function may be under way at once: less, when the entry point has cost much already."""
        return 1 if self.unit.work > self.enough else MOST_WITHIN

    def is_spent(self) -> bool:
        """Whether the entry point has cost so much that functions without a summary are not looked into any more."""
        return self.unit.work > 2 * self.enough

    def run_body(self, frame: Frame, body: ir.Block) -> None:
        """Runs a function's statements to all their ends."""

        self.parts.run_block(self, frame, body)
        if frame.state.alive:
            frame.remember_end()
            if frame.info is not None and not frame.info.is_lambda:
                frame.returned = join(frame.returned, Value(consts=frozenset([None])))
        frame.comes_back = frame.ended is not None
        ended = frame.ended if frame.ended is not None else frame.state
        ended.alive = True
        frame.state = ended

    def module(self, path: str) -> ModuleInfo:
        """A module, after its own statements have run (or while they run, in a circle of imports)."""
        info = self.program.modules[path]
        if not info.started:
            info.started = True
            state = State(info.env, {})
            frame = Frame(info, None, state)
            outer, self.unit = self.unit, Unit()
            try:
                self.run_body(frame, info.node.body)
            finally:
                self.unit = outer
            info.env = {name: self.share(frame, value) for name, value in frame.state.env.items()}
        return info

    def frame_for(self, info: FunctionInfo, env: dict[str, Value], heap: dict[int, Cell], depth: int) -> Frame:
        """An evaluation of a function that is about to begin."""
        return Frame(info.module, info, State(env, heap), depth=depth)

    def place(self, frame: Frame, node: ir.Node) -> Place:
        """Where a node of the function stands."""
        at = node.at
        return Place(frame.module.path, at.line, at.column, at.end_line, at.end_column)

    def facts_for(self, frame: Frame) -> OutsideFacts:
        """The facts in the language of the function."""
        return self.outside[frame.module.node.language]


def concrete(value: Value) -> Value:
    """Without what is known to a summary alone."""
    if any(taint.label == "P" for taint in value.taints.values()):
        kept = {key: taint for key, taint in value.taints.items() if taint.label != "P"}
        return Value(kept or CLEAN, value.refs, value.consts)
    return value


def functions_in(interpreter: Interpreter, frame: Frame, value: Value, depth: int = 3) -> Iterable[Fn]:
    """The functions that a value is, or holds in a list or record."""
    layer, seen = [value], set()
    for _ in range(depth + 1):
        below: list[Value] = []
        for this in layer:
            for ref in this.refs:
                if isinstance(ref, Fn):
                    yield ref
                elif isinstance(ref, Loc) and ref not in seen:
                    seen.add(ref)
                    cell = interpreter.cell(frame, ref.number)
                    if cell is not None:
                        below.extend(cell.fields.values())
                        below.append(cell.rest)
        layer = below
