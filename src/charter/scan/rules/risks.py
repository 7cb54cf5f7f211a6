"""Findings for calls and settings that the facts call a fault by themselves."""

from collections.abc import Callable, Iterator

from charter.scan.analysis import Analysis, CallSite
from charter.scan.findings import Edit, Finding, Place
from charter.scan.rule import RuleSpec
from charter.scan.rules.flows import short
from charter.scan.rules.snippets import snippet


def risk_findings(
    spec: RuleSpec, analysis: Analysis, says: str, edits: Callable[[CallSite], tuple[Edit, ...]] | None = None
) -> Iterator[Finding]:
    """One finding for each call whose risk this rule reports, unless a person is asked before it."""
    seen: set[Place] = set()
    sites = [site for each in analysis.graph.sites.values() for site in each]
    for site in sorted(sites, key=lambda site: site.place):
        if site.risk and site.risk.rule == spec.id and not site.approved and site.place not in seen:
            seen.add(site.place)
            yield Finding(
                rule=spec.id,
                category=spec.category,
                severity=site.risk.severity or spec.severity,
                confidence="high",
                place=site.place,
                message=f"{short(_name(site.path))}: {short(site.risk.what)}. {says}",
                edits=edits(site) if edits else (),
                snippet=snippet(analysis, site.place),
            )


def _name(path: str) -> str:
    """The last two names of an access path: enough to know it again in the code."""
    return ".".join(path.replace("()", "").split(".")[-2:])
