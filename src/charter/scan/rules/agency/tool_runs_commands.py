r'''
## What it does

Finds tools that let the model run commands or code which it chooses, where no person agrees before. The call may stand
in the tool itself or in any function that it comes to call.

## Why this is bad

Whoever gets a sentence into the conversation, through a page, a mail or a file that the model reads, can have the tool
called. A shell can do everything that the application can do, at once, and nobody sees it before it is done.

## Example

```python
@tool
def run(command: str) -> str:
    """Run a shell command."""
    return subprocess.run(command, shell=True, capture_output=True, text=True).stdout
```

## Use instead

Offer the few things that are needed as tools of their own, with constant programs; or ask:

```python
@tool
def run(command: str) -> str:
    """Run a shell command, once a person has agreed."""
    if interrupt({"command": command}) != "yes":
        return "refused"
    return subprocess.run(shlex.split(command), capture_output=True, text=True).stdout
```

A container without network, secrets and other people's files is the place for code that a model writes.

## References

- CWE-862: Missing Authorization; CWE-250: Execution with Unnecessary Privileges
- OWASP Top 10 for LLM Applications: Excessive Agency
'''

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.tool_acts import act_findings, acts_by_flow

SPEC = RuleSpec(
    id="agency/tool-runs-commands",
    title="A tool runs commands or code of the model's choice",
    category="excessive-agency",
    severity="high",
    cwe=("CWE-862", "CWE-250"),
    owasp_2025=("LLM06",),
    owasp_2026=("LLM03",),
    advice="Offer narrow tools with constant programs, ask a person before each call, or run it in a sandbox.",
)
_KINDS = frozenset({"code", "shell", "program-file"})


def check(analysis: Analysis) -> Iterator[Finding]:
    """Commands and code that a tool runs."""
    acts = acts_by_flow(analysis, lambda flow, site: flow.kind in _KINDS)
    return act_findings(SPEC, acts, analysis, "run commands or code of its choice")
