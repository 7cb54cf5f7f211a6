r"""
## What it does

Finds tools that come with a library and that run any command or any code on this machine, where they are made for an
agent: shells, terminals, Python REPLs, toolkits that hold one.

## Why this is bad

One line gives the model the machine. Whoever gets a sentence into the conversation has it too: such a tool neither
asks nor looks at what it runs.

## Example

```python
agent = initialize_agent([ShellTool(), search], llm)
```

## Use instead

Write the few commands that are needed as tools with constant programs, or take a tool that runs in a container of its
own, or one that asks a person:

```python
agent = initialize_agent([ShellTool(callbacks=[HumanApprovalCallbackHandler()]), search], llm)
```

## References

- CWE-250: Execution with Unnecessary Privileges; CWE-862: Missing Authorization
- OWASP Top 10 for LLM Applications: Excessive Agency
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.risks import risk_findings

SPEC = RuleSpec(
    id="agency/ready-made-shell",
    title="A library's shell or interpreter is given to the model",
    category="excessive-agency",
    severity="high",
    cwe=("CWE-250", "CWE-862"),
    owasp_2025=("LLM06",),
    owasp_2026=("LLM03",),
    advice="Offer narrow tools instead; or run it in a sandbox and ask a person before each call.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Shells and interpreters out of a box."""
    return risk_findings(SPEC, analysis, "Whoever gets a sentence into the conversation can use it.")
