"""What a variable's name means at a place."""

import builtins

from charter.scan.engine.access import source_taints
from charter.scan.engine.frame import Frame
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.states import filled
from charter.scan.engine.values import Cls, Ext, Loc, Value, constant, of, plus_taints
from charter.scan.findings import Place

_BUILTINS = frozenset(dir(builtins))
_PYTHON_CONSTANTS = {"__name__": "__main__"}


def look_up(it: Interpreter, frame: Frame, name: str, place: Place) -> Value:
    """The value of a variable: of this function, of those around it, of the module, or of the language."""
    found = _local(frame, name)
    if found is None:
        found = _special(it, frame, name)
    if found is None:
        found = _global(it, frame, name)
    if found is None:
        return _outside(it, frame, name, place)
    return filled(it, found) if found.refs and frame.module.node.language == "typescript" else found


def _local(frame: Frame, name: str) -> Value | None:
    this: Frame | None = frame
    while this is not None:
        found = this.state.env.get(name)
        if found is not None and not (this is frame and name in frame.outer_names):
            return found
        info = this.info
        this = this.parent
        if this is None and info is not None:
            parent = info.parent
            while parent is not None:
                if name in parent.closure:
                    return parent.closure[name]
                parent = parent.parent
    return None


def _special(it: Interpreter, frame: Frame, name: str) -> Value | None:
    if name in _PYTHON_CONSTANTS and frame.module.node.language == "python":
        return constant(_PYTHON_CONSTANTS[name])
    if name in ("this", "super"):
        holder: Frame | None = frame
        while holder is not None:
            if holder.self_cell != -1:
                return of(Loc(holder.self_cell))
            holder = holder.parent
        info = frame.info
        while info is not None:
            if info.cls is not None:
                return it.instance(info.cls.id)
            info = info.parent
    return None


def _global(it: Interpreter, frame: Frame, name: str) -> Value | None:
    if frame.info is not None:
        it.unit.reads.add(("global", frame.module.path, name))
        found = frame.module.env.get(name)
        if found is not None:
            return found
        cls = frame.info.cls
        if cls is not None and name == cls.node.name:
            return of(Cls(cls.id))
    return None


def _outside(it: Interpreter, frame: Frame, name: str, place: Place) -> Value:
    if frame.module.node.language == "python":
        path = f"builtins.{name}" if name in _BUILTINS else f"?.{name}"
    else:
        path = f"global.{name}"
    value = of(Ext(path))
    for source in it.facts_for(frame).read(path):
        value = plus_taints(value, source_taints(source, path, place))
    return value
