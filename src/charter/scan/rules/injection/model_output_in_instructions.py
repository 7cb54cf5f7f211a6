r"""
## What it does

Finds text of an earlier answer of a model that becomes part of the instructions of a later call.

## Why this is bad

If the earlier call had read text of a user or of a document, a sentence of theirs can come through its answer (a
summary, a plan, a "memory") and is then taken for an instruction. The way is longer than that of a user's own text, and
often wanted, as where one model writes another's prompt; hence the low severity.

## Example

```python
summary = client.responses.create(model=MODEL, input=mail).output_text
client.responses.create(model=MODEL, instructions="You know this: " + summary, input=question)
```

## Use instead

```python
client.responses.create(
    model=MODEL,
    instructions="You answer from the notes that the user gives.",
    input=f"<notes>{summary}</notes>\n{question}",
)
```

## References

- CWE-1427: Improper Neutralization of Input Used for LLM Prompting
- OWASP Top 10 for LLM Applications: Prompt Injection
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.flows import flow_findings, ways
from charter.scan.rules.instructions import into_instructions

SPEC = RuleSpec(
    id="injection/model-output-in-instructions",
    title="A model's earlier answer is part of the instructions",
    category="prompt-injection",
    severity="low",
    cwe=("CWE-1427", "CWE-1426"),
    owasp_2025=("LLM01",),
    owasp_2026=("LLM01",),
    advice="Give what a model said before in a message of the role 'user' or 'assistant', not among the instructions.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Text of models among the instructions, where no text of others is found at the same place."""
    others = {flow.place for flow in analysis.flows if flow.label != "M" and into_instructions(flow, templates=True)}
    found = ways(
        analysis,
        lambda flow: flow.label == "M" and into_instructions(flow, templates=True) and flow.place not in others,
    )
    says = "What a user or a document made the model say is then taken for an instruction."
    return flow_findings(SPEC, found, analysis, says)
