r"""
## What it does

Finds agents whose limit of steps is taken away, or set so high that it is none: `max_iterations=None`, a recursion
limit of thousands.

## Why this is bad

A model that goes in circles, or is led to, goes on calling tools and spending money until somebody notices.

## Example

```python
executor = AgentExecutor(agent=agent, tools=tools, max_iterations=None)
```

## Use instead

```python
executor = AgentExecutor(agent=agent, tools=tools, max_iterations=8, max_execution_time=120)
```

## References

- CWE-834: Excessive Iteration; CWE-770: Allocation of Resources Without Limits or Throttling
- OWASP Top 10 for LLM Applications: Excessive Agency
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.risks import risk_findings

SPEC = RuleSpec(
    id="agency/unlimited-steps",
    title="An agent has no limit of steps",
    category="excessive-agency",
    severity="medium",
    cwe=("CWE-834", "CWE-770"),
    owasp_2025=("LLM06", "LLM10"),
    owasp_2026=("LLM03", "LLM06"),
    advice="Set a limit of steps, and one of time or cost.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Agents without a limit."""
    return risk_findings(SPEC, analysis, "Nothing stops it but the model itself.")
