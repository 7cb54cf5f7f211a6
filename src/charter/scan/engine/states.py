"""React's state: ``const [html, setHtml] = useState("")``, where a call of the second fills the first."""

from charter.scan import ir
from charter.scan.engine.args import Args
from charter.scan.engine.frame import Frame
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.values import UNKNOWN, Ext, Fn, Value, join, moved, of
from charter.scan.findings import Step

_MAKES = (".useState()", ".useReducer()", ".useOptimistic()", ".createSignal()")
_STATE, _SETTER = "#state:", "#setter:"


def state_of(frame: Frame, value: Value, target: ir.Sequence) -> tuple[Value, Value] | None:
    """The two halves of a state; None for anything else."""
    made = next((path for path in value.paths() if path.endswith(_MAKES)), None)
    if made is None:
        return None
    name = f"{frame.module.path}:{target.at.line}:{target.at.column}"
    return Value(value.taints, of(Ext(f"{made}{_STATE}{name}")).refs), of(Ext(f"{made}{_SETTER}{name}"))


def filled(it: Interpreter, value: Value) -> Value:
    """A variable's value with what setters have put there."""
    for ref in value.refs:
        if isinstance(ref, Ext) and _STATE in ref.path:
            it.unit.reads.add(("kept", ref.path))
            kept = it.kept.get(ref.path)
            if kept is not None:
                value = join(value, kept)
    return value


def is_setter(path: str) -> bool:
    """Whether a path is of the second half of a state."""
    return _SETTER in path


def fill_state(it: Interpreter, frame: Frame, path: str, node: ir.Call, args: Args) -> Value:
    """``setHtml(text)``, ``setHtml(old => old + text)``."""
    state, place = path.replace(_SETTER, _STATE), it.place(frame, node)
    for given in args.positional[:1]:
        value = given
        if any(isinstance(ref, Fn) for ref in given.refs):
            value = it.parts.call_value(it, frame, given, Args([it.kept.get(state, UNKNOWN)]), place)
        shared = it.share(frame, value)
        it.keep(state, Value(moved(shared.taints, Step(place, "kept in a state", "field")), shared.refs, shared.consts))
    return UNKNOWN
