"""Functions of the scanned code whose answer is a test of their arguments: what a yes, or a no, says of each."""

from collections.abc import Callable, Iterable

from charter.scan import ir
from charter.scan.engine.frame import Frame
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.program import FunctionInfo
from charter.scan.engine.values import ALL_KINDS, NONE, Loc, Taint, Value, of, single
from charter.scan.facts import SinkKind

Facts = tuple[ir.Expr, frozenset[SinkKind], str]
"""An expression that was tested, the sinks it is now safe for, and the check in words where it does not suffice."""
Learn = Callable[[Interpreter, Frame, ir.Expr, bool, int], list[Facts]]
Known = dict[str, frozenset[SinkKind]]
"""Parameters, and what they are safe for."""
_MOST_DEPTH = 3


def stand_in() -> Value:
    """An argument of which nothing is known but that somebody's text may be in it, so that tests of it are seen."""
    return Value(single(Taint("P", "", None, symbol=10_000_000)))


def tested(
    it: Interpreter, frame: Frame, info: FunctionInfo, bound: int, answer: bool, depth: int, learn: Learn
) -> Known:
    """What each parameter is safe for when the function answers so."""
    key = (info.id, answer)
    if depth > _MOST_DEPTH:
        return {}
    if key not in it.predicates:
        it.predicates[key] = {}
        inner = Frame(info.module, info, frame.state.copy(), parent=frame, depth=frame.depth + 1)
        inner.state.env = {each.name: stand_in() for each in info.node.params}
        if info.cls is not None and bound != -1:
            inner.self_cell = bound
            if info.module.node.language == "python" and info.node.params:
                inner.state.env[info.node.params[0].name] = of(Loc(bound))
        ways, known = _Ways(it, inner, answer, depth, learn).of_block(info.node.body, {})
        if known is not None and not answer:
            ways.append(known)  # the end of the body is no yes
        it.predicates[key] = _all_of(ways)
    return it.predicates[key]


def _all_of(ways: list[Known]) -> Known:
    """What holds whichever way was taken."""
    found = ways[0] if ways else {}
    for other in ways[1:]:
        found = {name: kinds & other[name] for name, kinds in found.items() if name in other}
    return found


class _Ways:
    """The ways through a body that end in the answer, each with what its tests told."""

    def __init__(self, it: Interpreter, frame: Frame, answer: bool, depth: int, learn: Learn) -> None:
        self.it, self.frame, self.answer, self.depth, self.learn = it, frame, answer, depth, learn

    def plus(self, known: Known, test: ir.Expr, truth: bool) -> Known:
        found = dict(known)
        for expression, kinds, weak in self.learn(self.it, self.frame, test, truth, self.depth + 1):
            if isinstance(expression, ir.Name) and not weak:
                found[expression.id] = found.get(expression.id, NONE) | kinds
        return found

    def of_block(self, block: ir.Block, known: Known) -> tuple[list[Known], Known | None]:
        """The ways that end in the answer within it, and what is known at its end; None where no way leads there."""
        ways: list[Known] = []
        for statement in block:
            more, after = self._of_statement(statement, known)
            ways += more
            if after is None:
                return ways, None
            known = after
        return ways, known

    def _of_statement(self, statement: ir.Statement, known: Known) -> tuple[list[Known], Known | None]:
        ways: list[Known] = []
        after: Known | None = known
        if isinstance(statement, ir.Return):
            ways, after = self._of_return(statement, known), None
        elif isinstance(statement, ir.Raise):
            after = None
        elif isinstance(statement, ir.If):
            yes = self.of_block(statement.then, self.plus(known, statement.test, True))
            no = self.of_block(statement.other, self.plus(known, statement.test, False))
            ways, after = self._meet([yes, no])
        elif isinstance(statement, ir.Try):
            body = self.of_block((*statement.body, *statement.other), known)
            ways, after = self._meet([body, *(self.of_block(each.body, known) for each in statement.handlers)])
        elif isinstance(statement, ir.With):
            ways, after = self.of_block(statement.body, known)
        elif isinstance(statement, ir.For | ir.While):
            ways = self.of_block(statement.body, known)[0]
        elif isinstance(statement, ir.Match):
            ways, after = self._of_match(statement, known)
        elif isinstance(statement, ir.Assign):
            self._note(statement)
        return ways, after

    def _note(self, statement: ir.Assign) -> None:
        """A variable that holds a test."""
        target = statement.targets[0]
        if statement.value is not None and isinstance(target, ir.Name) and target.id not in self.frame.state.env:
            self.frame.state.tests[target.id] = statement.value

    def _of_match(self, statement: ir.Match, known: Known) -> tuple[list[Known], Known | None]:
        ends = []
        for case in statement.cases:
            inside = dict(known)
            if case.patterns and isinstance(statement.subject, ir.Name):
                inside[statement.subject.id] = ALL_KINDS
            ends.append(self.of_block(case.body, inside))
        return self._meet([*ends, ([], known)])

    def _meet(self, ends: Iterable[tuple[list[Known], Known | None]]) -> tuple[list[Known], Known | None]:
        ends = list(ends)
        ways = [each for more, _ in ends for each in more]
        open_ends = [known for _, known in ends if known is not None]
        return ways, _all_of(open_ends) if open_ends else None

    def _of_return(self, statement: ir.Return, known: Known) -> list[Known]:
        """A pair of an answer and a reason answers by its first."""
        value = statement.value
        if isinstance(value, ir.Sequence) and value.items:
            value = value.items[0]
        if value is None or isinstance(value, ir.Const):
            said = bool(value.value) if value is not None else False
            return [known] if said == self.answer else []
        return [self.plus(known, value, self.answer)]
