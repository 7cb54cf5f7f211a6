"""
## What it does

Finds text of a model in the address of a request that the server makes.

## Why this is bad

The server reaches what a stranger does not: the metadata service of the cloud, the database's admin page, other
machines of its network. A model that was led to ask for such an address gives the answer away; and an address of an
attacker's own takes along whatever the model writes into it.

## Example

```python
@tool
def fetch(url: str) -> str:
    return httpx.get(url).text
```

## Use instead

```python
@tool
def fetch(page: str) -> str:
    if urlsplit(page).hostname not in ALLOWED_HOSTS:
        raise ValueError("not one of our sites")
    return httpx.get(page, follow_redirects=False).text
```

Compare the parsed host with a set of allowed ones. If every site is allowed, resolve the name, refuse private and local
addresses, connect to the address that was checked, and check again after each redirect.

## References

- CWE-918: Server-Side Request Forgery; CWE-1426: Improper Validation of Generative AI Output
- OWASP Top 10 for LLM Applications: Improper Output Handling
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.flows import flow_findings, ways
from charter.scan.rules.outputs import from_model

SPEC = RuleSpec(
    id="output/request-url",
    title="A model's text is the address of a request",
    category="insecure-output",
    severity="medium",
    cwe=("CWE-918", "CWE-1426"),
    owasp_2025=("LLM05",),
    owasp_2026=("LLM10",),
    advice="Compare the parsed host with a set of allowed ones, and follow no redirects out of it.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Models' text as the address of a request."""
    found = ways(analysis, from_model("url"))
    return flow_findings(SPEC, found, analysis, "The server can be made to ask machines that only it can reach.")
