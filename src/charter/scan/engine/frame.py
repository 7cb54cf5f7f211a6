"""One evaluation of one function: where it stands, what it has returned, which sinks its arguments reach."""

from dataclasses import dataclass, field

from charter.scan import ir
from charter.scan.analysis import FunctionId
from charter.scan.engine.program import FunctionInfo, ModuleInfo
from charter.scan.engine.state import State, join_states
from charter.scan.engine.values import NOTHING, Taint, Value, join
from charter.scan.facts import SinkKind
from charter.scan.findings import Place


@dataclass(frozen=True, slots=True)
class SinkPoint:
    """A place where text must not arrive."""

    kind: SinkKind
    what: str
    path: str
    place: Place
    call: Place
    function: FunctionId
    role: str = ""
    node: ir.Call | ir.Assign | ir.Element | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Hit:
    """Text at a sink."""

    sink: SinkPoint
    taint: Taint


@dataclass(slots=True, eq=False)
class Jumps:
    """The states at the jumps of a loop: at each ``break`` and at each ``continue``."""

    out: list[State] = field(default_factory=list)
    on: list[State] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Frame:
    """One evaluation."""

    module: ModuleInfo
    info: FunctionInfo | None
    state: State
    parent: "Frame | None" = None
    """The evaluation of the function in whose body this one is defined, where that is under way."""
    depth: int = 0
    outer_names: set[str] = field(default_factory=set)
    """Python's global and nonlocal."""
    returned: Value = NOTHING
    yielded: Value = NOTHING
    ended: State | None = None
    """The state at all returns, joined."""
    hits: dict[tuple[object, ...], Hit] = field(default_factory=dict)
    """What the symbolic arguments reach."""
    jumps: list[Jumps] = field(default_factory=list)
    """Of each loop under way."""
    comes_back: bool = True
    """Some way leads to its end or a return; known when it has ended."""
    began_approved: bool = False
    """A person had agreed before it was called."""
    self_cell: int = -1
    owns_heap: bool = False
    """The heap is this evaluation's alone, and cells that nothing refers to any more may be let go."""
    answers: list[tuple[ir.Return, Value]] = field(default_factory=list)
    """What an entry point gives back, and where."""
    pinned: list[Value] = field(default_factory=list)
    """What loops and cases under way still need."""
    most_cells: int = 200

    @property
    def function(self) -> FunctionId:
        """The id under which calls here are recorded."""
        return self.info.id if self.info else f"{self.module.path}:"

    def end(self, value: Value) -> None:
        """``return value``."""
        self.returned = join(self.returned, value)
        self.leave()

    def leave(self) -> None:
        """The way ends here, by return or raise."""
        self.state.alive = False

    def remember_end(self) -> None:
        """Joins the present state to that of the other ends."""
        here = self.state.copy()
        here.alive = True
        self.ended = here if self.ended is None else join_states(self.ended, here)
