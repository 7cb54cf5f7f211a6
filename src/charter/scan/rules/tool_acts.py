"""What the rules on tools without approval have in common: a tool, and the call with power that it comes to."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from charter.scan.analysis import Analysis, CallSite, Flow, Tool
from charter.scan.findings import CONFIDENCES, Confidence, Finding, Place, Severity, Step
from charter.scan.rule import RuleSpec
from charter.scan.rules.flows import short, ways, weakness
from charter.scan.rules.programs import programs
from charter.scan.rules.reach import defined, reached_by_tools
from charter.scan.rules.snippets import snippet

_NEAR = 3
"""Lines below its name within which a tool's call needs no finding of its own beside the tool's."""


@dataclass(frozen=True, slots=True)
class Act:
    """A call with power, in a tool or below it."""

    tool: Tool
    place: Place
    what: str
    """The call, by its access path."""
    confidence: Confidence
    steps: tuple[Step, ...] = ()
    note: str = ""


def acts_by_flow(analysis: Analysis, keep: Callable[[Flow, CallSite | None], bool]) -> Iterator[Act]:
    """Calls that a model's text reaches as a command, a path, a query: what was checked on the way is none."""
    reached = reached_by_tools(analysis)
    found = ways(analysis, lambda flow: flow.label == "M" and flow.kind != "program-file")
    for way in (*found, *programs(analysis)):
        flow = way.flow
        if flow.function in reached and keep(flow, way.site):
            tool = defined(analysis, reached[flow.function])
            yield Act(tool, flow.call, flow.sink, flow.confidence, flow.steps, weakness(flow))


def acts_by_site(analysis: Analysis, keep: Callable[[CallSite], bool]) -> Iterator[Act]:
    """Calls that act on the world, and not in words of the application's own alone."""
    reached = reached_by_tools(analysis)
    for function, tool in reached.items():
        for site in analysis.graph.sites.get(function, ()):
            chosen = not site.given <= site.constants.keys()
            if not site.approved and chosen and keep(site):
                yield Act(defined(analysis, tool), site.place, site.path, "medium" if "M" in site.labels else "low")


def act_findings(
    spec: RuleSpec,
    acts: Iterable[Act],
    analysis: Analysis,
    does: str,
    severity: Severity | None = None,
) -> Iterator[Finding]:
    """
    One finding for each call; and where it stands away from the tool, one for the tool too: the one place shows what is
    done, the other is where to ask, or to offer less.
    """
    seen: set[Place] = set()
    for act in sorted(acts, key=lambda act: (act.place, CONFIDENCES.index(act.confidence), len(act.steps))):
        for place in (act.place,) if _is_near(act) else (act.place, act.tool.place):
            if place not in seen:
                seen.add(place)
                yield Finding(
                    rule=spec.id,
                    category=spec.category,
                    severity=severity or spec.severity,
                    confidence=act.confidence,
                    place=place,
                    message=f"The tool '{short(act.tool.name)}' lets the model {does} ({short(act.what)}), and nobody "
                    f"is asked before.{act.note}",
                    steps=act.steps,
                    related=(_elsewhere(act, place),),
                    snippet=snippet(analysis, place),
                )


def _elsewhere(act: Act, place: Place) -> Step:
    if place == act.tool.place:
        return Step(act.place, "it is done here", "call")
    return Step(act.tool.place, f"the tool '{short(act.tool.name)}', which the model may call", "call")


def _is_near(act: Act) -> bool:
    tool = act.tool.place
    return tool.path == act.place.path and abs(act.place.line - tool.line) <= _NEAR
