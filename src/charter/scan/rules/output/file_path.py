"""
## What it does

Finds text of a model in the path of a file that is opened, written, moved or deleted.

## Why this is bad

`../../.ssh/authorized_keys` is a file name too. A path out of a model's answer, or out of the arguments of a tool that
it calls, reaches every file that the application may reach. `os.path.join` does not hold it: an absolute second part
replaces the first.

## Example

```python
@tool
def save_note(name: str, text: str) -> None:
    Path("notes", name).write_text(text)
```

## Use instead

```python
@tool
def save_note(name: str, text: str) -> None:
    path = (NOTES / name).resolve()
    if not path.is_relative_to(NOTES):
        raise ValueError("outside the notes")
    path.write_text(text)
```

Resolve first, compare then. `startswith` on the text of a path lets `notes-of-others` through. `os.path.basename` is
enough where there are no folders.

## References

- CWE-22: Path Traversal; CWE-73: External Control of File Name or Path; CWE-1426
- OWASP Top 10 for LLM Applications: Improper Output Handling
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding, Severity
from charter.scan.rule import RuleSpec
from charter.scan.rules.flows import Way, flow_findings, ways
from charter.scan.rules.outputs import from_model

SPEC = RuleSpec(
    id="output/file-path",
    title="A model's text names a file",
    category="insecure-output",
    severity="high",
    cwe=("CWE-22", "CWE-73", "CWE-1426"),
    owasp_2025=("LLM05",),
    owasp_2026=("LLM10",),
    advice="Resolve the path, then make sure that it lies below the folder that is meant (is_relative_to).",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Models' text as a path."""
    found = ways(analysis, from_model("path"))
    return flow_findings(SPEC, found, analysis, "It may name any file within reach.", severity=_severity)


def _severity(way: Way) -> Severity:
    """Reading is not as bad as writing and deleting; nor is a path that a model's text may only be a part of."""
    reads = way.site is not None and way.site.capability == "file-read"
    return "medium" if reads or way.flow.confidence != "high" else SPEC.severity
