"""
## What it does

Finds a tool whose name or description is put together from text of a user, a tool or a document, and descriptions that
another server sent and that are passed on to the model unread.

## Why this is bad

A model reads the description of every tool, whether it calls the tool or not, and trusts it as it trusts its
instructions. A sentence in one tool's description can change how all others are used ("tool poisoning").

## Example

```python
Tool(name="search", func=search, description=f"Searches {request.args['site']}. {notes}")
```

## Use instead

```python
Tool(name="search", func=search, description="Searches the site that the argument 'site' names.")
```

Of tools that another server offers, take those you have reviewed, by name, and pin what their descriptions said then.

## References

- CWE-1427: Improper Neutralization of Input Used for LLM Prompting
- OWASP Top 10 for LLM Applications: Prompt Injection
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding, Severity
from charter.scan.rule import RuleSpec
from charter.scan.rules.flows import Way, flow_findings, ways

SPEC = RuleSpec(
    id="injection/text-in-tool-description",
    title="A tool's description holds text of others",
    category="prompt-injection",
    severity="high",
    cwe=("CWE-1427",),
    owasp_2025=("LLM01",),
    owasp_2026=("LLM01",),
    advice="Describe tools in constant words; give what changes as an argument or in a message of the user.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Text of others in tools' descriptions."""
    found = ways(analysis, lambda flow: flow.kind == "tool-description")
    says = "A model trusts a tool's description as it trusts its instructions."
    return flow_findings(SPEC, found, analysis, says, severity=_severity)


def _severity(way: Way) -> Severity:
    return "low" if way.flow.label == "M" else SPEC.severity
