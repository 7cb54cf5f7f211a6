"""
## What it does

Finds text of a model that is written to a file which is then run, in the same function or in one next to it.

## Why this is bad

It is `exec` with a detour, and runs with all rights of the application.

## Example

```python
Path("solution.py").write_text(answer)
subprocess.run([sys.executable, "solution.py"])
```

## Use instead

Run the file in a sandbox: a container without network, without the application's secrets and files, with limits of time
and memory. Or show it to a person before it runs.

## References

- CWE-94: Improper Control of Generation of Code; CWE-1426: Improper Validation of Generative AI Output
- OWASP Top 10 for LLM Applications: Improper Output Handling
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.flows import flow_findings
from charter.scan.rules.programs import programs

SPEC = RuleSpec(
    id="output/program-file",
    title="A model's text becomes a program that runs",
    category="insecure-output",
    severity="high",
    cwe=("CWE-94", "CWE-1426"),
    owasp_2025=("LLM05",),
    owasp_2026=("LLM10",),
    advice="Run the program in a sandbox without network and secrets, or show it to a person first.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Models' text in files of code that run."""
    return flow_findings(SPEC, programs(analysis), analysis, "It runs with the application's rights.")
