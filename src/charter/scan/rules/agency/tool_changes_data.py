r'''
## What it does

Finds tools that run database statements which the model wrote, and tools that delete rows or tables at its word, where
no person agrees before and the connection can write.

## Why this is bad

The model decides what is lost. It may misunderstand a question, or obey a sentence in a row that it has just read.

## Example

```python
@tool
def query(sql: str) -> list:
    """Run SQL on the customers' database."""
    return connection.execute(sql).fetchall()
```

## Use instead

```python
connection = sqlite3.connect("file:customers.db?mode=ro", uri=True)
```

Give tools that only read a connection that can only read, and let a person agree to each statement that changes data.

## References

- CWE-862: Missing Authorization; CWE-250: Execution with Unnecessary Privileges
- OWASP Top 10 for LLM Applications: Excessive Agency
'''

import re
from collections.abc import Iterator

from charter.scan.analysis import Analysis, CallSite
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.tool_acts import act_findings, acts_by_flow, acts_by_site

SPEC = RuleSpec(
    id="agency/tool-changes-data",
    title="A tool changes a database as the model likes",
    category="excessive-agency",
    severity="high",
    cwe=("CWE-862", "CWE-250"),
    owasp_2025=("LLM06",),
    owasp_2026=("LLM03",),
    advice="Give the tool a read-only connection; let a person agree to statements that change data.",
)
_SQL = frozenset({"sql-read", "sql-write"})
_DESTROYS = re.compile(r"\s*(DELETE\s+FROM|DROP\s|TRUNCATE\s)", re.IGNORECASE)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Statements of the model's, and statements that destroy."""
    written = acts_by_flow(
        analysis, lambda flow, site: flow.kind == "sql" and not (site is not None and site.capability == "sql-read")
    )
    yield from act_findings(SPEC, written, analysis, "run database statements of its own")
    destroying = acts_by_site(analysis, _destroys)
    yield from act_findings(SPEC, destroying, analysis, "delete data", severity="medium")


def _destroys(site: CallSite) -> bool:
    statement = site.constants.get(0)
    return site.capability in _SQL and isinstance(statement, str) and _DESTROYS.match(statement) is not None
