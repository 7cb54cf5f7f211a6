"""Long chains, which every parser nests as deep as they are long, kept shallow: a walker's stack has an end."""

from collections.abc import Sequence

from charter.scan import ir
from charter.scan.front.lines import across

LONG_CHAIN = 24
"""From so many links on, a chain is flattened."""


def balanced(op: str, operands: Sequence[ir.Expr]) -> ir.Expr:
    """``a op b op c`` for an operator that groups in any way: to the left, or balanced where there are many."""
    if len(operands) <= LONG_CHAIN:
        made = operands[0]
        for operand in operands[1:]:
            made = ir.Binary(across(made.at, operand.at), op, made, operand)
        return made
    half = len(operands) // 2
    left, right = balanced(op, operands[:half]), balanced(op, operands[half:])
    return ir.Binary(across(left.at, right.at), op, left, right)


def if_chain(branches: Sequence[tuple[ir.Span, ir.Expr, ir.Block]], other: ir.Block) -> ir.Statement:
    """``if``, ``elif``… and ``else``: nested, or the guarded cases of a Match where there are many."""
    at, test, _ = branches[0]
    if len(branches) > LONG_CHAIN:
        cases = [ir.Case(None, (), test, body) for _, test, body in branches]
        if other:
            cases.append(ir.Case(None, (), None, other))
        return ir.Match(at, ir.Const(test.at, True), tuple(cases))
    for at, test, body in reversed(branches[1:]):
        other = (ir.If(at, test, body, other),)
    at, test, body = branches[0]
    return ir.If(at, test, body, other)
