"""What a model may set going: the functions that its tools come to call."""

from collections.abc import Mapping
from dataclasses import replace

from charter.scan import ir
from charter.scan.analysis import Analysis, FunctionId, Tool
from charter.scan.findings import Place
from charter.scan.rules.snippets import place_of

_SCHEMAS = frozenset({"parameters", "input_schema", "inputSchema", "parametersJsonSchema"})


def reached_by_tools(analysis: Analysis) -> Mapping[FunctionId, Tool]:
    """Each function that a tool may come to call without anybody being asked, and the nearest such tool."""
    waiting = [tool for tool in (*analysis.tools, *described_tools(analysis)) if not tool.approved]
    found: dict[FunctionId, Tool] = {}
    starts = [(tool.function, tool) for tool in waiting]
    while starts:
        following = []
        for function, tool in starts:
            if function not in found:
                found[function] = tool
                callees = analysis.graph.callees.get(function, frozenset())
                asked = analysis.graph.asked.get(function, frozenset())
                following += [(callee, tool) for callee in sorted(callees - asked)]
        starts = following
    return found


def described_tools(analysis: Analysis) -> tuple[Tool, ...]:
    """
    Functions that a schema for the model speaks of by name, ``{"name": "run_command", "parameters": {…}}``: the loop
    that dispatches to them is the application's own, so no framework says that they are tools.
    """
    known = {tool.function for tool in analysis.tools}
    by_name: dict[str, list[FunctionId]] = {}
    for function_id, function in analysis.functions.items():
        by_name.setdefault(function.name, []).append(function_id)
    found = []
    for path, module in sorted(analysis.modules.items()):
        for name in _described_names(module):
            here = [each for each in by_name.get(name, ()) if each.startswith(f"{path}:")] or by_name.get(name, [])
            if len(here) == 1 and here[0] not in known:
                known.add(here[0])
                found.append(_tool(analysis, here[0], name))
    return tuple(found)


def defined(analysis: Analysis, tool: Tool) -> Tool:
    """The tool as a reader knows it: one without a name of its own by the call that makes it a tool."""
    function, module = analysis.functions.get(tool.function), analysis.modules.get(tool.place.path)
    if not function or not module or function.name.isidentifier():
        return tool
    around = [node for node in ir.walk(module.body) if isinstance(node, ir.Call) and _is_given(node, function.at)]
    if not around:
        return tool
    call = max(around, key=lambda node: node.at[:2])
    named = [
        arg.value.value for arg in call.args if isinstance(arg.value, ir.Const) and isinstance(arg.value.value, str)
    ]
    head = ir.Span(call.at.line, call.at.column, call.at.line, call.at.column)
    return replace(tool, name=named[0] if named else tool.name, place=place_of(module.path, head))


def _is_given(call: ir.Call, at: ir.Span) -> bool:
    """The function is an argument, or stands in one."""
    return any(arg.value.at[:2] <= at[:2] and at[2:] <= arg.value.at[2:] for arg in call.args)


def _described_names(module: ir.Module) -> list[str]:
    found = []
    for node in ir.walk(module.body):
        if isinstance(node, ir.Record):
            values = {entry.key.value: entry.value for entry in node.entries if isinstance(entry.key, ir.Const)}
            name = values.get("name")
            if isinstance(name, ir.Const) and isinstance(name.value, str) and not _SCHEMAS.isdisjoint(map(str, values)):
                found.append(name.value)
    return found


def _tool(analysis: Analysis, function_id: FunctionId, name: str) -> Tool:
    function, path = analysis.functions[function_id], function_id.split(":", 1)[0]
    place: Place = place_of(path, function.name_at)
    return Tool(function_id, name, place, "", "a schema that names it", function.doc, approved=False)
