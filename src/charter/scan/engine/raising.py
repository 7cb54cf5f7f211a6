"""Calls that raise where something is not safe, or not agreed to: what comes after them is checked."""

from charter.scan import ir
from charter.scan.engine.again import value_here
from charter.scan.engine.frame import Frame
from charter.scan.engine.guards import narrow
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.values import ALL_KINDS

_RAISING = frozenset({"relative_to", "ip_address", "ip_network", "UUID"})
"""Their result is often kept; that of others is what is safe, and not what they were given."""


def learn_raised(it: Interpreter, frame: Frame, node: ir.Expr, kept: bool) -> None:
    """``path.relative_to(BASE)`` has come back: the path is within."""
    call = node.value if isinstance(node, ir.Await) else node
    if not isinstance(call, ir.Call):
        return
    func = call.func
    name = func.name if isinstance(func, ir.Attr) else func.id if isinstance(func, ir.Name) else ""
    if kept and name not in _RAISING:
        return
    called = value_here(it, frame, func)
    tested = [each.value for each in call.args]
    if isinstance(func, ir.Attr):
        tested.append(func.base)
    for path in called.paths() if called is not None else ():
        known = it.facts_for(frame).call(path)
        for sanitizer in known.sanitizers:
            if not sanitizer.guard and not sanitizer.handle:
                kinds = ALL_KINDS if sanitizer.clears == "all" else frozenset(sanitizer.clears)
                for each in tested:
                    narrow(it, frame, each, kinds)
        if any(approval.call for approval in known.approvals) and any(_aborts(each) for each in call.args):
            frame.state.approved = True


def _aborts(arg: ir.Arg) -> bool:
    """``click.confirm(…, abort=True)``."""
    return arg.name == "abort" and isinstance(arg.value, ir.Const) and arg.value.value is True
