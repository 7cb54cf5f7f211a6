"""
## What it does

Finds text of a model that is run as code: `eval`, `exec`, `compile`, `new Function`, a library's REPL, a data frame's
`eval`, an evaluator of expressions.

## Why this is bad

What a model writes can be steered by everything that it has read. A question, a page or a row of a table can hold a
sentence that makes it write `__import__("os").system(…)`, which then runs with all rights of the application.

## Example

```python
code = llm.invoke(f"Write pandas code that answers: {question}").content
exec(code, {"df": df})
```

## Use instead

Ask for data rather than code, and act on it with code of your own:

```python
plan = Plan.model_validate_json(llm.invoke(question).content)     # an enum of operations, names of columns
result = OPERATIONS[plan.operation](df[plan.column])
```

Where the model must write code, run it in a sandbox on another machine or in a container without network or secrets, or
show it to a person first. Emptying `__builtins__` and lists of forbidden words are no sandbox. For a literal value
there is `ast.literal_eval`, and `JSON.parse`.

## References

- CWE-94: Code Injection; CWE-95: Eval Injection; CWE-1426: Improper Validation of Generative AI Output
- OWASP Top 10 for LLM Applications: Improper Output Handling
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.flows import flow_findings, ways
from charter.scan.rules.outputs import from_model

SPEC = RuleSpec(
    id="output/code-execution",
    title="A model's text runs as code",
    category="insecure-output",
    severity="critical",
    cwe=("CWE-94", "CWE-95", "CWE-1426"),
    owasp_2025=("LLM05",),
    owasp_2026=("LLM10",),
    advice="Ask the model for data and act on it with your own code; else run its code in a sandbox, or ask a person.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Models' text that runs."""
    found = ways(analysis, from_model("code"))
    says = "Whatever made the model write it then acts with the application's rights."
    return flow_findings(SPEC, found, analysis, says)
