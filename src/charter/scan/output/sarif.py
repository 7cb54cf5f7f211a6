"""The result as SARIF 2.1.0, for code-scanning services and editors."""

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from charter import __version__
from charter.scan.findings import Edit, Finding, NotAnalysed, Place, Severity, Step
from charter.scan.output.frames import Frames
from charter.scan.output.json import harmless
from charter.scan.result import ScanResult
from charter.scan.rule import RuleSpec
from charter.scan.rules import all_rules

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_LEVELS: Mapping[Severity, str] = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
_SCORES: Mapping[Severity, str] = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.5"}
"""What services sort by: over 9.0 is critical to them, over 7.0 high, over 4.0 medium."""


def render(result: ScanResult) -> str:
    """The SARIF text, with a newline at its end."""
    frames = Frames(result.root)
    places = {spec.id: place for place, spec in enumerate(result.rules)}
    seen: Counter[str] = Counter()
    results = [_result(finding, frames, places, seen) for finding in result.findings]
    for answered in result.suppressed:
        suppression = {"kind": "inSource", "justification": answered.reason}
        results.append(_result(answered.finding, frames, places, seen) | {"suppressions": [suppression]})
    before = {"suppressions": [{"kind": "external"}]}
    results += [_result(finding, frames, places, seen) | before for finding in result.known]
    run = {
        "tool": {"driver": _driver(result.rules)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The scanned folder."}}},
        "invocations": [_invocation(result)],
        "results": results,
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(harmless(log), indent=2, ensure_ascii=False) + "\n"


def _driver(rules: Sequence[RuleSpec]) -> dict[str, Any]:
    pages = {rule.spec.id: rule.page for rule in all_rules()}
    return {
        "name": "charter",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(spec, pages.get(spec.id, "")) for spec in rules],
    }


def _rule(spec: RuleSpec, page: str) -> dict[str, Any]:
    cwe = [f"external/cwe/{each.lower()}" for each in spec.cwe]
    owasp = [f"owasp-llm-2025-{each}" for each in spec.owasp_2025] + [
        f"owasp-llm-2026-{each}" for each in spec.owasp_2026
    ]
    return {
        "id": spec.id,
        "name": "".join(word.capitalize() for word in spec.id.replace("/", "-").split("-")),
        "shortDescription": {"text": f"{spec.title}."},
        "fullDescription": {"text": f"{spec.title}. {spec.advice}"},
        "help": {"text": spec.advice, "markdown": page or spec.advice},
        "defaultConfiguration": {"level": _LEVELS[spec.severity]},
        "properties": {
            "category": spec.category,
            "security-severity": _SCORES[spec.severity],
            "tags": ["security", "llm", spec.category, *cwe, *owasp],
        },
    }


def _result(finding: Finding, frames: Frames, places: Mapping[str, int], seen: Counter[str]) -> dict[str, Any]:
    seen[finding.fingerprint] += 1
    found: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [_location(finding.place, frames)],
        "partialFingerprints": {"charter/v1": f"{finding.fingerprint}:{seen[finding.fingerprint]}"},
        "properties": {
            "category": finding.category,
            "severity": finding.severity,
            "confidence": finding.confidence,
            "security-severity": _SCORES[finding.severity],
        },
    }
    if finding.rule in places:
        found["ruleIndex"] = places[finding.rule]
    if finding.steps:
        found["codeFlows"] = [{"threadFlows": [{"locations": [_flow(step, frames) for step in finding.steps]}]}]
    if finding.related:
        found["relatedLocations"] = [
            _location(step.place, frames, step.what) | {"id": number} for number, step in enumerate(finding.related, 1)
        ]
    if finding.edits:
        found["fixes"] = [_fix(finding.edits)]
    return found


def _flow(step: Step, frames: Frames) -> dict[str, Any]:
    importance = "essential" if step.kind in ("source", "sink") else "important"
    return {"location": _location(step.place, frames, step.what), "kinds": [step.kind], "importance": importance}


def _location(place: Place, frames: Frames, what: str = "") -> dict[str, Any]:
    region = _region(place)
    code = frames.frame(place, 0)
    if code:
        region["snippet"] = {"text": "\n".join(line.text for line in code)}
    found: dict[str, Any] = {"physicalLocation": {"artifactLocation": _artifact(place.path), "region": region}}
    if what:
        found["message"] = {"text": what}
    return found


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(os.fsencode(path)), "uriBaseId": _ROOT}


def _region(place: Place) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": place.line, "startColumn": place.column}
    if place.end_line:
        region |= {"endLine": place.end_line, "endColumn": place.end_column}
    return region


def _fix(edits: Sequence[Edit]) -> dict[str, Any]:
    by_path: dict[str, list[Edit]] = {}
    for edit in edits:
        by_path.setdefault(edit.place.path, []).append(edit)
    return {
        "description": {"text": "As 'charter scan --fix' does it."},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(path),
                "replacements": [
                    {"deletedRegion": _region(edit.place), "insertedContent": {"text": edit.text}} for edit in of_path
                ],
            }
            for path, of_path in by_path.items()
        ],
    }


def _invocation(result: ScanResult) -> dict[str, Any]:
    told = [_unread(each) for each in result.not_analysed]
    told += [
        {"level": "error", "message": {"text": f"{crash.rule} failed: {crash.error}"}, "locations": [_file(crash.path)]}
        for crash in result.crashes
    ]
    notes = [
        {"level": "note", "message": {"text": note.text}, "locations": [_file(note.path, note.line)]}
        for note in result.notes
    ]
    return {
        "executionSuccessful": not result.incomplete,
        "exitCode": result.exit_code,
        "toolExecutionNotifications": told,
        "toolConfigurationNotifications": notes,
    }


def _unread(each: NotAnalysed) -> dict[str, Any]:
    part = "a part of it was" if each.partly else "it was"
    return {
        "level": "warning",
        "message": {"text": f"{each.path}: {part} not analysed: {each.reason}"},
        "locations": [_file(each.path, each.line)],
    }


def _file(path: str, line: int = 0) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(path)}
    if line:
        physical["region"] = {"startLine": line}
    return {"physicalLocation": physical}
