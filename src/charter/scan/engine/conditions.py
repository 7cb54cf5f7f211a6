"""The arguments that facts name, and the conditions that they put on them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from charter.scan import ir
from charter.scan.engine.args import Args
from charter.scan.engine.frame import Frame
from charter.scan.engine.values import Cls, Ext, Said, Value, doubted
from charter.scan.facts import Argument, When

if TYPE_CHECKING:
    from charter.scan.engine.interpreter import Interpreter

_MOST_DEPTH = 6


def argument(
    it: "Interpreter", frame: Frame, wanted: Argument, args: Args, receiver: Value | None, node: ir.Node
) -> Iterator[tuple[Value, ir.Node]]:
    """The values that a fact's argument names, each with the node that shows it."""
    if wanted == "self":
        if receiver is not None:
            func = node.func if isinstance(node, ir.Call) else node
            yield receiver, func.base if isinstance(func, ir.Attr) else node
    elif wanted == "*":
        yield from _each(args, node)
    elif isinstance(wanted, int):
        if wanted < len(args.positional):
            yield args.positional[wanted], args.nodes.get(wanted, node)
        elif args.many is not None:
            yield args.many, node
    elif wanted in args.named:
        yield args.named[wanted], args.nodes.get(wanted, node)
    elif "." in wanted:
        first, _, inner = wanted.partition(".")
        for value, at in argument(it, frame, int(first) if first.isdigit() else first, args, receiver, node):
            yield from _within(it, frame, value, at, inner)
    else:
        yield from _in_options(it, frame, wanted, args, node)


def _each(args: Args, node: ir.Node) -> Iterator[tuple[Value, ir.Node]]:
    for position, value in enumerate(args.positional):
        yield value, args.nodes.get(position, node)
    for name, value in args.named.items():
        yield value, args.nodes.get(name, node)
    for rest in (args.many, args.more):
        if rest is not None:
            yield rest, node


def _within(it: "Interpreter", frame: Frame, value: Value, at: ir.Node, key: str) -> Iterator[tuple[Value, ir.Node]]:
    """An entry of a record, or of one within it: ``tool_config.require_approval``."""
    first, _, inner = key.partition(".")
    for _, cell in it.cells(frame, value):
        if cell.kind in ("record", "instance") and first in cell.fields:
            shown = entry_of(at, first)
            found, where = cell.fields[first], shown if shown is not None else at
            if inner:
                yield from _within(it, frame, found, where, inner)
            else:
                yield found, where


def _in_options(
    it: "Interpreter", frame: Frame, wanted: str, args: Args, node: ir.Node
) -> Iterator[tuple[Value, ir.Node]]:
    """JavaScript's keyword arguments: keys of an object; and names within ``**values``."""
    if frame.module.node.language == "typescript":
        for position, value in enumerate(args.positional):
            for _, cell in it.cells(frame, value):
                if cell.kind == "record" and wanted in cell.fields:
                    shown = entry_of(args.nodes.get(position), wanted)
                    yield cell.fields[wanted], shown if shown is not None else node
    elif args.more is not None:  # it may have this name among its own, or not
        yield Value(doubted(args.more.taints), args.more.refs, args.more.consts), node


def entry_of(node: ir.Node | None, key: str) -> ir.Expr | None:
    """The expression of an entry of a record literal."""
    if isinstance(node, ir.Record):
        for entry in node.entries:
            if isinstance(entry.key, ir.Const) and entry.key.value == key:
                return entry.value
    return None


def holds(it: "Interpreter", frame: Frame, when: When, args: Args) -> bool:
    """Whether a condition on an argument is met, as far as it is known."""
    node = ir.Opaque(ir.Span(0, 0, 0, 0))
    found = [value for value, _ in argument(it, frame, when.argument, args, None, node)]
    if when.given is not None and bool(found) != when.given:
        return False
    value = found[0] if found else Value(consts=frozenset([None])) if not args.more else Value()
    if when.is_ is not None and True not in _answers(it, frame, value, when.is_):
        return False
    if when.is_not is not None and _answers(it, frame, value, when.is_not) == {True}:
        return False
    return when.holds is None or any(_holds(it, frame, each, text) for text in when.holds for each in found or [value])


def _answers(it: "Interpreter", frame: Frame, value: Value, wanted: tuple[object, ...]) -> set[bool]:
    """Whether the value is one of these, for each thing that it may be; nothing where that is not known."""
    if value.consts is not None:
        return {_same(each, wanted) for each in value.consts}
    return {_is_named(it, frame, ref, wanted) for ref in value.refs if isinstance(ref, Ext | Cls)}


def _same(constant: object, wanted: tuple[object, ...]) -> bool:
    return any(constant == each and isinstance(constant, bool) == isinstance(each, bool) for each in wanted)


def _is_named(it: "Interpreter", frame: Frame, ref: Ext | Cls, wanted: tuple[object, ...]) -> bool:
    """Whether a thing outside, or what a class of the scanned code derives from, goes by one of these paths."""
    paths = [ref.path] if isinstance(ref, Ext) else it.program.bases_outside(ref.id)
    names = {name for path in paths for name in it.facts.canonical(path, frame.module.node.language)}
    return any(name == each or name.endswith(f".{each}") for name in names for each in wanted if isinstance(each, str))


def _holds(it: "Interpreter", frame: Frame, value: Value, text: str, depth: int = 0) -> bool:
    if value.consts is not None:
        return any(isinstance(each, str) and text in each for each in value.consts)
    for ref in value.refs:
        if isinstance(ref, Said) and text in ref.word:
            return True
        if isinstance(ref, Ext) and text in ref.path.removesuffix("()").rpartition(".")[2]:
            return True
    return depth < _MOST_DEPTH and any(
        _holds(it, frame, inner, text, depth + 1)
        for _, cell in it.cells(frame, value)
        for inner in (*cell.fields.values(), cell.rest)
    )
