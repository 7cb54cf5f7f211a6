"""
## What it does

Finds text of a model in the words of a database query: a whole query that the model wrote, or values that are put into
one with an f-string, `%` or `+`. Graph and vector stores with a query language count as well.

## Why this is bad

The model can be led to drop a table, to read other users' rows, or, in some databases, to run programs. A prompt that
says "only SELECT" is no protection, and a check for how a query begins is a weak one.

## Example

```python
sql = llm.invoke(f"Write SQL that answers: {question}").content
cursor.execute(sql)
```

## Use instead

Bind values as parameters, and let the model choose among queries of yours:

```python
cursor.execute("SELECT name FROM customers WHERE city = ?", (answer.city,))
```

Where the model must write the query, run it with an account that can read nothing but what this user may see, in a
read-only connection or transaction, with a time limit.

## References

- CWE-89: SQL Injection; CWE-1426: Improper Validation of Generative AI Output
- OWASP Top 10 for LLM Applications: Improper Output Handling
"""

from collections.abc import Iterator

from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.edits_sql import with_parameters
from charter.scan.rules.flows import flow_findings, ways
from charter.scan.rules.outputs import from_model

SPEC = RuleSpec(
    id="output/sql-query",
    title="A model's text is part of a database query",
    category="insecure-output",
    severity="high",
    cwe=("CWE-89", "CWE-1426"),
    owasp_2025=("LLM05",),
    owasp_2026=("LLM10",),
    advice="Bind values as parameters; run a query that a model wrote with a read-only account of few rights.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Models' text in queries."""
    found = ways(analysis, from_model("sql"))
    says = "The model can be led to read or change what nobody asked for."
    return flow_findings(SPEC, found, analysis, says, edits=lambda way: with_parameters(analysis, way.flow))
