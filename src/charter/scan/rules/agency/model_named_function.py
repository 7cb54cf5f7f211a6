r"""
## What it does

Finds calls of a function or method whose name a model has chosen and which is looked up in everything there is:
`getattr(self, name)(…)`, `globals()[name](…)`.

## Why this is bad

The model is meant to choose among the tools that it was told of. Here it may choose any function of the object or the
module, with arguments of its own: one that deletes, one that was written for the administrator, one of the library's.

## Example

```python
for call in message.tool_calls:
    function = globals()[call.function.name]
    results.append(function(**json.loads(call.function.arguments)))
```

## Use instead

```python
TOOLS = {"search": search, "weather": weather}
for call in message.tool_calls:
    results.append(TOOLS[call.function.name](**json.loads(call.function.arguments)))
```

## References

- CWE-470: Use of Externally-Controlled Input to Select Classes or Code; CWE-862: Missing Authorization
- OWASP Top 10 for LLM Applications: Excessive Agency
"""

from collections.abc import Iterator

from charter.scan import ir
from charter.scan.analysis import Analysis, Flow
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.flows import flow_findings, ways

SPEC = RuleSpec(
    id="agency/model-named-function",
    title="The model calls any function by its name",
    category="excessive-agency",
    severity="high",
    cwe=("CWE-470", "CWE-862"),
    owasp_2025=("LLM06",),
    owasp_2026=("LLM03",),
    advice="Keep a table of the functions that the model may call, and look its choice up there.",
)


def check(analysis: Analysis) -> Iterator[Finding]:
    """Functions that are looked up by the model's word, and called."""
    found = ways(analysis, lambda flow: flow.label == "M" and flow.kind == "dispatch" and _is_called(analysis, flow))
    return flow_findings(SPEC, found, analysis, "What it names is called, whether it was meant as a tool or not.")


def _is_called(analysis: Analysis, flow: Flow) -> bool:
    """What was looked up is called there, or under the name that it is given."""
    module = analysis.modules.get(flow.place.path)
    if not module:
        return False
    names: set[str] = set()
    called: set[str] = set()
    for node in ir.walk(module.body):
        if isinstance(node, ir.Call):
            if isinstance(node.func, ir.Name):
                called.add(node.func.id)
            elif isinstance(node.func, ir.Call | ir.Index) and _holds(node.func.at, flow):
                return True
        elif isinstance(node, ir.Assign) and node.value is not None and _holds(node.value.at, flow):
            names.update(target.id for target in node.targets if isinstance(target, ir.Name))
    return not names.isdisjoint(called)


def _holds(at: ir.Span, flow: Flow) -> bool:
    place = flow.place
    return at[:2] <= (place.line, place.column) and (place.end_line, place.end_column) <= at[2:]
