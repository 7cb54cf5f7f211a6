r"""
## What it does

Finds text of a model (its answer, or the argument of a tool that it calls) in a command: `os.system`, `subprocess`
with `shell=True`, `child_process.exec`, a program's name, a whole list of arguments.

## Why this is bad

A shell reads `;`, `|`, `$( )` and line ends. One of them in a file name or a branch is a second command, with all
rights of the application; and what a model writes is steered by everything that it has read.

## Example

```python
@mcp.tool()
def log(branch: str) -> str:
    return subprocess.run(f"git log {branch}", shell=True, capture_output=True, text=True).stdout
```

## Use instead

```python
@mcp.tool()
def log(branch: str) -> str:
    if not re.fullmatch(r"[\w./-]+", branch) or branch.startswith("-"):
        raise ValueError("no such branch")
    return subprocess.run(["git", "log", "--end-of-options", branch], capture_output=True, text=True).stdout
```

A list with a constant program needs no shell. A set of allowed commands, compared as a whole, is safe as well;
`startswith` and lists of forbidden words are not.

## References

- CWE-78: OS Command Injection; CWE-88: Argument Injection; CWE-1426: Improper Validation of Generative AI Output
- OWASP Top 10 for LLM Applications: Improper Output Handling
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.edits_shell import without_shell
from charter.scan.rules.flows import flow_findings, ways
from charter.scan.rules.outputs import from_model

SPEC = RuleSpec(
    id="output/shell-command",
    title="A model's text is part of a command",
    category="insecure-output",
    severity="critical",
    cwe=("CWE-78", "CWE-88", "CWE-1426"),
    owasp_2025=("LLM05",),
    owasp_2026=("LLM10",),
    advice="Pass a list with a constant program and checked arguments, without a shell; or ask a person first.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Models' text in commands."""
    found = ways(analysis, from_model("shell"))
    says = "Whatever made the model write it can then run commands with the application's rights."
    return flow_findings(SPEC, found, analysis, says, edits=lambda way: without_shell(analysis, way.flow))
