"""Reading and writing attributes and items."""

from charter.scan import ir
from charter.scan.engine.args import Args
from charter.scan.engine.frame import Frame
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.program import FunctionInfo
from charter.scan.engine.sinks import reach_assignment, reach_dispatch
from charter.scan.engine.state import Cell
from charter.scan.engine.values import (
    CLEAN,
    UNKNOWN,
    Cls,
    Ext,
    Fn,
    Key,
    Loc,
    Mod,
    Ref,
    Said,
    Taint,
    Taints,
    Trail,
    Value,
    join,
    join_taints,
    of,
    plus_taints,
    single,
)
from charter.scan.facts import Source
from charter.scan.findings import Place, Step

DOUBTS = {"high": 0, "medium": 1, "low": 2}
_LONGEST_PATH = 240
_OWN_METHODS = {"list": "list", "record": "dict"}
_SCRIPT_METHODS = {"list": "Array", "record": "Object"}
_STRUCTURED = frozenset({"object", "output", "experimental_output", "parsed"})
_CHECKED_DATA = frozenset({"cleaned_data", "validated_data"})
_OF_ITS_TYPE = frozenset(
    """
    __class__ __name__ __qualname__ __module__ __annotations__ __slots__ __fields__ __fields_set__ __dataclass_fields__
    __pydantic_fields__ __pydantic_fields_set__ model_fields model_fields_set model_computed_fields
    """.split()  # noqa: SIM905  # as words it can be read
)
"""What Python's classes say of themselves; whoever wrote the code chose it."""
_CLOSED_FIELDS = frozenset(
    """
    ChoiceField TypedChoiceField MultipleChoiceField TypedMultipleChoiceField ModelChoiceField IntegerField FloatField
    DecimalField BooleanField NullBooleanField DateField DateTimeField TimeField DurationField UUIDField
    PrimaryKeyRelatedField ModelMultipleChoiceField
    """.split()  # noqa: SIM905  # as words it can be read
)
NAMESPACES = frozenset(
    {"builtins.globals()", "builtins.locals()", "builtins.vars()", "global.globalThis", "global.window"}
)


def source_taints(source: Source, path: str, place: Place) -> Taints:
    """The label of a source that is read at a place."""
    origin = f"{path}@{place.path}:{place.line}:{place.column}"
    trail = Trail(Step(place, f"{source.what}: {_shown(path)}", "source"))
    return single(Taint(source.label, origin, trail, doubts=DOUBTS[source.confidence]))


def _shown(path: str) -> str:
    return path.removeprefix("builtins.").removeprefix("global.").removeprefix("?.")


def extended(path: str, name: str) -> str:
    """An access path and one attribute more; one that has grown beyond all use stays as it is."""
    return f"{path}.{name}" if len(path) < _LONGEST_PATH else path


def attribute(it: Interpreter, frame: Frame, base: Value, name: str, place: Place) -> Value:
    """``base.name``."""
    if name == "length" and frame.module.node.language == "typescript" and not any(base.locs()):
        return UNKNOWN
    if name in _STRUCTURED and any(isinstance(ref, Said) for ref in base.refs):
        return it.parts.structured(it, frame, base, name, place)
    if name in _OF_ITS_TYPE and base.taints and frame.module.node.language == "python":
        base = Value(refs=base.refs)
    found = [_of_ref(it, frame, ref, name, place) for ref in base.refs]
    known = [each for each in found if each is not None]
    taints = base.taints
    if taints:
        for path in base.paths():
            taints = _without_clean(it, frame, taints, path, name)
    if not known:
        if _is_text(base) and name == "value":
            return base  # of an enum's member
        if _is_text(base):
            return Value(taints, of(Ext(_text_path(frame, name))).refs)
        return Value(taints, of(Ext(f"?.{name}")).refs)
    return plus_taints(join(*known), taints)


def _is_text(base: Value) -> bool:
    return base.consts is not None and any(isinstance(each, str) for each in base.consts)


def _text_path(frame: Frame, name: str) -> str:
    return f"builtins.str().{name}" if frame.module.node.language == "python" else f"global.String().{name}"


def _without_clean(it: Interpreter, frame: Frame, taints: Taints, path: str, name: str) -> Taints:
    sources = it.facts_for(frame).read(path)
    if sources and any(name in source.clean for source in sources):
        return CLEAN
    return taints


