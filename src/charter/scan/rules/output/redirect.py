"""
## What it does

Finds text of a model as the place to which a browser is sent.

## Why this is bad

The link begins at a site that the user trusts and ends at one that copies it. An address that
begins with `javascript:` runs a script.

## Example

```python
return redirect(json.loads(answer)["next_page"])
```

## Use instead

```python
return redirect(PAGES.get(json.loads(answer)["next_page"], "/"))
```

## References

- CWE-601: Open Redirect; CWE-1426: Improper Validation of Generative AI Output
- OWASP Top 10 for LLM Applications: Improper Output Handling
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.flows import flow_findings, ways
from charter.scan.rules.outputs import from_model

SPEC = RuleSpec(
    id="output/redirect",
    title="A model's text decides where a browser is sent",
    category="insecure-output",
    severity="medium",
    cwe=("CWE-601", "CWE-1426"),
    owasp_2025=("LLM05",),
    owasp_2026=("LLM10",),
    advice="Let the model choose among pages of yours by name.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Models' text as a redirect's target."""
    found = ways(analysis, from_model("redirect"))
    return flow_findings(SPEC, found, analysis, "It may be a page that copies yours.")
