r'''
## What it does

Finds tools that send messages, move money or read credentials, other than in constant words of the application, where
no person agrees before.

## Why this is bad

These acts speak for somebody and cannot be taken back. An assistant that reads mail and may send mail is all that an
attacker needs: one mail in, everything out.

## Example

```python
@tool
def send(to: str, subject: str, body: str) -> str:
    """Send a mail."""
    server.sendmail(ME, to, f"Subject: {subject}\n\n{body}")
    return "sent"
```

## Use instead

```python
@tool
def draft(to: str, subject: str, body: str) -> str:
    """Write a draft, which the user may send."""
    drafts.append(Draft(to, subject, body))
    return "drafted"
```

Or ask the user in the tool, with the text as it would go out, and send after a yes only.

## References

- CWE-862: Missing Authorization; CWE-441: Unintended Proxy or Intermediary
- OWASP Top 10 for LLM Applications: Excessive Agency
'''

from collections.abc import Iterator
from functools import partial

from charter.scan.analysis import Analysis, CallSite
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.tool_acts import act_findings, acts_by_site

SPEC = RuleSpec(
    id="agency/tool-acts-for-people",
    title="A tool sends, pays or uses credentials unasked",
    category="excessive-agency",
    severity="medium",
    cwe=("CWE-862", "CWE-441"),
    owasp_2025=("LLM06",),
    owasp_2026=("LLM03",),
    advice="Draft instead of sending, or ask the person for whom it acts, each time.",
)
_ACTS = {
    "send-message": "send messages",
    "payment": "move money",
    "credentials": "read credentials",
}


def check(analysis: Analysis) -> Iterator[Finding]:
    """Acts in a person's name."""
    for capability, does in _ACTS.items():
        yield from act_findings(SPEC, acts_by_site(analysis, partial(_can, capability)), analysis, does)


def _can(capability: str, site: CallSite) -> bool:
    return site.capability == capability
