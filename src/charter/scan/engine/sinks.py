"""Sinks: whether text that arrives there is what must not arrive, message by message and argument by argument."""

from charter.scan import ir
from charter.scan.engine.frame import Frame, SinkPoint
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.roles import INSTRUCTION_ROLES, names_role, roles_of
from charter.scan.engine.state import Cell
from charter.scan.engine.values import IN_MESSAGE, Taints, Value, doubted
from charter.scan.facts import Sink, SinkKind
from charter.scan.findings import Place

_LISTS, _RECORDS = frozenset({"builtins.list()", "global.Array()"}), frozenset({"builtins.dict()"})
_SHELLS = frozenset(
    [
        "sh",
        "bash",
        "zsh",
        "dash",
        "ksh",
        "fish",
        "cmd",
        "cmd.exe",
        "powershell",
        "pwsh",
        "python",
        "python3",
        "node",
        "deno",
        "ruby",
        "perl",
        "php",
        "osascript",
        "env",
        "sudo",
        "xargs",
        "ssh",
        "docker",
        "kubectl",
        "npx",
        "uv",
    ]
)
_MESSAGE_DEPTH = 4


def reach(it: Interpreter, frame: Frame, sink: Sink, path: str, value: Value, at: Place, call: ir.Node) -> None:
    """A value arrives at a sink of a call; ``at`` is the argument's place."""
    if sink.kind == "messages":
        _reach_messages(it, frame, sink, path, value, at, call)
        return
    if sink.program:
        value = _program_of(it, frame, value)
    taints = value.taints if sink.whole else it.collect(frame, value)
    if taints:
        it.hit(frame, _point(it, frame, sink.kind, sink.what, path, at, call), taints)


def _point(
    it: Interpreter, frame: Frame, kind: SinkKind, what: str, path: str, at: Place, call: ir.Node, role: str = ""
) -> SinkPoint:
    node = call if isinstance(call, ir.Call | ir.Assign | ir.Element) else None
    return SinkPoint(kind, what, path, at, it.place(frame, call), frame.function, role, node)


def _program_of(it: Interpreter, frame: Frame, value: Value) -> Value:
    """Of a command given as a list: all of it where its program is a shell, and else the program alone."""
    lists = [cell for _, cell in it.cells(frame, value) if cell.kind == "list"]
    if len(lists) != 1 or len(value.refs) != 1:
        return value
    first = lists[0].fields.get(0)
    if first is None or first.taints or first.consts is None:
        return value if first is None else first
    names = {str(each).rsplit("/", 1)[-1].lower() for each in first.consts}
    return value if names & _SHELLS else first


def _reach_messages(
    it: Interpreter, frame: Frame, sink: Sink, path: str, value: Value, at: Place, call: ir.Node, depth: int = 0
) -> None:
    """A list of messages: what stands under the roles of instructions, and whose text the role itself is."""
    if value.taints and not sink.plain and _is_made_outside(it, frame, value):
        users = {key: taint for key, taint in value.taints.items() if taint.label in ("U", "P")}
        it.hit(frame, _point(it, frame, "messages", sink.what, path, at, call, "role"), users)
    for _, cell in it.cells(frame, value):
        if _is_message(cell):
            _reach_message(it, frame, sink, path, (cell.get("role"), cell.get("content")), at, call)
        elif _is_pair(cell, depth):
            _reach_message(it, frame, sink, path, (cell.get(0), cell.get(1)), at, call)
        elif depth < _MESSAGE_DEPTH:
            several = (cell.get("messages"),) if cell.kind == "record" else (*cell.fields.values(), cell.rest)
            for inner in several:
                _reach_messages(it, frame, sink, path, inner, at, call, depth + 1)


def _is_made_outside(it: Interpreter, frame: Frame, value: Value) -> bool:
    """Whether the messages themselves, roles and all, are what somebody sent: a part of a request's body."""
    facts = it.facts_for(frame)
    for _, cell in it.cells(frame, value):
        if cell.kind == "list" and cell.length is None and set(cell.rest.paths()) <= _RECORDS:
            return True  # a parameter that is a list of records
    for path in value.paths():
        if path in _LISTS:
            return True
        this = path
        while this:
            if facts.read(this) or (this.endswith("()") and facts.call(this[:-2]).result):
                return True
            this = this[:-2] if this.endswith("()") else this.rpartition(".")[0]
    return False


def _is_message(cell: Cell) -> bool:
    return cell.kind in ("record", "instance") and ("content" in cell.fields or "role" in cell.fields)


def _is_pair(cell: Cell, depth: int) -> bool:
    """A turn as its role and its text: ``("system", text)``."""
    if cell.kind != "list" or cell.length != 2:
        return False
    role = cell.get(0)
    return names_role(role.text()) or (depth > 0 and bool(role.taints))


def _reach_message(
    it: Interpreter, frame: Frame, sink: Sink, path: str, turn: tuple[Value, Value], at: Place, call: ir.Node
) -> None:
    role, content = turn
    if role.taints:
        it.hit(frame, _point(it, frame, "messages", sink.what, path, at, call, "role"), role.taints)
    named = sorted(INSTRUCTION_ROLES & roles_of(role))
    if named:
        taints = it.collect(frame, content)
        if len(role.consts or ()) > 1:
            taints = doubted(taints)
        where = content_place(taints, at)
        it.hit(frame, _point(it, frame, "messages", sink.what, path, where, call, named[0]), taints)


def content_place(taints: Taints, otherwise: Place) -> Place:
    """Where the text was put into its message, as its way says."""
    for taint in taints.values():
        found = taint.trail.last(IN_MESSAGE) if taint.trail is not None else None
        if found is not None:
            return found
    return otherwise


def reach_assignment(it: Interpreter, frame: Frame, name: str, value: Value, node: ir.Assign | ir.Element) -> None:
    """A value is assigned to an attribute or prop of a name that may be a sink."""
    for sink in it.facts.assign_sinks(name, frame.module.node.language):
        taints = it.collect(frame, value)
        if taints:
            at = it.place(frame, node)
            it.hit(frame, _point(it, frame, sink.kind, sink.what, name.removeprefix("<>."), at, node), taints)


def reach_dispatch(it: Interpreter, frame: Frame, path: str, key: Value, node: ir.Node) -> None:
    """A key picks from a whole namespace."""
    if key.taints:
        at = it.place(frame, node)
        it.hit(frame, _point(it, frame, "dispatch", "picks what runs by name", path, at, node), key.taints)
