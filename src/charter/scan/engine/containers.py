"""Methods of lists, records and texts of the language itself, followed item by item."""

from collections.abc import Callable
from typing import TypeAlias

from charter.scan import ir
from charter.scan.engine import access
from charter.scan.engine.args import Args
from charter.scan.engine.callbacks import passes
from charter.scan.engine.calls import call_value
from charter.scan.engine.expressions import extend, joined_text, text_type
from charter.scan.engine.frame import Frame
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.state import Cell
from charter.scan.engine.values import (
    CLEAN,
    NOTHING,
    UNKNOWN,
    Ext,
    Fn,
    Key,
    Loc,
    Value,
    cleared,
    join,
    join_taints,
    of,
    plus_taints,
)
from charter.scan.facts import SinkKind

Receiver: TypeAlias = tuple[int, Cell]
Method: TypeAlias = Callable[[Interpreter, Frame, Receiver, Args], Value]
_PREFIXES = ("builtins.list().", "builtins.dict().", "global.Array().", "global.Object().")


def call_container(it: Interpreter, frame: Frame, path: str, args: Args, receiver: Value | None) -> Value | None:
    """A method of a known list or record, or a function that makes one; None for anything else."""
    if receiver is not None and path.endswith((".then", ".catch", ".finally")):
        return _promised(it, frame, path, args, receiver)
    if path in _FUNCTIONS:
        return _FUNCTIONS[path](it, frame, args)
    if receiver is None or not path.startswith(_PREFIXES):
        if receiver is not None and path.endswith((".map", ".flatMap")) and frame.module.node.language == "typescript":
            return _mapped_outside(it, frame, args, receiver)
        return _text_method(it, frame, path, args, receiver)
    method = _METHODS.get(path.rpartition(".")[2])
    if method is None:
        return None
    kind = "list" if path.startswith((_PREFIXES[0], _PREFIXES[2])) else "record"
    found = [method(it, frame, each, args) for each in it.cells(frame, receiver) if each[1].kind == kind]
    return plus_taints(join(*found), receiver.taints) if found else None


def _promised(it: Interpreter, frame: Frame, path: str, args: Args, receiver: Value) -> Value | None:
    """``promise.then(f)`` is what ``f`` makes of it; with ``catch`` it stays what it is, or is what that gives."""
    if not any(isinstance(ref, Fn) for each in args.positional for ref in each.refs):
        return None
    place = it.place(frame, next(iter(args.nodes.values()), ir.Opaque(ir.Span(0, 0, 0, 0))))
    plain = Value(receiver.taints, receiver.refs)
    if path.endswith(".then"):
        made = [call_value(it, frame, args.positional[0], Args([plain]), place)]
        made += [call_value(it, frame, each, Args([UNKNOWN]), place) for each in args.positional[1:]]
        return join(*made)
    caught = call_value(it, frame, args.positional[0], Args([UNKNOWN]), place)
    return join(plain, caught) if path.endswith(".catch") else plain


def _text_method(it: Interpreter, frame: Frame, path: str, args: Args, receiver: Value | None) -> Value | None:
    """Constants stay constants where it matters for roles and paths; ``join`` and ``format`` take what is within."""
    name = path.rpartition(".")[2]
    if receiver is None or name not in ("join", "format", "lower", "upper", "strip", "toLowerCase", "trim", "title"):
        return None
    text = receiver.text()
    if name in ("join", "format"):
        taints = receiver.taints
        for value in args.all():
            taints = join_taints(taints, it.collect(frame, value))
        refs = of(text_type(frame)).refs | it.facts_for(frame).said(receiver)
        return Value(taints, refs) if path.startswith(("builtins.str", "?.")) else None
    if text is None or receiver.taints:
        return None
    changed = {"lower": text.lower(), "toLowerCase": text.lower(), "upper": text.upper(), "title": text.title()}
    return joined_text(it, frame, [Value(consts=frozenset([changed.get(name, text.strip())]))])


def _append(it: Interpreter, frame: Frame, receiver: Receiver, args: Args) -> Value:
    number, cell = receiver
    for value in args.all():
        cell = cell.push(value)
    it.write(frame, number, cell)
    return UNKNOWN


