"""The arguments that facts name, and the conditions that they put on them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from charter.scan import ir
from charter.scan.engine.args import Args
from charter.scan.engine.frame import Frame
from charter.scan.engine.values import Value
from charter.scan.facts import Argument, When

if TYPE_CHECKING:
    from charter.scan.engine.interpreter import Interpreter


def argument(
    it: "Interpreter", frame: Frame, wanted: Argument, args: Args, receiver: Value | None, node: ir.Node
) -> Iterator[tuple[Value, ir.Node]]:
    """The values that a fact's argument names, each with the node that shows it."""
    if wanted == "self":
        if receiver is not None:
            func = node.func if isinstance(node, ir.Call) else node
            yield receiver, func.base if isinstance(func, ir.Attr) else node
    elif wanted == "*":
        for position, value in enumerate(args.positional):
            yield value, args.nodes.get(position, node)
        for name, value in args.named.items():
            yield value, args.nodes.get(name, node)
        for rest in (args.many, args.more):
            if rest is not None:
                yield rest, node
    elif isinstance(wanted, int):
        if wanted < len(args.positional):
            yield args.positional[wanted], args.nodes.get(wanted, node)
        elif args.many is not None:
            yield args.many, node
    elif wanted in args.named:
        yield args.named[wanted], args.nodes.get(wanted, node)
    else:
        yield from _in_options(it, frame, wanted, args, node)


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
    elif args.more is not None:
        yield args.more, node


def entry_of(node: ir.Expr | None, key: str) -> ir.Expr | None:
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
    if when.is_ is not None and not (value.consts and any(_same(each, when.is_) for each in value.consts)):
        return False
    if when.is_not is not None and value.consts and all(_same(each, when.is_not) for each in value.consts):
        return False
    return when.holds is None or any(_holds(it, frame, value, text) for text in when.holds)


def _same(constant: object, wanted: tuple[object, ...]) -> bool:
    return any(constant == each and isinstance(constant, bool) == isinstance(each, bool) for each in wanted)


def _holds(it: "Interpreter", frame: Frame, value: Value, text: str) -> bool:
    if value.consts is not None:
        return any(isinstance(each, str) and text in each for each in value.consts)
    return any(_holds(it, frame, inner, text) for _, cell in it.cells(frame, value) for inner in cell.fields.values())
