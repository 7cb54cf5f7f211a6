"""The inventory as a drawing: models, the tools that they may call, and what these can do. Inline SVG without style."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from charter.page_drawing import line, polyline, svg, text
from charter.page_text import plain
from charter.scan.facts import Capability
from charter.scan.inventory import Inventory, Power, ToolUse
from charter.scan.output.frames import line_of

WIDTH = 760.0
MOST = 60
"""Boxes of one column; the rest is counted in words."""
DOES: dict[Capability, str] = {
    "shell": "runs commands",
    "code": "runs code",
    "file-read": "reads files",
    "file-write": "writes files",
    "file-delete": "deletes files",
    "network": "uses the network",
    "sql-read": "reads a database",
    "sql-write": "changes a database",
    "send-message": "sends messages",
    "payment": "moves money",
    "credentials": "reads credentials",
    "browser": "steers a browser",
    "process": "starts or stops processes",
}
"""What a capability is, in words."""

_ROW, _TOP, _BOX = 30.0, 44.0, 22.0
_COLUMNS = ((0.0, 200.0), (270.0, 220.0), (560.0, 200.0))
_LETTERS = 30


@dataclass(frozen=True, slots=True)
class _Node:
    words: str
    title: str
    css: str


def inventory_graph(found: Inventory) -> Markup:
    """The drawing; an empty one where there is nothing."""
    models = [_Node(*each, "model") for each in _models(found)]
    tools = [(tool, _Node(tool.name, _told(tool), "tool asked" if tool.approved else "tool")) for tool in found.tools]
    servers = [
        _Node(each.name, f"server: {each.command}, {line_of(each.place)}", "tool server") for each in found.servers
    ]
    powers = [_Node(DOES[each], DOES[each], "power") for each in _capabilities(found)]
    stores = [_Node(each, f"store: {each}", "store") for each in sorted({store.what for store in found.stores})]
    middle = [node for _, node in tools] + servers
    columns = (_cut(models), _cut(middle), _cut(powers + stores))
    height = _TOP + _ROW * max(1, *map(len, columns)) + 8
    parts = [*_headings(), *_edges(columns, found, _capabilities(found)), *_boxes(columns)]
    label = f"{len(models)} models, {len(tools)} tools, {len(servers)} servers, {len(stores)} stores"
    return svg(WIDTH, height, label, parts, "inventory")


def _models(found: Inventory) -> list[tuple[str, str]]:
    """Each model once, with the places that call it."""
    places: dict[str, list[str]] = {}
    for use in found.models:
        name = " · ".join(filter(None, (use.provider, use.model))) or use.path
        places.setdefault(name, []).append(line_of(use.place))
    return [(name, f"{name}: {', '.join(where[:5])}") for name, where in sorted(places.items())]


def _capabilities(found: Inventory) -> list[Capability]:
    return sorted({power.capability for tool in found.tools for power in tool.powers})


def _told(tool: ToolUse) -> str:
    asked = "a person is asked" if tool.approved else "nobody is asked"
    return f"{tool.name}, {line_of(tool.place)}: {asked}. {tool.description}"


def _cut(nodes: Sequence[_Node]) -> list[_Node]:
    if len(nodes) <= MOST:
        return list(nodes)
    more = f"and {len(nodes) - MOST + 1} more"
    return [*nodes[: MOST - 1], _Node(more, more, "rest")]


def _headings() -> Iterable[Markup]:
    for (x, _), words in zip(_COLUMNS, ("Models", "Tools and servers", "What they reach"), strict=True):
        yield text(x, 18, words, "axis-title")


def _boxes(columns: Sequence[Sequence[_Node]]) -> Iterable[Markup]:
    for (x, width), nodes in zip(_COLUMNS, columns, strict=True):
        for number, node in enumerate(nodes):
            y = _middle(number)
            words = node.words if len(node.words) <= _LETTERS else f"{node.words[: _LETTERS - 1]}…"
            yield Markup(
                '<g class="box {}"><title>{}</title><rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="4"/>'
            ).format(node.css, plain(node.title), x, y - _BOX / 2, width, _BOX)
            yield text(x + 9, y + 4, words, "name") + Markup("</g>")


def _edges(
    columns: Sequence[Sequence[_Node]], found: Inventory, capabilities: Sequence[Capability]
) -> Iterable[Markup]:
    """Models to the bar that all tools hang on: which model is given which tool, the code seldom says."""
    models, middle, reached = columns
    bar = (_COLUMNS[0][0] + _COLUMNS[0][1] + _COLUMNS[1][0]) / 2
    ends = [_middle(number) for number in range(max(len(models), len(middle)))]
    if models and middle:
        yield line(bar, ends[0], bar, ends[-1], "wire")
        for number in range(len(models)):
            yield line(_COLUMNS[0][0] + _COLUMNS[0][1], ends[number], bar, ends[number], "wire")
        for number in range(len(middle)):
            yield line(bar, ends[number], _COLUMNS[1][0], ends[number], "wire")
    start, end = _COLUMNS[1][0] + _COLUMNS[1][1], _COLUMNS[2][0]
    for number, tool in enumerate(found.tools[: len(middle)]):
        for place, capability in enumerate(capabilities[: len(reached)]):
            powers = [power for power in tool.powers if power.capability == capability]
            if powers:
                y, to = _middle(number), _middle(place)
                corners = [(start, y), (start + 14, y), (end - 14, to), (end, to)]
                yield polyline(corners, f"wire {_how(tool, powers)}")


def _how(tool: ToolUse, powers: Sequence[Power]) -> str:
    """Asked, free (the model decides, and nobody is asked), or held to something."""
    if tool.approved or all(power.approved for power in powers):
        return "asked"
    return "free" if any(power.free and not power.approved for power in powers) else "held"


def _middle(number: int) -> float:
    return _TOP + _ROW * number