def _insert(it: Interpreter, frame: Frame, receiver: Receiver, args: Args) -> Value:
    number, cell = receiver
    values = args.positional[1:] if len(args.positional) > 1 else args.positional
    rest = join(cell.rest, *cell.fields.values(), *values)
    it.write(frame, number, Cell(cell.kind, {}, rest, None, cell.cls))
    return UNKNOWN


def _extend(it: Interpreter, frame: Frame, receiver: Receiver, args: Args) -> Value:
    number, cell = receiver
    for value in args.all():
        cell = extend(it, frame, cell, value)
    it.write(frame, number, cell)
    return UNKNOWN


def _concat(it: Interpreter, frame: Frame, receiver: Receiver, args: Args) -> Value:
    cell = receiver[1]
    for value in args.all():
        known = [each for _, each in it.cells(frame, value) if each.kind == "list"]
        cell = extend(it, frame, cell, value) if known else cell.push(value)
    return it.allocate(frame, cell)


def _whole(it: Interpreter, frame: Frame, receiver: Receiver, args: Args) -> Value:
    return it.allocate(frame, receiver[1])


def _some(it: Interpreter, frame: Frame, receiver: Receiver, args: Args) -> Value:
    return receiver[1].get(None)


def _pop(it: Interpreter, frame: Frame, receiver: Receiver, args: Args) -> Value:
    if receiver[1].kind == "record":
        return _get(it, frame, receiver, args)
    return receiver[1].get(None)


def _get(it: Interpreter, frame: Frame, receiver: Receiver, args: Args) -> Value:
    default = args.positional[1:2]
    if not args.positional:
        return receiver[1].get(None)
    values = [receiver[1].get(each) for each in access.keys(args.positional[0])]
    return join(*values, *default) if values else UNKNOWN


def _set_default(it: Interpreter, frame: Frame, receiver: Receiver, args: Args) -> Value:
    number, cell = receiver
    if not args.positional:
        return UNKNOWN
    value = args.positional[1] if len(args.positional) > 1 else UNKNOWN
    found = []
    for each in access.keys(args.positional[0]):
        held = cell.get(each)
        cell = cell.put(each, value if held is NOTHING else join(held, value))
        found.append(cell.get(each))
    it.write(frame, number, cell)
    return join(*found)


def _update(it: Interpreter, frame: Frame, receiver: Receiver, args: Args) -> Value:
    number, cell = receiver
    for value in args.positional:
        cell = merged(it, frame, cell, value)
    for key, value in args.named.items():
        cell = cell.put(key, value)
    it.write(frame, number, cell)
    return of(Loc(number))


def merged(it: Interpreter, frame: Frame, cell: Cell, value: Value) -> Cell:
    """A record after another's entries were put into it."""
    known = it.cells(frame, value)
    for _, other in known:
        for key, inner in other.fields.items():
            cell = cell.put(key, inner, strong=len(known) == 1)
        if other.rest is not NOTHING:
            cell = cell.put(None, other.rest)
    if not known or value.taints:
        cell = cell.put(None, value)
    return cell


def _values(it: Interpreter, frame: Frame, receiver: Receiver, args: Args) -> Value:
    return it.allocate(frame, Cell("list", rest=receiver[1].get(None)))


def _keys(it: Interpreter, frame: Frame, receiver: Receiver, args: Args) -> Value:
    return it.allocate(frame, Cell("list", rest=UNKNOWN))


def _items(it: Interpreter, frame: Frame, receiver: Receiver, args: Args) -> Value:
    pair = it.allocate(frame, Cell("list", {0: UNKNOWN, 1: receiver[1].get(None)}, NOTHING, 2))
    return it.allocate(frame, Cell("list", rest=pair))


def _mapped_outside(it: Interpreter, frame: Frame, args: Args, receiver: Value) -> Value | None:
    """``map`` of a list that is not known: what the function makes of an item, and not the item itself."""
    if not args.positional or not any(isinstance(ref, Fn) for ref in args.positional[0].refs):
        return None
    return it.allocate(frame, Cell("list", rest=_call_with(it, frame, args, Value(receiver.taints, receiver.refs))))


