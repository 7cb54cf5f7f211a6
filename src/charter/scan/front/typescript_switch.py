"""``switch``: cases that fall through, and the ``break`` that means the switch and not the loop around it."""

from tree_sitter import Node

from charter.scan import ir
from charter.scan.front.typescript_tree import Lowering, parts

_LEAVES = (ir.Return, ir.Raise, ir.Break, ir.Continue)
_MOST = 32
"""So many ``if … break`` in one case become nested, and into so many cases one falls; beyond, the break is left out."""


def switch(low: Lowering, node: Node) -> ir.Block:
    """A Match whose cases hold all that runs: their own statements and those they fall through to."""
    subject, body = node.child_by_field_name("value"), node.child_by_field_name("body")
    if subject is None or body is None:
        return ()
    listed = [case for case in parts(body) if case.type in {"switch_case", "switch_default"}]
    bodies = [_statements(low, case) for case in listed]
    cases: list[ir.Case] = []
    patterns: list[ir.Expr] | None = []
    for index, case in enumerate(listed):
        value = case.child_by_field_name("value")
        if case.type == "switch_default":
            patterns = None
        elif patterns is not None and value is not None:
            patterns.append(low.expression(value))
        if bodies[index] or index == len(listed) - 1:
            runs = without_break(_falling(bodies[index:]))
            cases.append(ir.Case(None if patterns is None else tuple(patterns), (), None, runs))
            patterns = []
    return (ir.Match(low.span(node), low.expression(subject), tuple(cases)),)


def _statements(low: Lowering, case: Node) -> ir.Block:
    value = case.child_by_field_name("value")
    found: list[ir.Statement] = []
    for part in parts(case):
        if value is None or part.id != value.id:
            found.extend(low.statement(part))
    return tuple(found)


def _falling(bodies: list[ir.Block]) -> ir.Block:
    """The first body and, as long as nothing leaves, those after it."""
    found: list[ir.Statement] = []
    for body in bodies[:_MOST]:
        found.extend(body)
        if _leaves(body):
            break
    return tuple(found)


def without_break(statements: ir.Block, room: int = _MOST) -> ir.Block:
    """The same statements where ``break`` is no word: what comes after an ``if`` that breaks goes to its other side."""
    found: list[ir.Statement] = []
    for index, statement in enumerate(statements):
        if isinstance(statement, ir.Break):
            break
        if isinstance(statement, ir.If):
            leaves_then, leaves_other = _leaves(statement.then), _leaves(statement.other)
            rest = statements[index + 1 :] if room > 0 and leaves_then != leaves_other and _breaks(statement) else ()
            then = without_break(statement.then if leaves_then else (*statement.then, *rest), room - 1)
            other = without_break(statement.other if leaves_other else (*statement.other, *rest), room - 1)
            found.append(ir.If(statement.at, statement.test, then, other))
            if rest:
                break
        elif isinstance(statement, ir.Try):
            handlers = tuple([ir.Handler(h.type, h.target, without_break(h.body)) for h in statement.handlers])
            body, final = without_break(statement.body), without_break(statement.final)
            found.append(ir.Try(statement.at, body, handlers, statement.other, final))
        else:
            found.append(statement)
    return tuple(found)


def _leaves(statements: ir.Block) -> bool:
    return bool(statements) and isinstance(statements[-1], _LEAVES)


def _breaks(statement: ir.If) -> bool:
    """A break somewhere in the branches, but not in a loop of their own."""
    waiting: list[ir.Statement] = [*statement.then, *statement.other]
    while waiting:
        this = waiting.pop()
        if isinstance(this, ir.Break):
            return True
        if isinstance(this, ir.If):
            waiting.extend((*this.then, *this.other))
    return False
