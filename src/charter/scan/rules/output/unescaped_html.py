"""
## What it does

Finds text of a model that a browser reads as HTML: `Markup(…)`, `|safe` in a template, `render_template_string`,
`unsafe_allow_html=True`, `innerHTML`, `dangerouslySetInnerHTML`, a response of the type `text/html`.

## Why this is bad

An answer may hold `<script>` or `<img onerror=…>`, because a page that the model has read told it so. It then runs in
the session of whoever reads the answer, or sends the conversation to a stranger with the address of an image.

## Example

```python
st.markdown(answer, unsafe_allow_html=True)
```

## Use instead

```python
st.markdown(answer)
```

Let the template or the framework escape. Where Markdown must become HTML, clean the HTML afterwards (`bleach`, `nh3`,
`DOMPurify.sanitize`): a Markdown converter lets raw HTML through.

## References

- CWE-79: Cross-site Scripting; CWE-1426: Improper Validation of Generative AI Output
- OWASP Top 10 for LLM Applications: Improper Output Handling
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.edits_html import escaped
from charter.scan.rules.flows import flow_findings, ways
from charter.scan.rules.outputs import from_model

SPEC = RuleSpec(
    id="output/unescaped-html",
    title="A model's text is shown as HTML",
    category="insecure-output",
    severity="high",
    cwe=("CWE-79", "CWE-1426"),
    owasp_2025=("LLM05",),
    owasp_2026=("LLM10",),
    advice="Let the framework escape the text, or clean the HTML with a sanitizer after the last conversion.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Models' text as HTML."""
    found = ways(analysis, from_model("html"))
    says = "A script in the answer runs in the reader's session."
    return flow_findings(SPEC, found, analysis, says, edits=lambda way: escaped(analysis, way.flow))
