r'''
## What it does

Finds tools that let the model write, move or delete files at a path which it chooses, not held to one folder, where no
person agrees before.

## Why this is bad

A deleted folder does not come back, and a written file can be a start script, a key or the application's own code. A
sentence in something that the model has read is enough to have it done.

## Example

```python
@function_tool
def clean_up(path: str) -> str:
    """Delete a file or folder."""
    shutil.rmtree(path)
    return "done"
```

## Use instead

```python
@function_tool(needs_approval=True)
def clean_up(name: str) -> str:
    """Delete a folder of this workspace, once a person has agreed."""
    path = (WORKSPACE / name).resolve()
    if path == WORKSPACE or not path.is_relative_to(WORKSPACE):
        return "outside the workspace"
    shutil.rmtree(path)
    return "done"
```

A tool held to its folder is no finding, with approval or without.

## References

- CWE-862: Missing Authorization; CWE-73: External Control of File Name or Path
- OWASP Top 10 for LLM Applications: Excessive Agency
'''

from collections.abc import Iterator
from dataclasses import replace

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.tool_acts import act_findings, acts_by_flow

SPEC = RuleSpec(
    id="agency/tool-changes-files",
    title="A tool writes or deletes any file",
    category="excessive-agency",
    severity="high",
    cwe=("CWE-862", "CWE-73"),
    owasp_2025=("LLM06",),
    owasp_2026=("LLM03",),
    advice="Hold the path to one folder (resolve, then is_relative_to), and ask a person before deleting.",
)
_CHANGES = frozenset({"file-write", "file-delete"})


def check(analysis: Analysis) -> Iterator[Finding]:
    """Files that a tool changes; where the model may only have a part in the path, that is less."""
    acts = acts_by_flow(
        analysis, lambda flow, site: flow.kind == "path" and site is not None and site.capability in _CHANGES
    )
    for finding in act_findings(SPEC, acts, analysis, "write or delete any file"):
        yield finding if finding.confidence == "high" else replace(finding, severity="medium")
