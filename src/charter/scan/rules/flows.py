"""From flows to findings: what the rules on text that reaches a sink have in common."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from charter.scan import ir
from charter.scan.analysis import Analysis, CallSite, Flow, Tool
from charter.scan.facts import Label
from charter.scan.findings import CONFIDENCES, Edit, Finding, Severity, Step
from charter.scan.rule import RuleSpec
from charter.scan.rules.snippets import snippet
from charter.terminal import neutral

WHOSE: dict[Label, str] = {"U": "A user's text", "T": "Text of a tool or a document", "M": "A model's text"}
OTHERS = 5
"""Other sources of the same finding that are listed."""
SHORT = 160
"""Characters of a scanned file's words within a message."""


@dataclass(frozen=True, slots=True)
class Way:
    """A flow with the call that it ends in, where that is known."""

    flow: Flow
    site: CallSite | None


def ways(analysis: Analysis, keep: Callable[[Flow], bool]) -> Iterator[Way]:
    """The flows that a rule is about, without those before which a person has said yes."""
    sites = {id(site.node): site for each in analysis.graph.sites.values() for site in each}
    approved = [tool for tool in analysis.tools if tool.approved and tool.function in analysis.functions]
    for flow in filter(keep, analysis.flows):
        site = sites.get(id(flow.node)) if flow.node is not None else None
        asked = any(_argument_of(analysis.functions[tool.function], tool, flow) for tool in approved)
        if not (site and site.approved) and not asked:
            yield Way(flow, site)


def flow_findings(
    spec: RuleSpec,
    found: Iterable[Way],
    analysis: Analysis,
    says: str,
    *,
    severity: Callable[[Way], Severity] | None = None,
    edits: Callable[[Way], tuple[Edit, ...]] | None = None,
) -> Iterator[Finding]:
    """One finding for each place, told by the best known of the ways to it; ``says`` why that is bad."""

    def spot(way: Way) -> tuple[str, int, int]:
        place = way.flow.place
        return place.path, place.line, place.column

    for _, group in groupby(sorted(found, key=lambda way: (*spot(way), *_goodness(way))), key=spot):
        best, *others = group
        flow = best.flow
        yield Finding(
            rule=spec.id,
            category=spec.category,
            severity=severity(best) if severity else spec.severity,
            confidence=flow.confidence,
            place=flow.place,
            message=_message(flow, says),
            steps=flow.steps,
            related=_other_sources(flow, others),
            edits=edits(best) if edits else (),
            snippet=snippet(analysis, flow.place),
        )


def short(words: str) -> str:
    """Words of a scanned file for a message: harmless, on one line, and not long."""
    line = " ".join(neutral(words).split())
    return line if len(line) <= SHORT else f"{line[:SHORT].rstrip()}…"


def weakness(flow: Flow) -> str:
    """A sentence about a check that does not suffice, or nothing."""
    return f" The check on the way ({short(flow.weak)}) does not keep it out." if flow.weak else ""


def _message(flow: Flow, says: str) -> str:
    what = short(flow.what)
    noun = what.startswith(("the ", "a ", "an "))
    reach = f"becomes part of {what}" if noun else f"reaches {short(flow.sink) or 'a call'}, which {what}"
    source = f" ({short(flow.source_path)})" if flow.source_path else ""
    return f"{WHOSE[flow.label]}{source} {reach}. {says}{weakness(flow)}"


def _goodness(way: Way) -> tuple[int, int, str, int]:
    """Surest first, then the shortest way; the rest makes runs alike."""
    flow = way.flow
    start = flow.steps[0].place if flow.steps else flow.place
    return CONFIDENCES.index(flow.confidence), len(flow.steps), start.path, start.line


def _other_sources(flow: Flow, others: list[Way]) -> tuple[Step, ...]:
    """Where else the text comes from, each place once."""
    seen = {flow.steps[0].place} if flow.steps else set()
    found = []
    for way in others:
        if way.flow.steps and way.flow.steps[0].place not in seen:
            seen.add(way.flow.steps[0].place)
            found.append(way.flow.steps[0])
    return tuple(found[:OTHERS])


def _argument_of(function: ir.Function, tool: Tool, flow: Flow) -> bool:
    """The text comes in as an argument of the tool."""
    if flow.label != "M" or not flow.steps or flow.steps[0].place.path != tool.place.path:
        return False
    return function.at.line <= flow.steps[0].place.line <= function.at.end_line
