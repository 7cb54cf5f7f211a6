r"""
## What it does

Finds the switches by which a library asks whether you mean it, set to yes: `allow_dangerous_code=True`,
`allow_dangerous_requests=True`, `allow_dangerous_deserialization=True` and their like.

## Why this is bad

The authors could not make the feature safe and say so in its name. With the switch on, the model's text reaches an
interpreter, a database or the network without a check.

## Example

```python
agent = create_pandas_dataframe_agent(llm, df, allow_dangerous_code=True)
```

## Use instead

Run it where the code can do no harm (a container without network and secrets), with an account of few rights, and say
so beside the line: `# charter: ignore[agency/dangerous-setting] runs in the sandbox of deploy/sandbox.yaml`. Where a
few fixed operations are enough, do without:

```python
plan = llm.with_structured_output(Plan).invoke(question)
result = OPERATIONS[plan.operation](df)
```

## References

- CWE-250: Execution with Unnecessary Privileges; CWE-693: Protection Mechanism Failure
- OWASP Top 10 for LLM Applications: Excessive Agency
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.risks import risk_findings

SPEC = RuleSpec(
    id="agency/dangerous-setting",
    title="A library's own protection is switched off",
    category="excessive-agency",
    severity="high",
    cwe=("CWE-250", "CWE-693"),
    owasp_2025=("LLM06",),
    owasp_2026=("LLM03",),
    advice="Leave the protection on, or run it in a sandbox with few rights and say why with a suppression.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Switches that lift a protection."""
    return risk_findings(SPEC, analysis, "The library's own protection is off.")
