"""What the engine has seen: flows, calls, tools, and who calls whom."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from charter.scan import ir
from charter.scan.analysis import CallGraph, CallSite, Flow, FunctionId, ModelCall, Tool
from charter.scan.engine.conditions import holds
from charter.scan.engine.frame import Frame, SinkPoint
from charter.scan.engine.outside import Outside
from charter.scan.engine.program import FunctionInfo
from charter.scan.engine.values import IN_MESSAGE, Taint, Trail, Value
from charter.scan.facts import Capability, Capable, Label, Risk, Sink
from charter.scan.findings import Confidence, Place, Step

if TYPE_CHECKING:
    from charter.scan.engine.args import Args
    from charter.scan.engine.interpreter import Interpreter

_CONFIDENCE: tuple[Confidence, ...] = ("high", "medium", "low")
_LONG_WAY = 15
"""Steps after which it is less sure that each one carries the text."""
INSTRUCTIONS = frozenset({"messages", "instructions", "system-template", "tool-description"})


class Collected:
    """Everything that rules will look at, as it is found."""

    def __init__(self) -> None:
        self.functions: dict[FunctionId, FunctionInfo] = {}
        self.flows: dict[tuple[object, ...], Flow] = {}
        self.tools: dict[FunctionId, Tool] = {}
        self.sites: dict[tuple[str, Place, FunctionId], CallSite] = {}
        self.model_calls: dict[tuple[str, Place], ModelCall] = {}
        self.stores: dict[tuple[str, Place], CallSite] = {}
        self.edges: dict[FunctionId, dict[FunctionId, bool]] = defaultdict(dict)
        """Callees of each function, and whether a person was asked before every call."""
        self.answers: set[str] = set()
        """Paths of results in which a person answers."""
        self.asks: dict[FunctionId, bool] = {}
        """Functions that ask a person and give back the answer."""
        self.shapes: dict[FunctionId, int] = {}

    def edge(self, caller: FunctionId, callee: FunctionId, approved: bool) -> None:
        """One function calls another."""
        self.edges[caller][callee] = approved and self.edges[caller].get(callee, True)

    def flow(self, sink: SinkPoint, taint: Taint) -> None:
        """Text of a known label has reached a sink."""
        if taint.label == "P" or (taint.label != "M" and sink.kind not in INSTRUCTIONS):
            return
        if sink.role == "role" and taint.label != "U":
            return  # the model's own turn, put back as it came, is no instruction of anybody's
        if sink.kind == "messages" and sink.role != "role" and taint.trail is not None:
            sink = replace(sink, place=taint.trail.last(IN_MESSAGE) or sink.place)
        label: Label = taint.label
        steps = _with_sink(taint.trail, sink)
        doubts = taint.doubts + (len(steps) > _LONG_WAY)
        confidence, source = _CONFIDENCE[min(doubts, 2)], taint.origin.split("@")[0]
        made = Flow(
            label, sink.kind, sink.what, sink.path, sink.place, sink.call, steps, confidence, sink.function, taint.weak,
            source, sink.role, sink.node,
        )  # fmt: skip
        key = (sink.kind, sink.place, sink.role, label, taint.origin)
        held = self.flows.get(key)
        if held is None or _rank(made) < _rank(held):
            self.flows[key] = made

    def call(self, it: "Interpreter", frame: Frame, known: Outside, node: ir.Call, args: "Args") -> None:
        """A call of something outside."""
        if any(approval.call for approval in known.approvals):
            self.answers.add(f"{known.path}()")
        if not known.is_known:
            return
        capability, what, risk = _power(it, frame, known, args)
        site = CallSite(
            known.path,
            it.place(frame, node),
            frame.function,
            node,
            _constants(args),
            frozenset([*args.named, *range(len(args.positional))]),
            frame.state.approved,
            capability,
            what,
            risk,
            _labels(it, frame, args) if capability is not None or risk is not None else frozenset(),
        )
        key = (known.path, site.place, site.function)
        held = self.sites.get(key)
        if held is not None:
            site = _both(held, site)
        self.sites[key] = site
        if known.models:
            name = next((each.name for each in known.models if each.name is not None), None)
            model = site.constants.get(name, "") if name is not None else ""
            self.model_calls[known.path, site.place] = ModelCall(site, known.models[0].provider, str(model or ""))
        if known.stores:
            self.stores[known.path, site.place] = replace(site, what=known.stores[0].what)

    def graph(self) -> CallGraph:
        """Who calls whom, and what each calls outside."""
        sites: dict[FunctionId, list[CallSite]] = defaultdict(list)
        for site in self.sites.values():
            sites[site.function].append(site)
        callees = {caller: frozenset(found) for caller, found in self.edges.items()}
        asked = {caller: frozenset(each for each in found if found[each]) for caller, found in self.edges.items()}
        return CallGraph(callees, {function: tuple(found) for function, found in sites.items()}, asked)


def _both(one: CallSite, other: CallSite) -> CallSite:
    """One call, as two evaluations saw it: what holds of both, and whatever power either gives."""
    constants = {key: value for key, value in one.constants.items() if other.constants.get(key, not value) == value}
    return replace(
        other,
        constants=constants,
        approved=one.approved and other.approved,
        capability=one.capability or other.capability,
        what=one.what or other.what,
        risk=one.risk or other.risk,
        labels=one.labels | other.labels,
    )


def _power(it: "Interpreter", frame: Frame, known: Outside, args: "Args") -> tuple[Capability | None, str, Risk | None]:
    capability: Capability | None = None
    what = ""
    facts: tuple[Sink | Capable, ...] = (*known.sinks, *known.capable)
    for fact in facts:
        if (
            fact.capability is not None
            and capability is None
            and all(holds(it, frame, each, args) for each in fact.when)
        ):
            capability, what = fact.capability, fact.what
    risk = next((each for each in known.risks if all(holds(it, frame, when, args) for when in each.when)), None)
    if risk is not None and risk.capability is not None and capability is None:
        capability = risk.capability
    return capability, what, risk


def _constants(args: "Args") -> Mapping[str | int, object]:
    found: dict[str | int, object] = {}
    given: list[tuple[str | int, Value]] = [*enumerate(args.positional), *args.named.items()]
    for key, value in given:
        if value.consts is not None and len(value.consts) == 1:
            found[key] = value.constant()
    return found


def _labels(it: "Interpreter", frame: Frame, args: "Args") -> frozenset[Label]:
    found: set[Label] = set()
    for value in args.all():
        for taint in it.collect(frame, value).values():
            if taint.label != "P":
                found.add(taint.label)
    return frozenset(found)


def _with_sink(trail: Trail | None, sink: SinkPoint) -> tuple[Step, ...]:
    steps = trail.steps() if trail is not None else ()
    noun = sink.what.startswith(("the ", "a ", "an "))
    last = Step(sink.place, f"reaches {sink.what if noun else f'{sink.path}, which {sink.what}'}", "sink")
    return (*steps, last)


def _rank(flow: Flow) -> tuple[int, int]:
    return _CONFIDENCE.index(flow.confidence), len(flow.steps)
