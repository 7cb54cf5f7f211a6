"""What an application lets a model do: the models that it calls, their prompts, tools, servers and data stores."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from charter.scan import ir
from charter.scan.analysis import Analysis, CallSite, FunctionId
from charter.scan.documents import Document
from charter.scan.facts import Capability, Label
from charter.scan.findings import Place
from charter.scan.rules.flows import short
from charter.scan.rules.instructions import into_instructions
from charter.scan.rules.reach import described_tools
from charter.scan.rules.settings import line_of, servers
from charter.scan.rules.snippets import place_of
from charter.scan.secrets.redaction import redact

_INSTRUCTIONS = frozenset({"instructions", "system", "system_prompt", "system_message", "system_instruction"})
_ROLES = frozenset({"system", "developer"})
CONTROL: Mapping[Label, str] = {"U": "users", "T": "tools and documents", "M": "models"}
"""Who may write a part of a prompt, in words."""


@dataclass(frozen=True, slots=True, order=True)
class ModelUse:
    """A call of a model."""

    provider: str
    model: str
    """Its name; "" where it is no constant."""
    path: str
    """The access path of the call."""
    place: Place


@dataclass(frozen=True, slots=True, order=True)
class Prompt:
    """Instructions for a model."""

    place: Place
    text: str
    """The beginning; "" where it is put together elsewhere."""
    open_to: tuple[str, ...]
    """Whose text becomes part of it."""


@dataclass(frozen=True, slots=True, order=True)
class Power:
    """Something that a tool can do."""

    capability: Capability
    path: str
    place: Place
    approved: bool
    """A person is asked before."""
    free: bool
    """The model's text decides what is done, unchecked: which command, which file."""


@dataclass(frozen=True, slots=True, order=True)
class ToolUse:
    """A function that a model may call."""

    name: str
    place: Place
    framework: str
    description: str
    approved: bool
    """A person is asked before it runs."""
    powers: tuple[Power, ...]


@dataclass(frozen=True, slots=True, order=True)
class ServerUse:
    """An MCP server that an agent's configuration starts."""

    name: str
    command: str
    place: Place


@dataclass(frozen=True, slots=True, order=True)
class StoreUse:
    """A data store."""

    what: str
    path: str
    place: Place


@dataclass(frozen=True, slots=True)
class Inventory:
    """All of it, each part in order and without repetition."""

    models: tuple[ModelUse, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    tools: tuple[ToolUse, ...] = ()
    servers: tuple[ServerUse, ...] = ()
    stores: tuple[StoreUse, ...] = ()


def inventory(analysis: Analysis | None = None, documents: Iterable[Document] = ()) -> Inventory:
    """The inventory of code that was analysed together, of configuration, or of both."""
    started = [
        _server(document, server.way, server.name, server.command)
        for document in documents
        for server in servers(document)
    ]
    if analysis is None:
        return joined([Inventory(servers=tuple(started))])
    found = Inventory(
        models=tuple(
            ModelUse(call.provider, short(call.model), call.site.path, call.site.place) for call in analysis.model_calls
        ),
        prompts=tuple(_prompts(analysis)),
        tools=tuple(_tools(analysis)),
        servers=tuple(started),
        stores=tuple(StoreUse(site.what, site.path, site.place) for site in analysis.stores),
    )
    return joined([found])


def joined(parts: Iterable[Inventory]) -> Inventory:
    """Several inventories as one."""
    every = list(parts)
    return Inventory(
        models=tuple(sorted({each for part in every for each in part.models})),
        prompts=tuple(sorted({each for part in every for each in part.prompts})),
        tools=tuple(sorted({each for part in every for each in part.tools})),
        servers=tuple(sorted({each for part in every for each in part.servers})),
        stores=tuple(sorted({each for part in every for each in part.stores})),
    )


def _server(document: Document, way: tuple[str | int, ...], name: str, command: tuple[str, ...]) -> ServerUse:
    return ServerUse(short(name), short(redact(" ".join(command))), Place(document.path, line_of(document, way)))


def _prompts(analysis: Analysis) -> Iterator[Prompt]:
    """System messages and instructions, and whatever else labelled text reaches as instructions."""
    open_to: dict[tuple[str, int], set[str]] = {}
    for flow in analysis.flows:
        if into_instructions(flow, templates=True):
            open_to.setdefault((flow.place.path, flow.place.line), set()).add(CONTROL[flow.label])
    for path, module in sorted(analysis.modules.items()):
        for value in _instructions(module):
            place = place_of(path, value.at)
            yield Prompt(place, _gist(value), tuple(sorted(open_to.pop((path, value.at.line), ()))))
    for (path, line), writers in open_to.items():
        yield Prompt(Place(path, line), "", tuple(sorted(writers)))


def _instructions(module: ir.Module) -> Iterator[ir.Expr]:
    for node in ir.walk(module.body):
        if isinstance(node, ir.Record):
            values = {entry.key.value: entry.value for entry in node.entries if isinstance(entry.key, ir.Const)}
            role = values.get("role")
            if isinstance(role, ir.Const) and role.value in _ROLES and "content" in values:
                yield values["content"]
            yield from (value for key, value in values.items() if key in _INSTRUCTIONS)
        elif isinstance(node, ir.Call):
            yield from (arg.value for arg in node.args if arg.name in _INSTRUCTIONS)
            if isinstance(node.func, ir.Name | ir.Attr) and node.args and _last(node.func) == "SystemMessage":
                yield node.args[0].value


def _last(func: ir.Name | ir.Attr) -> str:
    return func.id if isinstance(func, ir.Name) else func.name


def _gist(value: ir.Expr) -> str:
    """The constant words of a prompt, as far as they stand here."""
    return short(redact(" … ".join(_constant_words(value))))


def _constant_words(value: ir.Expr) -> Iterator[str]:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ir.Const) and isinstance(part.value, str):
            yield part.value
        elif isinstance(part, ir.Text):
            waiting += reversed(part.parts)
        elif isinstance(part, ir.Binary):
            waiting += [part.right, part.left]


def _tools(analysis: Analysis) -> Iterator[ToolUse]:
    free = {id(flow.node) for flow in analysis.flows if flow.label == "M" and flow.node is not None}
    for tool in (*analysis.tools, *described_tools(analysis)):
        powers = {
            Power(site.capability, site.path, site.place, site.approved, id(site.node) in free)
            for site in _sites(analysis, tool.function)
            if site.capability
        }
        yield ToolUse(
            short(tool.name),
            tool.place,
            tool.framework,
            short(redact(tool.description)),
            tool.approved,
            tuple(sorted(powers)),
        )


def _sites(analysis: Analysis, function: FunctionId) -> Iterator[CallSite]:
    for reached in analysis.graph.reachable(function):
        yield from analysis.graph.sites.get(reached, ())
