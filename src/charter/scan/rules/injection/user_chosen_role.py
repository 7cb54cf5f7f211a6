"""
## What it does

Finds a message whose `role` comes from a user.

## Why this is bad

The role says who speaks. Who may choose it chooses `system`, and writes the instructions.

## Example

```python
messages.append({"role": item["role"], "content": item["content"]})   # item came with the request
```

## Use instead

```python
role = "assistant" if item["role"] == "assistant" else "user"
messages.append({"role": role, "content": item["content"]})
```

Better still, keep the conversation on the server, and take nothing but the newest message from the request.

## References

- CWE-1427: Improper Neutralization of Input Used for LLM Prompting
- CWE-639: Authorization Bypass Through User-Controlled Key
- OWASP Top 10 for LLM Applications: Prompt Injection
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.flows import flow_findings, ways

SPEC = RuleSpec(
    id="injection/user-chosen-role",
    title="The role of a message is chosen by the user",
    category="prompt-injection",
    severity="high",
    cwe=("CWE-1427", "CWE-639"),
    owasp_2025=("LLM01",),
    owasp_2026=("LLM01",),
    advice="Set the role yourself, or let only 'user' and 'assistant' through.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Roles out of users' text."""
    found = ways(analysis, lambda flow: flow.label == "U" and flow.kind == "messages" and flow.role == "role")
    return flow_findings(SPEC, found, analysis, "Whoever may choose the role may speak as the system.")