def _map(it: Interpreter, frame: Frame, receiver: Receiver, args: Args) -> Value:
    return it.allocate(frame, Cell("list", rest=_each(it, frame, receiver, args)))


def _each(it: Interpreter, frame: Frame, receiver: Receiver, args: Args) -> Value:
    return _call_with(it, frame, args, receiver[1].get(None)) if args.positional else UNKNOWN


def _call_with(it: Interpreter, frame: Frame, args: Args, item: Value) -> Value:
    """Calls the function that is the first argument."""
    place = it.place(frame, next(iter(args.nodes.values()), ir.Opaque(ir.Span(0, 0, 0, 0))))
    return call_value(it, frame, args.positional[0], Args([item]), place)


def _filter(it: Interpreter, frame: Frame, receiver: Receiver, args: Args) -> Value:
    _each(it, frame, receiver, args)
    kinds = passes(it, frame, args)
    if not kinds:
        return it.allocate(frame, receiver[1])
    cell = receiver[1]
    fields = {key: _cleared(value, kinds) for key, value in cell.fields.items()}
    return it.allocate(frame, Cell(cell.kind, fields, _cleared(cell.rest, kinds), cell.length, cell.cls))


def _cleared(value: Value, kinds: frozenset[SinkKind]) -> Value:
    return Value(cleared(value.taints, kinds), value.refs, value.consts) if value.taints else value


def _reduce(it: Interpreter, frame: Frame, receiver: Receiver, args: Args) -> Value:
    if not args.positional:
        return UNKNOWN
    start = args.positional[1] if len(args.positional) > 1 else UNKNOWN
    place = it.place(frame, next(iter(args.nodes.values()), ir.Opaque(ir.Span(0, 0, 0, 0))))
    once = call_value(it, frame, args.positional[0], Args([start, receiver[1].get(None)]), place)
    return join(start, call_value(it, frame, args.positional[0], Args([once, receiver[1].get(None)]), place))


def _joined(it: Interpreter, frame: Frame, receiver: Receiver, args: Args) -> Value:
    taints = CLEAN
    for inner in (*receiver[1].fields.values(), receiver[1].rest):
        taints = join_taints(taints, it.collect(frame, inner))
    return Value(taints, of(text_type(frame)).refs)


_METHODS: dict[str, Method] = {
    "append": _append, "push": _append, "add": _append, "unshift": _insert, "insert": _insert, "extend": _extend,
    "concat": _concat, "copy": _whole, "slice": _whole, "reverse": _whole, "sort": _whole, "toReversed": _whole,
    "flat": _whole, "pop": _pop, "shift": _some, "at": _some, "find": _filter, "get": _get, "setdefault": _set_default,
    "update": _update, "values": _values, "keys": _keys, "items": _items, "entries": _items, "map": _map,
    "flatMap": _map, "forEach": _each, "filter": _filter, "reduce": _reduce, "join": _joined,
}  # fmt: skip


def _list(it: Interpreter, frame: Frame, args: Args) -> Value:
    if not args.positional:
        return it.allocate(frame, Cell("list", length=0))
    lists = [cell for _, cell in it.cells(frame, args.positional[0]) if cell.kind == "list"]
    taints = args.positional[0].taints
    if len(lists) == 1:
        return plus_taints(it.allocate(frame, lists[0]), taints)
    inner = access.items_of(it, frame, args.positional[0])
    return it.allocate(frame, Cell("list", rest=inner))


def _dict(it: Interpreter, frame: Frame, args: Args) -> Value:
    cell = Cell("record")
    for value in args.positional:
        cell = merged(it, frame, cell, value)
    for key, value in args.named.items():
        cell = cell.put(key, value)
    if args.more is not None:
        cell = cell.put(None, args.more)
    return it.allocate(frame, cell)


