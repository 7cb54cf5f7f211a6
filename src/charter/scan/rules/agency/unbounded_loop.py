r"""
## What it does

Finds loops that call a model and run the tools which it names, and that only the model can end: `while True`, left when
the answer holds no further call. A loop with a limit of rounds, time or money is no finding, nor one that waits for a
person's next line in each round.

## Why this is bad

A model that goes in circles, or that is led to by something it has read, goes on calling tools and spending money until
somebody notices. Each round is another chance for an attacker's text to be obeyed.

## Example

```python
while True:
    message = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS).choices[0].message
    if not message.tool_calls:
        break
    messages += run_tools(message.tool_calls)
```

## Use instead

```python
for _ in range(MOST_ROUNDS):
    message = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS).choices[0].message
    if not message.tool_calls:
        break
    messages += run_tools(message.tool_calls)
else:
    raise TooManyRounds(MOST_ROUNDS)
```

## References

- CWE-834: Excessive Iteration; CWE-770: Allocation of Resources Without Limits or Throttling
- OWASP Top 10 for LLM Applications: Excessive Agency, Unbounded Consumption
"""

from collections.abc import Iterator

from charter.scan import ir
from charter.scan.analysis import Analysis, FunctionId
from charter.scan.findings import Confidence, Finding, Place, Step
from charter.scan.rule import RuleSpec
from charter.scan.rules.loops import endless_loops, last_name, own_nodes
from charter.scan.rules.reach import described_tools
from charter.scan.rules.snippets import place_of, snippet

SPEC = RuleSpec(
    id="agency/unbounded-loop",
    title="A loop of model and tools that only the model can end",
    category="excessive-agency",
    severity="medium",
    cwe=("CWE-834", "CWE-770"),
    owasp_2025=("LLM06", "LLM10"),
    owasp_2026=("LLM03", "LLM06"),
    advice="Count the rounds (or the time, or the money) and stop at a limit.",
)
_RECEIVES = frozenset({
    "input", "get_nowait", "recv", "recv_json", "recv_string", "receive", "receive_text", "receive_json", "accept",
    "readline", "question", "prompt", "prompt_async", "listen", "poll", "brpop", "blpop", "xread", "xreadgroup",
    "next_event", "get_message", "wait_for_message", "chat_input", "text_input",
})  # fmt: skip
"""Calls by which each round waits for something from outside: a person's line, a queue's next job (``queue.get()``)."""
_TOOL_WORDS = frozenset({
    "tool_calls", "tool_call", "function_call", "function_calls", "toolCalls", "toolCall", "functionCall", "tool_use",
    "functionCalls", "tool_result", "tool_results", "requires_action", "function_call_output", "submit_tool_outputs",
})  # fmt: skip
"""Fields and values by which a model's calls of tools are read and answered."""


def check(analysis: Analysis) -> Iterator[Finding]:
    """Endless loops that hold both."""
    seen = _Seen(analysis)
    for path, module in sorted(analysis.modules.items()):
        for function_id, body in _bodies(analysis, path, module):
            for loop in endless_loops(body):
                finding = _finding(analysis, seen, function_id, loop)
                if finding:
                    yield finding


