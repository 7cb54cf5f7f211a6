r"""
## What it does

Finds agents and executors that run the code which a model writes in this process or on this machine, rather than in a
sandbox.

## Why this is bad

The code has the application's rights: its keys, its files, its network. What the model writes is steered by everything
that it has read.

## Example

```python
executor = LocalCommandLineCodeExecutor(work_dir="work")
agent = CodeExecutorAgent("runner", code_executor=executor)
```

## Use instead

```python
async with DockerCommandLineCodeExecutor(work_dir="work") as executor:
    agent = CodeExecutorAgent("runner", code_executor=executor)
```

## References

- CWE-653: Improper Isolation or Compartmentalization; CWE-94: Code Injection
- OWASP Top 10 for LLM Applications: Excessive Agency
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.risks import risk_findings

SPEC = RuleSpec(
    id="agency/code-runs-on-host",
    title="The model's code runs on this machine",
    category="excessive-agency",
    severity="high",
    cwe=("CWE-653", "CWE-94"),
    owasp_2025=("LLM06",),
    owasp_2026=("LLM03",),
    advice="Run it in a container or a remote sandbox, without secrets and without more network than it needs.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Executors without a sandbox."""
    return risk_findings(SPEC, analysis, "There is no sandbox between the model and the application's rights.")
