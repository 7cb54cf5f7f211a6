"""
## What it does

Finds a variable of a system prompt's template that is filled with text of a user, a tool or a document: the template is
made in one place (`ChatPromptTemplate.from_messages([("system", "… {name} …"), …])`, a Jinja file, a prompt object) and
filled in another.

## Why this is bad

The template looks like a constant, so a reader of either place sees nothing amiss. Together they put a stranger's text
among the instructions.

## Example

```python
prompt = ChatPromptTemplate.from_messages([("system", "You are {persona}."), ("human", "{question}")])
chain = prompt | llm
chain.invoke({"persona": request.args["persona"], "question": question})
```

## Use instead

Keep the variables of the system message to values of your own, and give what others wrote in the human message:

```python
prompt = ChatPromptTemplate.from_messages([("system", "You are {persona}."), ("human", "{question}")])
chain.invoke({"persona": PERSONAS[choice], "question": question})
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

SPEC = RuleSpec(
    id="injection/text-in-system-template",
    title="A variable of the system prompt's template holds text of others",
    category="prompt-injection",
    severity="high",
    cwe=("CWE-1427",),
    owasp_2025=("LLM01",),
    owasp_2026=("LLM01",),
    advice="Fill the system message's variables with your own values only; give other text in the user's message.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Text of users, tools and documents in a system template's variables."""
    found = ways(analysis, lambda flow: flow.label in {"U", "T"} and flow.kind == "system-template")
    says = "The template's other sentences cannot protect themselves against it."
    return flow_findings(SPEC, found, analysis, says)
