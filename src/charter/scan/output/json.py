"""The result as one JSON object, for programs; described in ``docs/scan.md``."""

import json
from dataclasses import asdict
from typing import Any

from charter import __version__
from charter.scan.findings import Finding, Place, Step
from charter.scan.output.frames import Frames
from charter.scan.result import ScanResult
from charter.terminal import neutral

FORM = 1
"""Raised when a key's meaning changes."""


def render(result: ScanResult) -> str:
    """The JSON text, with a newline at its end."""
    frames = Frames(result.root)
    titles = {spec.id: spec.title for spec in result.rules}
    data = {
        "form": FORM,
        "charter": __version__,
        "incomplete": result.incomplete,
        "exit_code": result.exit_code,
        "counts": {**asdict(result.counts), "findings": result.by_severity()},
        "findings": [_finding(each, frames, titles) for each in result.findings],
        "suppressed": [{**_finding(each.finding, frames, titles), "reason": each.reason} for each in result.suppressed],
        "known": [_finding(each, frames, titles) for each in result.known],
        "hidden": result.hidden,
        "notes": [asdict(note) for note in result.notes],
        "not_analysed": [asdict(each) for each in result.not_analysed],
        "crashes": [asdict(crash) for crash in result.crashes],
    }
    return json.dumps(harmless(data), indent=2, ensure_ascii=False) + "\n"


def harmless(value: Any) -> Any:
    """The value with every text in it made safe for a terminal, and encodable."""
    match value:
        case str():
            return neutral(value)
        case dict():
            return {neutral(str(key)): harmless(each) for key, each in value.items()}
        case list() | tuple():
            return [harmless(each) for each in value]
    return value


def _finding(finding: Finding, frames: Frames, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "title": titles.get(finding.rule, ""),
        "category": finding.category,
        "severity": finding.severity,
        "confidence": finding.confidence,
        **_place(finding.place),
        "message": finding.message,
        "fingerprint": finding.fingerprint,
        "code": [{"line": line.number, "text": line.text} for line in frames.frame(finding.place, 0)],
        "steps": [_step(step) for step in finding.steps],
        "related": [_step(step) for step in finding.related],
        "fixable": bool(finding.edits),
    }


def _place(place: Place) -> dict[str, Any]:
    return asdict(place)


def _step(step: Step) -> dict[str, Any]:
    return {"kind": step.kind, **_place(step.place), "what": step.what}
