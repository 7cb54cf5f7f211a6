"""Functions that a library is given to call: with what, and what comes of it."""

from charter.scan import ir
from charter.scan.engine import access
from charter.scan.engine.args import Args
from charter.scan.engine.calls import call_value
from charter.scan.engine.conditions import argument
from charter.scan.engine.frame import Frame
from charter.scan.engine.guards import learn
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.predicates import tested
from charter.scan.engine.values import NONE, Fn, Value, join
from charter.scan.facts import Argument, SinkKind


def call_given(
    it: Interpreter, frame: Frame, wanted: Argument, node: ir.Call, args: Args, receiver: Value | None
) -> Value | None:
    """Calls the argument that is a function, as the library does; None where there is none."""
    result: Value | None = None
    for found, _ in argument(it, frame, wanted, args, receiver, node):
        given = _arguments(it, frame, wanted, args)
        if receiver is not None and not given.all():
            given = Args([Value(receiver.taints, receiver.refs)])
        value = call_value(it, frame, found, given, it.place(frame, node))
        result = value if result is None else join(result, value)
    return result


def passes(it: Interpreter, frame: Frame, args: Args) -> frozenset[SinkKind]:
    """What an item is safe for when the function, ``filter``'s, has let it pass."""
    found: frozenset[SinkKind] = NONE
    for ref in args.positional[0].refs if args.positional else ():
        if isinstance(ref, Fn):
            info = it.program.functions[ref.id]
            first = next(iter(info.node.params), None)
            known = tested(it, frame, info, ref.bound, True, 0, learn)
            found = known.get(first.name, NONE) if first is not None else NONE
    return found


def _arguments(it: Interpreter, frame: Frame, wanted: Argument, args: Args) -> Args:
    """``submit(function, x)``, ``map(list, function)``, ``Thread(target=function, args=(x,))``."""
    if isinstance(wanted, int):
        after = args.positional[wanted + 1 :]
        if not after:
            return Args(args.positional[:wanted], {}, args.many, args.more)
        nodes: dict[Argument, ir.Expr] = {key: each for key, each in args.nodes.items() if isinstance(key, str)}
        for key, each in args.nodes.items():
            if isinstance(key, int) and key > wanted:
                nodes[key - wanted - 1] = each
        return Args(after, dict(args.named), args.many, args.more, nodes)
    if "args" not in args.named:
        return Args(list(args.positional))
    given = args.named["args"]
    lists = [cell for _, cell in it.cells(frame, given) if cell.kind == "list" and cell.length is not None]
    if len(lists) == 1:
        count = range(lists[0].length or 0)
        shown: dict[Argument, ir.Expr] = dict.fromkeys(count, args.nodes["args"])
        return Args([lists[0].get(key) for key in count], nodes=shown)
    return Args(many=access.items_of(it, frame, given))