def _map_items(it: Interpreter, frame: Frame, args: Args) -> Value | None:
    """``map(f, xs)``, of a function that is scanned."""
    if not args.positional or not any(isinstance(ref, Fn) for ref in args.positional[0].refs):
        return None
    place = it.place(frame, next(iter(args.nodes.values()), ir.Opaque(ir.Span(0, 0, 0, 0))))
    items = Args([access.items_of(it, frame, each) for each in args.positional[1:]])
    return it.allocate(frame, Cell("list", rest=call_value(it, frame, args.positional[0], items, place)))


def _zipped(it: Interpreter, frame: Frame, args: Args) -> Value | None:
    """``zip(xs, ys)``: pairs of an item of each."""
    if args.many is not None:
        return None
    items: dict[Key, Value] = {key: access.items_of(it, frame, each) for key, each in enumerate(args.positional)}
    return it.allocate(frame, Cell("list", rest=it.allocate(frame, Cell("list", items, NOTHING, len(items)))))


def _numbered(it: Interpreter, frame: Frame, args: Args) -> Value | None:
    """``enumerate(xs)``: pairs of a number and an item."""
    if not args.positional:
        return None
    pair: dict[Key, Value] = {0: UNKNOWN, 1: access.items_of(it, frame, args.positional[0])}
    return it.allocate(frame, Cell("list", rest=it.allocate(frame, Cell("list", pair, NOTHING, 2))))


def _all_of(it: Interpreter, frame: Frame, args: Args) -> Value | None:
    """``Promise.all(xs)``: the list itself, once all are there."""
    return args.positional[0] if args.positional and it.cells(frame, args.positional[0]) else None


def _gathered(it: Interpreter, frame: Frame, args: Args) -> Value:
    """``asyncio.gather(a, b)``."""
    count = len(args.positional) if args.many is None else None
    return it.allocate(frame, Cell("list", dict(enumerate(args.positional)), args.many or NOTHING, count))


def _assign(it: Interpreter, frame: Frame, args: Args) -> Value:
    """``Object.assign(target, …)``."""
    targets = it.cells(frame, args.positional[0]) if args.positional else []
    cell = targets[0][1] if targets else Cell("record")
    for value in args.positional[1:]:
        cell = merged(it, frame, cell, value)
    if targets:
        it.write(frame, targets[0][0], cell)
        return args.positional[0]
    return it.allocate(frame, cell)


def _object_values(it: Interpreter, frame: Frame, args: Args) -> Value:
    inner = join(*(cell.get(None) for _, cell in it.cells(frame, args.positional[0]))) if args.positional else UNKNOWN
    return it.allocate(
        frame, Cell("list", rest=plus_taints(inner, args.positional[0].taints if args.positional else {}))
    )


def _partial(it: Interpreter, frame: Frame, args: Args) -> Value:
    if not args.positional:
        return UNKNOWN
    held: dict[Key, Value] = dict(enumerate(args.positional[1:]))
    held.update(args.named)
    return it.allocate(frame, Cell("partial", {**held, "func": args.positional[0]}))


def _super(it: Interpreter, frame: Frame, args: Args) -> Value:
    return of(Loc(frame.self_cell)) if frame.self_cell != -1 else of(Ext("?.super"))


def _copy(it: Interpreter, frame: Frame, args: Args) -> Value:
    if not args.positional:
        return UNKNOWN
    made = [it.allocate(frame, cell) for _, cell in it.cells(frame, args.positional[0])]
    return plus_taints(join(*made), args.positional[0].taints) if made else args.positional[0]


_FUNCTIONS: dict[str, Callable[[Interpreter, Frame, Args], Value | None]] = {
    "builtins.list": _list, "builtins.tuple": _list, "builtins.sorted": _list, "builtins.reversed": _list,
    "builtins.set": _list, "builtins.frozenset": _list, "global.Array.from": _list, "global.Set": _list,
    "builtins.dict": _dict, "global.Object.assign": _assign, "global.Object.values": _object_values,
    "builtins.map": _map_items, "builtins.zip": _zipped, "builtins.enumerate": _numbered,
    "global.Promise.all": _all_of, "asyncio.gather": _gathered,
    "collections.OrderedDict": _dict, "functools.partial": _partial, "builtins.super": _super,
    "copy.copy": _copy, "copy.deepcopy": _copy, "global.structuredClone": _copy,
}  # fmt: skip
