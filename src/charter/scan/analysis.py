"""What the engine tells the rules: flows of labelled text, the calls and tools it saw, and who calls whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from charter.scan import ir
from charter.scan.facts import Capability, Label, Risk, SinkKind
from charter.scan.findings import Confidence, NotAnalysed, Place, Step

FunctionId = str
"""``path:qualified.name:line``, ``app/agent.py:Agent.run:12``; a module's own statements are ``path:``."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Labelled text that reaches a sink."""

    label: Label
    kind: SinkKind
    what: str
    """The sink in words, from the facts: "runs it as Python"."""
    sink: str
    """The access path of the call, or the attribute, "subprocess.run"."""
    place: Place
    """The expression that carries the text into the sink."""
    call: Place
    """The call (or assignment) that is the sink."""
    steps: tuple[Step, ...]
    """From source to sink, both included; the source's words come from the facts."""
    confidence: Confidence
    function: FunctionId
    """Where the sink's call stands."""
    weak: str = ""
    """A check on the way that does not suffice, in words: "startswith", "a denylist"."""
    source_path: str = ""
    """The access path of the source."""
    role: str = ""
    """For ``messages``: whose content it is ("system", "developer"); "role" where the role itself is labelled."""
    node: ir.Call | ir.Assign | ir.Element | None = field(default=None, compare=False)
    """The sink in the tree, for fixes."""


@dataclass(frozen=True, slots=True)
class CallSite:
    """One call of something outside the scanned code, whose path is known."""

    path: str
    place: Place
    function: FunctionId
    node: ir.Call
    constants: Mapping[str | int, object]
    """The arguments that are constants, by position or keyword."""
    given: frozenset[str | int]
    """All arguments that were passed."""
    approved: bool
    """A person's yes stands before it on every way."""
    capability: Capability | None = None
    what: str = ""
    risk: Risk | None = None
    labels: frozenset[Label] = frozenset()
    """The labels that any argument carries."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that a model may call."""

    function: FunctionId
    name: str
    place: Place
    framework: str
    path: str
    """What made it a tool: the decorator's path, the call it was passed to, the base class."""
    description: str
    approved: bool
    """A setting says that a person is asked before it runs."""


@dataclass(frozen=True, slots=True)
class CallGraph:
    """Who calls whom, resolved; and the outside calls in each function."""

    callees: Mapping[FunctionId, frozenset[FunctionId]]
    sites: Mapping[FunctionId, tuple[CallSite, ...]]
    asked: Mapping[FunctionId, frozenset[FunctionId]] = field(default_factory=dict)
    """Of the callees those that are called only after a person's yes."""

    def reachable(self, function: FunctionId) -> tuple[FunctionId, ...]:
        """A function and all that it may come to call, nearest first."""
        found, waiting = {function: None}, [function]
        for this in waiting:
            for callee in sorted(self.callees.get(this, ())):
                if callee not in found:
                    found[callee] = None
                    waiting.append(callee)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class ModelCall:
    """A call that runs a language model."""

    site: CallSite
    provider: str
    model: str
    """The model's name where it is a constant; else ""."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything a rule may look at."""

    modules: Mapping[str, ir.Module]
    flows: Sequence[Flow]
    graph: CallGraph
    tools: Sequence[Tool]
    model_calls: Sequence[ModelCall]
    functions: Mapping[FunctionId, ir.Function]
    stores: Sequence[CallSite] = ()
    not_analysed: Sequence[NotAnalysed] = ()
    """What the engine gave up on."""