def _of_ref(it: Interpreter, frame: Frame, ref: Ref, name: str, place: Place) -> Value | None:
    if isinstance(ref, Ext):
        return of_path(it, frame, ref.path, name, place)
    if isinstance(ref, Loc):
        cell = it.cell(frame, ref.number)
        return None if cell is None else _of_cell(it, frame, ref.number, cell, name, place)
    if isinstance(ref, Cls):
        return _of_class(it, frame, ref.id, name, place)
    if isinstance(ref, Mod):
        return of_module(it, frame, ref.path, name)
    return None


def of_path(it: Interpreter, frame: Frame, path: str, name: str, place: Place) -> Value:
    """An attribute of a thing outside."""
    longer = extended(path, name)
    value = of(Ext(longer))
    kept = it.kept.get(longer)
    if kept is not None:
        it.unit.reads.add(("kept", longer))
        value = join(value, kept)
    for source in it.facts_for(frame).read(longer):
        value = plus_taints(value, source_taints(source, longer, place))
    return value


def _of_cell(it: Interpreter, frame: Frame, number: int, cell: Cell, name: str, place: Place) -> Value | None:
    if cell.kind == "instance":
        return _of_instance(it, frame, number, cell, name, place)
    if cell.kind in _OWN_METHODS:
        python = frame.module.node.language == "python"
        if not python and cell.kind == "record" and (name in cell.fields or cell.rest.taints or cell.rest.refs):
            return cell.get(name)
        if not python and name == "length":
            return UNKNOWN
        prefix = f"builtins.{_OWN_METHODS[cell.kind]}()" if python else f"global.{_SCRIPT_METHODS[cell.kind]}()"
        return of(Ext(f"{prefix}.{name}"))
    return of(Ext(f"?.{name}"))


def _of_instance(it: Interpreter, frame: Frame, number: int, cell: Cell, name: str, place: Place) -> Value | None:
    found = cell.fields.get(name)
    if found is not None:
        return found
    if name in _CHECKED_DATA:
        return _checked_data(it, frame, cell.cls, name, place)
    outside = _known_outside(it, frame, cell.cls, name)
    if outside is not None:
        return outside
    methods = it.method(cell.cls, name)
    held = it.field_of(cell.cls, name)
    values = [_bound(it, frame, each, number, place) for each in methods if held is None or not is_abstract(each)]
    if held is not None:
        values.append(held)
    if cell.rest.taints or cell.rest.refs:
        values.append(cell.rest)
    if all(is_abstract(each) for each in methods):
        values += [of_path(it, frame, f"{path}()", name, place) for path in it.program.bases_outside(cell.cls)]
        if not held and not values[len(methods) :]:
            values.append(of(Ext(f"?.{name}")))
    return join(*values) if values else of(Ext(f"?.{name}"))


def _checked_data(it: Interpreter, frame: Frame, cls: str, name: str, place: Place) -> Value:
    """What a form has let pass: of its fields, some leave no room for text."""
    whole = [of_path(it, frame, f"{path}()", name, place) for path in it.program.bases_outside(cls)]
    if not whole:
        return of(Ext(f"?.{name}"))
    fields: dict[Key, Value] = {}
    for info in it.program.lineage(cls):
        for key, value in info.attributes.items():
            kinds = {path.removesuffix("()").rpartition(".")[2] for path in value.paths()}
            fields.setdefault(key, UNKNOWN if kinds and kinds <= _CLOSED_FIELDS else join(*whole))
    return it.allocate(frame, Cell("record", fields, join(*whole)))


def is_abstract(info: FunctionInfo) -> bool:
    """A method that does nothing: a docstring, ``pass``, ``...``, ``raise NotImplementedError``."""
    return all(
        isinstance(each, ir.Raise) or (isinstance(each, ir.Evaluate) and isinstance(each.value, ir.Const | ir.Opaque))
        for each in info.node.body
    )


def _known_outside(it: Interpreter, frame: Frame, cls: str, name: str) -> Value | None:
    """Where facts speak of this very class's method: the code of a framework is scanned itself."""
    for info in it.program.lineage(cls):
        path = f"{info.path}().{name}"
        if it.facts_for(frame).call(path).result and not it.facts_for(frame).call(f"?.{name}").result:
            return of(Ext(path))
    return None


def _bound(it: Interpreter, frame: Frame, info: FunctionInfo, number: int, place: Place) -> Value:
    if info.node.kind == "get":
        return it.parts.call_function(it, frame, Fn(info.id, number), Args(), place)
    return of(Fn(info.id, -1 if info.node.kind == "static" else number))


