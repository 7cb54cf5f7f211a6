"""
## What it does

Finds text of a model that is read by something that makes objects of it: `pickle`, `yaml.load` without a
safe loader, `jsonpickle`, `marshal`, `dill`.

## Why this is bad

Such formats say which functions to call while they are read. Reading a text of others is running it.

## Example

```python
plan = yaml.load(answer, Loader=yaml.Loader)
```

## Use instead

```python
plan = Plan.model_validate(yaml.safe_load(answer))
```

## References

- CWE-502: Deserialization of Untrusted Data; CWE-1426: Improper Validation of Generative AI Output
- OWASP Top 10 for LLM Applications: Improper Output Handling
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.edits_yaml import with_safe_load
from charter.scan.rules.flows import flow_findings, ways
from charter.scan.rules.outputs import from_model

SPEC = RuleSpec(
    id="output/deserialization",
    title="A model's text is read by a loader that makes objects",
    category="insecure-output",
    severity="high",
    cwe=("CWE-502", "CWE-1426"),
    owasp_2025=("LLM05",),
    owasp_2026=("LLM10",),
    advice="Read JSON, or YAML with safe_load, and check it against a schema.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Models' text in loaders that make objects."""
    found = ways(analysis, from_model("deserialize"))
    says = "Reading such a text can run what it names."
    return flow_findings(SPEC, found, analysis, says, edits=lambda way: with_safe_load(analysis, way.flow))
