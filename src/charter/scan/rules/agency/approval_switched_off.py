r"""
## What it does

Finds settings by which nobody is asked before a tool runs: `require_approval="never"` for a server's tools,
`human_input_mode="NEVER"` beside code execution, permission modes that let everything pass.

## Why this is bad

The question is the one moment at which a person can see what the model is about to do. Without it, a sentence in a page
or a mail that the model reads is enough to have every tool of the agent used.

## Example

```python
client.responses.create(
    model=MODEL,
    input=question,
    tools=[{"type": "mcp", "server_label": "crm", "server_url": URL, "require_approval": "never"}],
)
```

## Use instead

```python
tools=[{
    "type": "mcp", "server_label": "crm", "server_url": URL,
    "require_approval": {"never": {"tool_names": ["search", "read"]}},   # the rest asks
}]
```

## References

- CWE-862: Missing Authorization
- OWASP Top 10 for LLM Applications: Excessive Agency
"""

from collections.abc import Iterator

from charter.scan import ir
from charter.scan.analysis import Analysis
from charter.scan.findings import Edit, Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.risks import risk_findings
from charter.scan.rules.snippets import place_of, snippet, source_of

SPEC = RuleSpec(
    id="agency/approval-switched-off",
    title="Nobody is asked before the model acts",
    category="excessive-agency",
    severity="high",
    cwe=("CWE-862",),
    owasp_2025=("LLM06",),
    owasp_2026=("LLM03",),
    advice="Let a person agree; excuse by name only tools that read and cannot harm.",
)
_SETTINGS = frozenset({"require_approval", "requireApproval"})
_SERVER = frozenset({"server_label", "serverLabel", "server_url", "serverUrl", "connector_id", "connectorId"})


def check(analysis: Analysis) -> Iterator[Finding]:
    """Settings that the facts know, and servers' tools that never ask."""
    seen = set()
    for finding in risk_findings(SPEC, analysis, "Nobody sees what the model is about to do."):
        seen.add((finding.place.path, finding.place.line))
        yield finding
    for path, module in sorted(analysis.modules.items()):
        for node in ir.walk(module.body):
            setting = _never(node) if isinstance(node, ir.Record) else None
            if setting and (path, setting.at.line) not in seen:
                yield _finding(analysis, module, setting)


def _never(node: ir.Record) -> ir.Const | None:
    """The "never" in the description of a server whose tools the model may call."""
    values = {entry.key.value: entry.value for entry in node.entries if isinstance(entry.key, ir.Const)}
    settings = [value for key, value in values.items() if key in _SETTINGS]
    if _SERVER.isdisjoint(map(str, values)) or not settings:
        return None
    return settings[0] if isinstance(settings[0], ir.Const) and settings[0].value == "never" else None


def _finding(analysis: Analysis, module: ir.Module, setting: ir.Const) -> Finding:
    place = place_of(module.path, setting.at)
    quote = source_of(module, setting.at)[:1]
    return Finding(
        rule=SPEC.id,
        category=SPEC.category,
        severity=SPEC.severity,
        confidence="high",
        place=place,
        message="All tools of this server run without a question. Nobody sees what the model is about to do.",
        edits=(Edit(place, f"{quote}always{quote}"),),
        snippet=snippet(analysis, place),
    )
