"""Parts that decide for the whole: the host of an address, the role of a turn."""

from charter.scan import ir
from charter.scan.engine.frame import Frame
from charter.scan.engine.predicates import Facts
from charter.scan.engine.values import ALL_KINDS, Value, cleared
from charter.scan.facts import SinkKind

ADDRESS: frozenset[SinkKind] = frozenset({"url", "redirect"})
TURN: frozenset[SinkKind] = frozenset({"messages"})
HOSTS = frozenset({"hostname", "host", "netloc", "origin"})
_PARSERS = frozenset({"urlparse", "urlsplit", "URL", "parse"})


def with_wholes(facts: list[Facts]) -> list[Facts]:
    """What was learnt, and what that says of the things whose parts were tested."""
    found = list(facts)
    for expression, kinds, weak in facts:
        if weak or not isinstance(expression, ir.Attr | ir.Index):
            continue
        name = part_name(expression)
        if name == "role" and kinds >= TURN:
            found.append((expression.base, TURN, ""))
        elif name in HOSTS and kinds >= ADDRESS:
            parsed = address_in(expression.base)
            found.append((expression.base if parsed is None else parsed, ADDRESS, ""))
    return found


def part_name(node: ir.Attr | ir.Index) -> object:
    """The name of an attribute, the key of an item."""
    if isinstance(node, ir.Attr):
        return node.name
    return node.key.value if isinstance(node.key, ir.Const) else None


def address_in(node: ir.Expr) -> ir.Expr | None:
    """What ``urlparse(x)`` takes apart."""
    if not isinstance(node, ir.Call) or len(node.args) != 1:
        return None
    name = node.func.id if isinstance(node.func, ir.Name) else getattr(node.func, "name", "")
    return node.args[0].value if name in _PARSERS else None


def is_host(value: Value) -> bool:
    """Whether it was read as the host of an address."""
    return any(path.rpartition(".")[2] in HOSTS for path in value.paths())


def _texts(value: Value) -> set[tuple[object, ...]]:
    """Whose text it carries, apart from what is safe anyway."""
    open_ones = (each for each in value.taints.values() if not each.cleared >= ALL_KINDS)
    return {(each.label, each.symbol, each.origin) for each in open_ones}


def tell(frame: Frame, value: Value, kinds: frozenset[SinkKind]) -> None:
    """A host or a path is checked: so is every variable that holds this text, taken apart or put together anew."""
    texts = _texts(value)
    for name, held in list(frame.state.env.items()):
        if held.taints and _texts(held) == texts:
            frame.state.env[name] = Value(cleared(held.taints, kinds), held.refs, held.consts)
