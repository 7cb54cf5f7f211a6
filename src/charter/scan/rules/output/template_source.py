"""
## What it does

Finds text of a model that is itself a template: `jinja2.Template(text)`, `render_template_string(text)`,
`Environment().from_string(text)`, a compiled Handlebars or EJS source.

## Why this is bad

A template is a small program. `{{ ''.__class__.__mro__ … }}` in Jinja reaches every class of the process, and with that
the operating system.

## Example

```python
page = jinja2.Template(f"<h1>{title}</h1>" + answer).render(user=user)
```

## Use instead

```python
page = PAGE.render(title=title, answer=answer, user=user)     # PAGE is a constant template
```

Where users write templates, use `jinja2.sandbox.ImmutableSandboxedEnvironment`, or a language without logic.

## References

- CWE-1336: Improper Neutralization of Special Elements Used in a Template Engine; CWE-1426
- OWASP Top 10 for LLM Applications: Improper Output Handling
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.flows import flow_findings, ways
from charter.scan.rules.outputs import from_model

SPEC = RuleSpec(
    id="output/template-source",
    title="A model's text is run as a template",
    category="insecure-output",
    severity="high",
    cwe=("CWE-1336", "CWE-1426"),
    owasp_2025=("LLM05",),
    owasp_2026=("LLM10",),
    advice="Keep templates constant and pass the text as a value.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Models' text as a template's source."""
    found = ways(analysis, from_model("template"))
    return flow_findings(SPEC, found, analysis, "A template is a program: it can reach the whole process.")
