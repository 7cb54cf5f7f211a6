"""A person's yes: which tests are of a person's answer, and which branch is the one agreed to."""

from charter.scan import ir
from charter.scan.engine.again import value_here
from charter.scan.engine.frame import Frame
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.values import Ext, Fn, Value

_REFUSALS = frozenset({"n", "no", "q", "quit", "exit", "cancel", "abort", "stop", "reject", "deny", "skip"})
_NEGATED = frozenset({"!=", "not in", "is not"})


def asks_a_person(it: Interpreter, frame: Frame, test: ir.Expr) -> bool:
    """Whether the test is of a person's answer: the call that asks, or a variable that holds its result."""
    parts = it.asked.get(test)
    if parts is None:
        parts = it.asked[test] = tuple(each for each in ir.walk(test) if isinstance(each, ir.Call | ir.Name))
    for node in parts:
        if isinstance(node, ir.Call):
            called = value_here(it, frame, node.func)
            if called is not None and any(_is_question(it, frame, ref) for ref in called.refs):
                return True
        else:
            value = frame.state.env.get(node.id)
            if value is not None and is_answer(it, value):
                return True
            held = frame.state.tests.get(node.id)
            if held is not None and asks_a_person(it, frame, held):
                return True
    return False


def _is_question(it: Interpreter, frame: Frame, ref: object) -> bool:
    if isinstance(ref, Ext):
        return any(approval.call for approval in it.facts_for(frame).call(ref.path).approvals)
    return isinstance(ref, Fn) and bool(it.collected.asks.get(ref.id))


def is_answer(it: Interpreter, value: Value) -> bool:
    """Whether it is a person's answer, or something made of one: ``input().strip()``."""
    answers = it.collected.answers
    return bool(answers) and any(
        path in answers or any(path.startswith(f"{each}.") for each in answers) for path in value.paths()
    )


def is_yes(it: Interpreter, frame: Frame, test: ir.Expr) -> bool:
    """The truth of the test on the branch that the person agreed to."""
    if isinstance(test, ir.Unary) and test.op == "not":
        return not is_yes(it, frame, test.value)
    if isinstance(test, ir.Name) and test.id in frame.state.tests:
        return is_yes(it, frame, frame.state.tests[test.id])
    if isinstance(test, ir.Binary):
        if test.op in ("and", "or"):
            return is_yes(it, frame, test.left if asks_a_person(it, frame, test.left) else test.right)
        words = {each.value for each in ir.walk(test) if isinstance(each, ir.Const) and isinstance(each.value, str)}
        refuses = bool(words & _REFUSALS) and not words & {"y", "yes"}
        return refuses == (test.op in _NEGATED)
    return True


def note_asking(it: Interpreter, frame: Frame, returned: ir.Expr | None) -> None:
    """A function that gives back a person's answer, or says yes only after one, asks a person itself."""
    if frame.info is None or returned is None or not it.collected.answers:
        return
    says_yes = isinstance(returned, ir.Const) and bool(returned.value)
    if (says_yes and frame.state.approved and not frame.began_approved) or asks_a_person(it, frame, returned):
        it.collected.asks[frame.info.id] = True
