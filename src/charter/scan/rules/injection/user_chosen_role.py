"""
## What it does

Finds messages whose `role` comes from a user: a role that is copied out of a request, or a whole list of messages that
goes from the request to the model as it is.

## Why this is bad

The role says who speaks. Who may choose it chooses `system`, and writes the instructions; or puts words into the mouth
of the "assistant". Sending the conversation back and forth through the browser is common, which makes it no safer.

## Example

```typescript
const { messages } = await request.json()
const result = await client.chat.completions.create({ model, messages })
```

## Use instead

```typescript
const { messages } = await request.json()
const turns = messages.map((m) => ({
  role: m.role === 'assistant' ? 'assistant' : 'user',
  content: String(m.content),
}))
const system = { role: 'system', content: PROMPT }
const result = await client.chat.completions.create({ model, messages: [system, ...turns] })
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
    title="The user chooses the roles of messages",
    category="prompt-injection",
    severity="medium",
    cwe=("CWE-1427", "CWE-639"),
    owasp_2025=("LLM01",),
    owasp_2026=("LLM01",),
    advice="Set every role yourself, and let only 'user' and 'assistant' through.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Roles out of users' text."""
    found = ways(analysis, lambda flow: flow.label == "U" and flow.kind == "messages" and flow.role == "role")
    return flow_findings(SPEC, found, analysis, "Whoever may choose the role may speak as the system.")
