"""What the rules on tools without approval have in common: a tool, and the call with power that it comes to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from charter.scan.analysis import Analysis, CallSite, Flow, Tool
from charter.scan.findings import Confidence, Finding, Place, Severity, Step
from charter.scan.rule import RuleSpec
from charter.scan.rules.flows import short, ways, weakness
from charter.scan.rules.programs import programs
from charter.scan.rules.reach import definition_of, reached_by_tools
from charter.scan.rules.snippets import snippet


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
            tool = reached[flow.function]
            yield Act(tool, flow.call, flow.sink, flow.confidence, flow.steps, weakness(flow))


def acts_by_site(analysis: Analysis, keep: Callable[[CallSite], bool]) -> Iterator[Act]:
    """Calls that act on the world, and not in words of the application's own alone."""
    reached = reached_by_tools(analysis)
    for function, tool in reached.items():
        for site in analysis.graph.sites.get(function, ()):
            chosen = not site.given <= site.constants.keys()
            if not site.approved and chosen and keep(site):
                yield Act(tool, site.place, site.path, "medium" if "M" in site.labels else "low")


def act_findings(
    spec: RuleSpec,
    acts: Iterator[Act],
    analysis: Analysis,
    does: str,
    severity: Callable[[Act], Severity] | None = None,
) -> Iterator[Finding]:
    """One finding for each call."""
    seen: set[Place] = set()
    for act in sorted(acts, key=lambda act: (act.place, act.confidence, len(act.steps), act.tool.place)):
        if act.place not in seen:
            seen.add(act.place)
            yield Finding(
                rule=spec.id,
                category=spec.category,
                severity=severity(act) if severity else spec.severity,
                confidence=act.confidence,
                place=act.place,
                message=f"The tool '{short(act.tool.name)}' lets the model {does} ({short(act.what)}), and nobody is "
                f"asked before.{act.note}",
                steps=act.steps,
                related=(definition_of(act.tool),),
                snippet=snippet(analysis, act.place),
            )
