"""Loops in the tree: which have no end of their own, and what stands in them."""

import re
from collections.abc import Iterator

from charter.scan import ir

_ORDER = frozenset({"<", "<=", ">", ">="})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_COUNTING = frozenset({
    "max", "maximum", "most", "limit", "limits", "budget", "iteration", "iterations", "steps", "turns", "attempt",
    "attempts", "rounds", "count", "counter", "timeout", "deadline", "remaining", "retries", "depth", "cost", "elapsed",
})  # fmt: skip
"""Words of a bound: a loop that is left on one of them has one."""
_TIME = frozenset({"time", "monotonic", "now", "clock"})
_FOREVER = frozenset({"count", "cycle", "repeat"})


def own_nodes(body: ir.Block | tuple[object, ...]) -> Iterator[object]:
    """All nodes of a function's body but those of functions and classes defined in it; lambdas belong to it."""
    waiting: list[object] = list(reversed(body))
    while waiting:
        this = waiting.pop()
        yield this
        if not isinstance(this, ir.Define | ir.DefineClass):
            waiting.extend(reversed(list(ir.children(this))))


def endless_loops(body: ir.Block) -> Iterator[ir.While | ir.For]:
    """
    Loops that only their body ends, and that count nothing: ``while True``, ``while not done``, ``for … in count()``.
    One that is left on a comparison with a number that changes, or on a word such as "limit", is bounded.
    """
    for node in own_nodes(body):
        if isinstance(node, ir.While) and _compares(node.test):
            continue
        if isinstance(node, ir.For) and not _goes_on(node.iterable):
            continue
        if isinstance(node, ir.While | ir.For) and not _left_after_one_round(node.body) and not _bounded(node):
            yield node


def words_of(node: object) -> Iterator[str]:
    """The names within an expression."""
    for part in ir.walk(node):
        if isinstance(part, ir.Name):
            yield part.id
        elif isinstance(part, ir.Attr):
            yield part.name


def last_name(call: ir.Call) -> str:
    """The name by which a call calls: ``run`` of ``self.agent.run()``."""
    if isinstance(call.func, ir.Attr):
        return call.func.name
    return call.func.id if isinstance(call.func, ir.Name) else ""


def _compares(test: ir.Expr) -> bool:
    """The loop's own test can bound it: it orders numbers, or speaks of a bound."""
    orders = any(isinstance(part, ir.Binary) and part.op in _ORDER for part in ir.walk(test))
    return orders or _speaks_of_bound(test)


def _goes_on(iterable: ir.Expr) -> bool:
    return isinstance(iterable, ir.Call) and last_name(iterable) in _FOREVER and len(iterable.args) < 2


def _left_after_one_round(body: ir.Block) -> bool:
    """The body ends by leaving, as where a call is tried until it succeeds."""
    for statement in body:
        if isinstance(statement, ir.Return | ir.Break | ir.Raise):
            return True
        if isinstance(statement, ir.Try) and _left_after_one_round((*statement.body, *statement.other)):
            return True
        if isinstance(statement, ir.With) and _left_after_one_round(statement.body):
            return True
    return False


def _bounded(loop: ir.While | ir.For) -> bool:
    """Somewhere in it stands ``if steps > MOST: break``."""
    counters = set(_counters(loop.body))
    for node in own_nodes(loop.body):
        if isinstance(node, ir.If) and _leaves((*node.then, *node.other)) and _is_bound(node.test, counters):
            return True
    return False


def _counters(body: ir.Block) -> Iterator[str]:
    """What the loop counts up or down."""
    for node in own_nodes(body):
        if isinstance(node, ir.Assign) and (node.op in {"+", "-"} or isinstance(node.value, ir.Binary)):
            for target in node.targets:
                yield from words_of(target)


def _is_bound(test: ir.Expr, counters: set[str]) -> bool:
    if _speaks_of_bound(test):
        return True
    for part in ir.walk(test):
        if isinstance(part, ir.Binary) and part.op in {*_ORDER, "=="} and not counters.isdisjoint(words_of(part)):
            return True
        if isinstance(part, ir.Binary) and part.op in _ORDER and not _TIME.isdisjoint(words_of(part)):
            return True
    return False


def _speaks_of_bound(test: ir.Expr) -> bool:
    return any(word.lower() in _COUNTING for name in words_of(test) for word in _WORD.findall(name))


def _leaves(body: tuple[ir.Statement, ...]) -> bool:
    return any(isinstance(node, ir.Break | ir.Return | ir.Raise) for node in own_nodes(body))