class _Seen:
    """Which functions call a model, and which run a tool."""

    def __init__(self, analysis: Analysis) -> None:
        self.callees = analysis.graph.callees
        self.models = {id(call.site.node): call.site.place for call in analysis.model_calls}
        self.tools = {tool.function for tool in (*analysis.tools, *described_tools(analysis))}
        self.acting = [flow.place for flow in analysis.flows if flow.label == "M" and _acts(flow.kind)]
        self.waiting = {
            each for each, sites in analysis.graph.sites.items() if any(_receives(site.node) for site in sites)
        }
        self.asking = _callers(analysis, {call.site.function for call in analysis.model_calls})

    def model_in(self, function_id: FunctionId, loop: ir.While | ir.For) -> ir.Call | None:
        """The first call in the loop that runs a model, itself or through what it calls."""
        for node in own_nodes(loop.body):
            if isinstance(node, ir.Call) and (id(node) in self.models or self._among(function_id, node, self.asking)):
                return node
        return None

    def tool_in(self, function_id: FunctionId, loop: ir.While | ir.For) -> bool:
        """Something in the loop does what the model said."""
        path = function_id.split(":", 1)[0]
        if any(_within(place, path, loop.at) for place in self.acting):
            return True
        return any(
            _speaks_of_tools(node) or (isinstance(node, ir.Call) and self._among(function_id, node, self.tools))
            for node in own_nodes(loop.body)
        )

    def waits_in(self, function_id: FunctionId, loop: ir.While | ir.For) -> bool:
        """Each round waits for a person or a queue, itself or in a function that it calls."""
        return any(
            isinstance(node, ir.Call) and (_receives(node) or self._among(function_id, node, self.waiting))
            for node in own_nodes(loop.body)
        )

    def _among(self, function_id: FunctionId, call: ir.Call, wanted: set[FunctionId]) -> bool:
        """The call is one of a wanted function: the graph knows who is called, the name says by which call."""
        name = last_name(call)
        if not name:
            return False
        return any(callee in wanted and _name_of(callee) == name for callee in self.callees.get(function_id, ()))


def _finding(analysis: Analysis, seen: _Seen, function_id: FunctionId, loop: ir.While | ir.For) -> Finding | None:
    call = seen.model_in(function_id, loop)
    if call is None or seen.waits_in(function_id, loop) or not seen.tool_in(function_id, loop):
        return None
    path = function_id.split(":", 1)[0]
    head = ir.Span(loop.at.line, loop.at.column, loop.at.line, loop.at.column)
    place = place_of(path, head)
    sure: Confidence = "high" if id(call) in seen.models and _is_forever(loop) else "medium"
    return Finding(
        rule=SPEC.id,
        category=SPEC.category,
        severity=SPEC.severity,
        confidence=sure,
        place=place,
        message="This loop calls a model and runs what it asks for, and only the model's answer ends it. A model that "
        "goes in circles, or is led to, goes on without a limit.",
        related=(Step(place_of(path, call.at), "the model is called in each round", "call"),),
        snippet=snippet(analysis, place),
    )


def _bodies(analysis: Analysis, path: str, module: ir.Module) -> Iterator[tuple[FunctionId, ir.Block]]:
    yield f"{path}:", module.body
    for function_id, function in analysis.functions.items():
        if function_id.startswith(f"{path}:"):
            yield function_id, function.body


def _callers(analysis: Analysis, wanted: set[FunctionId]) -> set[FunctionId]:
    """The functions, and those that call them directly: further away, "calls a model" says little of a loop."""
    direct = {caller for caller, callees in analysis.graph.callees.items() if not wanted.isdisjoint(callees)}
    return wanted | direct


def _acts(kind: str) -> bool:
    return kind in {"code", "shell", "dispatch"}


def _within(place: Place, path: str, at: ir.Span) -> bool:
    return place.path == path and at.line <= place.line <= at.end_line


def _receives(call: ir.Call) -> bool:
    name = last_name(call)
    return name in _RECEIVES or (name == "get" and not any(arg.name is None for arg in call.args))


def _speaks_of_tools(node: object) -> bool:
    """The model's calls are read here, or the function is taken from a table by a name."""
    if isinstance(node, ir.Attr):
        return node.name in _TOOL_WORDS
    if isinstance(node, ir.Const):
        return isinstance(node.value, str) and node.value in _TOOL_WORDS
    return isinstance(node, ir.Call) and isinstance(node.func, ir.Index) and not isinstance(node.func.key, ir.Const)


def _name_of(function_id: FunctionId) -> str:
    return function_id.split(":")[-2].split(".")[-1] if function_id.count(":") >= 2 else ""


def _is_forever(loop: ir.While | ir.For) -> bool:
    return isinstance(loop, ir.For) or (isinstance(loop.test, ir.Const) and bool(loop.test.value))