def _of_class(it: Interpreter, frame: Frame, cls: str, name: str, place: Place) -> Value | None:
    values = []
    for info in it.program.lineage(cls):
        if name in info.methods:
            values.append(of(Fn(info.methods[name].id)))
            break
        if name in info.attributes:
            values.append(info.attributes[name])
            break
    if not values:
        values = [of_path(it, frame, path, name, place) for path in it.program.bases_outside(cls)]
    return join(*values) if values else None


def of_module(it: Interpreter, frame: Frame, path: str, name: str, depth: int = 0) -> Value | None:
    """A name of a scanned module; None where it has none such."""
    info = it.module(path)
    it.unit.reads.add(("global", path, name))
    if info.node.language == "python":
        if name in info.env:
            return info.env[name]
        inner = it.program.index.submodule(path, name) if path.endswith("__init__.py") else None
        if inner is not None:
            return of(Mod(inner))
    else:
        local = info.exports.get(name)
        if local is not None and local in info.env:
            return info.env[local]
    if depth > 8:
        return None
    for module, inner_name, without in info.passed_on:
        if without in (name, "*"):
            wanted = name if without == "*" else inner_name
            found = of_module(it, frame, module, wanted, depth + 1)
            if found is not None:
                return found
    return None


def item(it: Interpreter, frame: Frame, base: Value, key: Value, node: ir.Index) -> Value:
    """``base[key]``. Whose text the key is does not matter: what is chosen from is what comes out."""
    values: list[Value] = []
    for ref in base.refs:
        if isinstance(ref, Ext):
            if ref.path in NAMESPACES:
                reach_dispatch(it, frame, ref.path, key, node)
            kept = it.kept.get(f"{ref.path}[{key.text()}]")
            if kept is not None:
                it.unit.reads.add(("kept", f"{ref.path}[{key.text()}]"))
                values.append(kept)
            values.append(of(ref))
        elif isinstance(ref, Loc):
            cell = it.cell(frame, ref.number)
            if cell is not None:
                values += [cell.get(each) for each in keys(key)]
        elif isinstance(ref, Cls):
            values.append(of(ref))
    return plus_taints(join(*values) if values else UNKNOWN, base.taints)


def keys(key: Value) -> list[Key | None]:
    """The keys that a value may be; None for one that is not known."""
    if not key.consts:
        return [None]
    return [each if isinstance(each, str | int) else None for each in key.consts]


def set_attribute(it: Interpreter, frame: Frame, base: Value, name: str, value: Value, node: ir.Assign) -> None:
    """``base.name = value``."""
    reach_assignment(it, frame, name, value, node)
    strong = len(base.refs) == 1
    for ref in base.refs:
        if isinstance(ref, Loc):
            cell = it.cell(frame, ref.number)
            if cell is not None:
                it.write(frame, ref.number, cell.put(name, value, strong))
                if cell.kind == "instance":
                    it.set_field(cell.cls, name, it.share(frame, value))
        elif isinstance(ref, Cls):
            it.set_field(ref.id, name, it.share(frame, value))
        elif isinstance(ref, Mod):
            it.set_global(frame, ref.path, name, value)
        elif isinstance(ref, Ext):
            it.keep(extended(ref.path, name), it.share(frame, value))


def set_item(it: Interpreter, frame: Frame, base: Value, key: Value, value: Value) -> None:
    """``base[key] = value``."""
    strong = len(base.refs) == 1
    for ref in base.refs:
        if isinstance(ref, Loc):
            cell = it.cell(frame, ref.number)
            if cell is not None:
                for each in keys(key):
                    cell = cell.put(each, value, strong)
                it.write(frame, ref.number, cell)
        elif isinstance(ref, Ext):
            name = key.text()
            it.keep(f"{ref.path}[{name}]" if name is not None else ref.path, it.share(frame, value))


def items_of(it: Interpreter, frame: Frame, value: Value, keys_only: bool = False) -> Value:
    """What iterating over a value gives."""
    values: list[Value] = []
    for ref in value.refs:
        if isinstance(ref, Loc):
            cell = it.cell(frame, ref.number)
            if cell is None:
                continue
            if cell.kind == "record" and (keys_only or frame.module.node.language == "python"):
                known = frozenset(each for each in cell.fields if isinstance(each, str | int))
                values.append(Value(consts=known) if known and cell.rest is not None and len(known) <= 8 else UNKNOWN)
            else:
                values.append(cell.get(None))
        elif isinstance(ref, Ext):
            values.append(of(ref))
    taints = value.taints
    return plus_taints(join(*values) if values else UNKNOWN, join_taints(taints, CLEAN))
