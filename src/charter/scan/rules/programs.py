"""Text that is written to a file which is then run: the way from the one call to the other."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from charter.scan import ir
from charter.scan.analysis import Analysis, CallSite, Flow, FunctionId
from charter.scan.findings import Step
from charter.scan.rules.flows import Way, ways
from charter.scan.rules.loops import own_nodes

_RUNS = frozenset({"shell", "code", "process"})
_SANDBOXES = frozenset({"docker", "podman", "nsjail", "firejail", "bwrap", "gvisor", "runsc", "containers"})
_INTERPRETERS = frozenset({
    "sh", "bash", "zsh", "dash", "ksh", "python", "node", "deno", "bun", "npx", "tsx", "ts-node", "ruby", "perl", "php",
    "pwsh", "powershell", "rscript", "java", "go", "cargo", "uv", "pytest", "streamlit", "env", "sudo", "nohup",
})  # fmt: skip
_NUMBERED = re.compile(r"[\d.]+$")
_DEEP = 3
"""How many assignments back a file's name is followed."""


def programs(analysis: Analysis) -> Iterator[Way]:
    """A model's text that is written to a file and run: a flow that ends at the call that runs it."""
    for way in ways(analysis, lambda flow: flow.label == "M" and flow.kind == "program-file"):
        flow = way.flow
        if isinstance(flow.node, ir.Call):
            site = _run_of(analysis, flow.function, _file_of(analysis, flow.function, flow.node))
            if site:
                yield Way(_until(flow, site), site)


def _until(flow: Flow, site: CallSite) -> Flow:
    end = Step(site.place, f"the file is run: {site.path}()", "sink")
    what = "runs the file that it was written to"
    return replace(flow, place=site.place, call=site.place, what=what, sink=site.path, steps=(*flow.steps, end))


def _run_of(analysis: Analysis, function: FunctionId, names: frozenset[str]) -> CallSite | None:
    """The call that runs the file of one of these names, in this function or next to it in the call graph."""
    callees = analysis.graph.callees
    near = [function, *sorted(callees.get(function, ()))]
    for caller, called in sorted(callees.items()):
        if function in called:
            near += [caller, *sorted(called)]
    for each in dict.fromkeys(near):
        for site in analysis.graph.sites.get(each, ()):
            if site.capability not in _RUNS or site.approved or names.isdisjoint(_arguments(analysis, site)):
                continue
            if site.capability == "code" or (_runs_files(analysis, site) and not _in_sandbox(analysis, site)):
                return site
    return None


def _arguments(analysis: Analysis, site: CallSite) -> frozenset[str]:
    return _named(_made_of(analysis, site.function, [arg.value for arg in site.node.args]))


def _file_of(analysis: Analysis, function: FunctionId, call: ir.Call) -> frozenset[str]:
    """What names the file: what ``write`` is called on, or the path among the arguments (``writeFile(path, text)``)."""
    parts: list[ir.Expr] = [call.func.base] if isinstance(call.func, ir.Attr) else []
    if len(call.args) > 1:
        parts.append(call.args[0].value)
    return _named(_made_of(analysis, function, parts))


def _named(values: Iterable[ir.Expr]) -> frozenset[str]:
    return frozenset(name for value in values for name in _references(value))


def _made_of(analysis: Analysis, function: FunctionId, values: Iterable[ir.Expr]) -> list[ir.Expr]:
    """Expressions, and those of which the names in them were made within the function."""
    made = _definitions(analysis, function)
    found = newest = list(values)
    seen: set[str] = set()
    for _ in range(_DEEP):
        names = _named(newest) - seen
        seen |= names
        newest = [source for name in sorted(names) for source in made.get(name, ())]
        found = found + newest
    return found


def _definitions(analysis: Analysis, function: FunctionId) -> dict[str, list[ir.Expr]]:
    node, module = analysis.functions.get(function), analysis.modules.get(function.split(":", 1)[0])
    body = node.body if node else module.body if module else ()
    made: dict[str, list[ir.Expr]] = {}
    for part in own_nodes(body):
        if isinstance(part, ir.Assign) and part.value is not None:
            for target in part.targets:
                for name in _references(target):
                    made.setdefault(name, []).append(part.value)
        elif isinstance(part, ir.With):
            for value, bound in part.items:
                for name in _references(bound) if bound else ():
                    made.setdefault(name, []).append(value)
    return made


def _references(value: ir.Expr) -> Iterator[str]:
    """Variables and fields, ``path`` and ``self.path``, and constants that look like a file's name."""
    waiting: list[object] = [value]
    while waiting:
        node = waiting.pop()
        dotted = _dotted(node)
        if dotted:
            yield dotted
            # The file's object stands for it as well: "f" of "f.name".
            if isinstance(node, ir.Attr) and node.name == "name":
                waiting.append(node.base)
        elif isinstance(node, ir.Const) and isinstance(node.value, str) and "." in node.value:
            yield node.value.rsplit("/", 1)[-1]
        elif isinstance(node, ir.Call):
            # Which function makes a name says nothing of the file; what it is called on and with does.
            waiting += [arg.value for arg in node.args]
            if isinstance(node.func, ir.Attr) and not _dotted(node.func.base):
                waiting.append(node.func.base)
        else:
            waiting += list(ir.children(node))


def _dotted(node: object) -> str:
    names = []
    while isinstance(node, ir.Attr):
        names.append(node.name)
        node = node.base
    if not isinstance(node, ir.Name):
        return ""
    return ".".join((node.id, *reversed(names)))


def _runs_files(analysis: Analysis, site: CallSite) -> bool:
    """The program is an interpreter, or not known; what checks, formats or copies a file does not run it."""
    if not site.node.args:
        return False
    values = _made_of(analysis, site.function, [site.node.args[0].value])
    words = {part.value for value in values for part in ir.walk(value) if isinstance(part, ir.Const)}
    if "-m" in words or any(isinstance(arg.value, ir.Const) and arg.value.value == "-m" for arg in site.node.args):
        return False
    command: ir.Expr | None = next(
        (each for each in values if isinstance(each, ir.Sequence | ir.Text | ir.Const)), None
    )
    if isinstance(command, ir.Sequence | ir.Text):
        parts = command.items if isinstance(command, ir.Sequence) else command.parts
        command = parts[0] if parts else None
    if not isinstance(command, ir.Const) or not isinstance(command.value, str) or not command.value.split():
        return True
    program = command.value.split()[0].rsplit("/", 1)[-1].removesuffix(".exe").lower()
    return _NUMBERED.sub("", program) in _INTERPRETERS or "." in program


def _in_sandbox(analysis: Analysis, site: CallSite) -> bool:
    values = _made_of(analysis, site.function, [arg.value for arg in site.node.args])
    words = {part.value for value in values for part in ir.walk(value) if isinstance(part, ir.Const)}
    return not _SANDBOXES.isdisjoint(words) or "containers" in site.path
