"""
## What it does

Finds text of a user that becomes part of what the model takes as its developer's instructions: the content of a message
of the role `system` or `developer`, a parameter such as `system=` or `instructions=`, or a prompt that knows no roles.
The text is followed from where it comes in, through functions, fields, templates and files, to that place.

## Why this is bad

A model trusts its instructions. Whoever writes a part of them can take back the rest: "ignore what was said above".
Training a model to be harmless does not help, for it cannot see who wrote which sentence of one message. The role of a
message is the only border there is.

## Example

```python
client.chat.completions.create(
    model=MODEL,
    messages=[{"role": "system", "content": f"You help with {request.json['topic']}."}],
)
```

## Use instead

```python
client.chat.completions.create(
    model=MODEL,
    messages=[
        {"role": "system", "content": "You help with the topic that the user names."},
        {"role": "user", "content": request.json["topic"]},
    ],
)
```

A value out of a closed set may stay in the instructions: compare it with the constants that you expect, or parse it
into an enum or a number, before you put it there.

## References

- CWE-1427: Improper Neutralization of Input Used for LLM Prompting
- OWASP Top 10 for LLM Applications: Prompt Injection
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.edits_role import to_user_role
from charter.scan.rules.flows import flow_findings, ways
from charter.scan.rules.instructions import into_instructions

SPEC = RuleSpec(
    id="injection/user-text-in-system-prompt",
    title="A user's text is part of the system prompt",
    category="prompt-injection",
    severity="high",
    cwe=("CWE-1427",),
    owasp_2025=("LLM01",),
    owasp_2026=("LLM01",),
    advice="Put the text into a message of the role 'user'; only values of a closed set belong in the instructions.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Text of users among the instructions."""
    found = ways(analysis, lambda flow: flow.label == "U" and into_instructions(flow))
    says = "Whoever sends it can rewrite the instructions that stand around it."
    return flow_findings(SPEC, found, analysis, says, edits=lambda way: to_user_role(analysis, way.flow))
