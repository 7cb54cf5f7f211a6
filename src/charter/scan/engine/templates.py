"""Prompt templates: which variables of a template stand in its system turn, and what is filled into them."""

import re

from charter.scan import ir
from charter.scan.engine import access
from charter.scan.engine.args import Args
from charter.scan.engine.frame import Frame, SinkPoint
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.roles import INSTRUCTION_ROLES
from charter.scan.engine.state import Cell
from charter.scan.engine.values import Loc, Value, constant, join, of
from charter.scan.findings import Place

_VARIABLE = re.compile(r"(?<!\{)\{([A-Za-z_]\w*)\}(?!\})|\{\{\s*([A-Za-z_]\w*)\s*\}\}")
_RUNS = frozenset(
    {"invoke", "ainvoke", "stream", "astream", "batch", "abatch", "run", "arun", "predict", "apredict", "format",
     "format_messages", "format_prompt", "aformat_messages", "partial", "__call__", "call", "formatMessages",
     "formatPromptValue"}
)  # fmt: skip
_KEEPS = frozenset({"partial", "bind", "with_config", "with_retry", "pipe", "with_structured_output"})
_MAKES_CHAT = frozenset({"from_messages", "fromMessages", "ChatPromptTemplate", "fromPromptMessages"})
_MAKES_TURN = frozenset({"from_template", "fromTemplate"})


def call_template(
    it: Interpreter, frame: Frame, path: str, node: ir.Call, args: Args, receiver: Value | None
) -> Value | None:
    """A template that is made, filled, or handed on to a chain; None for any other call."""
    name = path.rpartition(".")[2]
    if receiver is not None and name in _RUNS:
        _fill(it, frame, node, args, receiver)
    if name in _MAKES_CHAT or (name in _MAKES_TURN and "System" in path):
        variables = _variables(it, frame, args, name in _MAKES_CHAT)
        if variables:
            return it.allocate(frame, Cell("template", {each: constant(each) for each in variables}))
    kept: list[Loc] = []
    for value in (*args.all(), *([receiver] if receiver is not None and name in _KEEPS else [])):
        kept += [Loc(number) for number, cell in it.cells(frame, value) if cell.kind == "template"]
    return of(*kept) if kept and name not in _RUNS - _KEEPS else None


def _variables(it: Interpreter, frame: Frame, args: Args, is_chat: bool) -> set[str]:
    """The names that a system turn of the template has in braces."""
    found: set[str] = set()
    for value in args.all():
        if not is_chat:
            found |= _names(value)
            continue
        for _, cell in it.cells(frame, value):
            for inner in (*cell.fields.values(), cell.rest):
                found |= _of_turn(it, frame, inner)
    return found


def _of_turn(it: Interpreter, frame: Frame, turn: Value) -> set[str]:
    found: set[str] = set()
    for _, cell in it.cells(frame, turn):
        if cell.kind == "template":
            found |= {str(key) for key in cell.fields}
        elif cell.get(0).text() in INSTRUCTION_ROLES:
            found |= _names(cell.get(1))
        elif cell.get("role").text() in INSTRUCTION_ROLES:
            found |= _names(cell.get("content"))
    return found


def _names(value: Value) -> set[str]:
    texts = [each for each in value.consts or () if isinstance(each, str)]
    return {one or other for text in texts for one, other in _VARIABLE.findall(text)}


def compose(it: Interpreter, frame: Frame, left: Value, right: Value, node: ir.Binary) -> Value:
    """``left | right``: a chain of runnables is all of its parts; a record before a template fills it."""
    records = [cell for _, cell in it.cells(frame, left) if cell.kind == "record"]
    templates = [cell for _, cell in it.cells(frame, right) if cell.kind == "template"]
    for record in records:
        for template in templates:
            for key, value in record.fields.items():
                if key in template.fields:
                    _reach(it, frame, _invoked(it, frame, value, node), str(key), node)
    return join(left, right) if left.refs or right.refs or left.taints or right.taints else left


def _invoked(it: Interpreter, frame: Frame, value: Value, node: ir.Node) -> Value:
    """What a runnable gives when the chain runs it."""
    place = it.place(frame, node)
    found = value
    for path in value.paths():
        for source in it.facts_for(frame).call(f"{path}.invoke").result:
            found = join(found, Value(access.source_taints(source, f"{path}.invoke", place)))
    return found


def _fill(it: Interpreter, frame: Frame, node: ir.Call, args: Args, receiver: Value) -> None:
    """``template.format(name=value)``, ``chain.invoke({"name": value})``."""
    for _, cell in it.cells(frame, receiver):
        if cell.kind != "template":
            continue
        given = dict(args.named)
        for value in args.positional:
            for _, record in it.cells(frame, value):
                given.update({str(key): inner for key, inner in record.fields.items()})
        for name, value in given.items():
            if name in cell.fields:
                _reach(it, frame, value, name, node)


def _reach(it: Interpreter, frame: Frame, value: Value, name: str, node: ir.Node) -> None:
    taints = it.collect(frame, value)
    if not taints:
        return
    place: Place = it.place(frame, node)
    call = node if isinstance(node, ir.Call) else None
    what = f"the variable {{{name}}} of the system prompt's template"
    it.hit(frame, SinkPoint("system-template", what, name, place, place, frame.function, "system", call), taints)
