"""
## What it does

Finds a whole list of messages that comes from a user and goes to the model as it is.

## Why this is bad

The list can hold a message of the role `system`, and answers of the "assistant" that were never given: both steer the
model. Sending the conversation back and forth through the browser is common, which makes it no safer.

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
- OWASP Top 10 for LLM Applications: Prompt Injection
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.flows import flow_findings, ways
from charter.scan.rules.instructions import is_whole_list

SPEC = RuleSpec(
    id="injection/user-supplied-messages",
    title="The whole list of messages comes from the user",
    category="prompt-injection",
    severity="medium",
    cwe=("CWE-1427",),
    owasp_2025=("LLM01",),
    owasp_2026=("LLM01",),
    advice="Build the list yourself: set every role, and let only 'user' and 'assistant' through.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Lists of messages out of users' hands."""
    found = ways(analysis, lambda flow: flow.label == "U" and is_whole_list(flow))
    return flow_findings(SPEC, found, analysis, "It may hold a message of the role 'system'.")
