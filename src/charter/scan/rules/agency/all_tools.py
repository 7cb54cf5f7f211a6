r"""
## What it does

Finds agents that are given tools by a wildcard: every tool of a server, every function of a module, `"*"`.

## Why this is bad

The list grows by itself: what is added to the server tomorrow, by whoever runs it, the model may call tomorrow. Each
tool more is a way more to do harm.

## Example

```python
options = ClaudeAgentOptions(allowed_tools=["*"])
```

## Use instead

```python
options = ClaudeAgentOptions(allowed_tools=["Read", "Grep"])
```

## References

- CWE-250: Execution with Unnecessary Privileges; CWE-269: Improper Privilege Management
- OWASP Top 10 for LLM Applications: Excessive Agency
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.risks import risk_findings

SPEC = RuleSpec(
    id="agency/all-tools",
    title="An agent gets every tool there is",
    category="excessive-agency",
    severity="medium",
    cwe=("CWE-250", "CWE-269"),
    owasp_2025=("LLM06",),
    owasp_2026=("LLM03",),
    advice="Name the tools that this agent needs.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Tools by wildcard."""
    return risk_findings(SPEC, analysis, "What is added later is allowed as well.")
