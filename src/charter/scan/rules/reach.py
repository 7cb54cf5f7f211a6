"""What a model may set going: the functions that its tools come to call."""

from collections.abc import Mapping

from charter.scan import ir
from charter.scan.analysis import Analysis, FunctionId, Tool
from charter.scan.findings import Place, Step
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


def definition_of(tool: Tool) -> Step:
    """Where the tool is defined, to stand beside a finding."""
    return Step(tool.place, f"the tool '{tool.name}', which the model may call", "call")


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
