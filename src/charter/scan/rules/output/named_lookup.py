"""
## What it does

Finds text of a model as the name by which a module, an attribute or a variable is looked up: `importlib.import_module`,
`getattr`, `setattr`, `globals()[name]`.

## Why this is bad

The name may be any name: a module whose import runs code, `__class__`, a method that was not meant for the model. The
program then does what nobody has written.

## Example

```python
step = json.loads(answer)
result = getattr(self, step["action"])(step["input"])
```

## Use instead

```python
ACTIONS = {"search": search, "summarise": summarise}
result = ACTIONS[step["action"]](step["input"])
```

## References

- CWE-470: Use of Externally-Controlled Input to Select Classes or Code; CWE-1426
- OWASP Top 10 for LLM Applications: Improper Output Handling
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.flows import flow_findings, ways
from charter.scan.rules.outputs import from_model

SPEC = RuleSpec(
    id="output/named-lookup",
    title="A model's text is the name of what is looked up",
    category="insecure-output",
    severity="high",
    cwe=("CWE-470", "CWE-1426"),
    owasp_2025=("LLM05",),
    owasp_2026=("LLM10",),
    advice="Look the name up in a table of what is meant to be reached.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Models' text as a name."""
    found = ways(analysis, from_model("dispatch"))
    return flow_findings(SPEC, found, analysis, "It may name what was never meant to be reached.")
