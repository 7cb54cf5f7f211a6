r"""
## What it does

Finds agents that are given tools by a wildcard: every tool of a server, every function of a module, `"*"`.

## Why this is bad

The list grows by itself: what is added to the server tomorrow, by whoever runs it, the model may call tomorrow. Each
tool more is a way more to do harm.

## Example

```python
options = ClaudeAgentOptions(allowed_tools=["*"])
```

## Use instead

```python
options = ClaudeAgentOptions(allowed_tools=["Read", "Grep"])
```

## References

- CWE-250: Execution with Unnecessary Privileges; CWE-269: Improper Privilege Management
- OWASP Top 10 for LLM Applications: Excessive Agency
"""

from collections.abc import Iterator

from charter.scan import ir
from charter.scan.analysis import Analysis
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.loops import last_name
from charter.scan.rules.risks import risk_findings
from charter.scan.rules.snippets import place_of, snippet

SPEC = RuleSpec(
    id="agency/all-tools",
    title="An agent gets every tool there is",
    category="excessive-agency",
    severity="medium",
    cwe=("CWE-250", "CWE-269"),
    owasp_2025=("LLM06",),
    owasp_2026=("LLM03",),
    advice="Name the tools that this agent needs.",
)


_LISTS = frozenset({"allowed_tools", "allowedTools", "enabled_tools", "enabledTools", "tools", "functions"})
_EVERYTHING = frozenset({"getmembers", "globals", "vars", "dir"})


def check(analysis: Analysis) -> Iterator[Finding]:
    """Tools by wildcard."""
    yield from risk_findings(SPEC, analysis, "What is added later is allowed as well.")
    for path, module in sorted(analysis.modules.items()):
        for value in _lists_of_tools(module):
            if _is_everything(value):
                place = place_of(path, value.at)
                yield Finding(
                    rule=SPEC.id,
                    category=SPEC.category,
                    severity=SPEC.severity,
                    confidence="high",
                    place=place,
                    message="The agent gets every tool there is. What is added later is allowed as well.",
                    snippet=snippet(analysis, place),
                )


def _lists_of_tools(module: ir.Module) -> Iterator[ir.Expr]:
    """What is given as tools, by keyword or by key."""
    for node in ir.walk(module.body):
        if isinstance(node, ir.Call):
            yield from (arg.value for arg in node.args if arg.name in _LISTS)
        elif isinstance(node, ir.Record):
            for entry in node.entries:
                if isinstance(entry.key, ir.Const) and entry.key.value in _LISTS:
                    yield entry.value


def _is_everything(value: ir.Expr) -> bool:
    """``"*"``, ``["*"]``, or a list made of all members of a module or object."""
    if isinstance(value, ir.Sequence):
        return any(isinstance(item, ir.Const) and item.value == "*" for item in value.items)
    if isinstance(value, ir.Comprehension):
        calls = (part for clause in value.clauses for part in ir.walk(clause.iterable) if isinstance(part, ir.Call))
        return not value.clauses[0].tests and any(last_name(call) in _EVERYTHING for call in calls)
    return isinstance(value, ir.Const) and value.value == "*"
