"""Labels of parameters, as far as their types leave room for text: not in numbers, choices and enums."""

from charter.scan import ir
from charter.scan.engine import access
from charter.scan.engine.frame import Frame
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.names import look_up
from charter.scan.engine.program import ClassInfo
from charter.scan.engine.state import Cell
from charter.scan.engine.types import value_of_type
from charter.scan.engine.values import UNKNOWN, Cls, Taints, Value, plus_taints

_CLOSED = frozenset(
    ["int", "float", "bool", "complex", "date", "datetime", "Decimal", "UUID", "Literal", "number", "boolean"]
)
_ENUMS = ("Enum", "IntEnum", "StrEnum")
_LISTS = ("list", "List", "Sequence", "Iterable", "tuple", "Tuple", "set", "Set", "Array")
_MOST_DEPTH = 3


def labelled(
    it: Interpreter, frame: Frame, annotation: ir.Expr | None, value: Value, taints: Taints, depth: int = 0
) -> Value:
    """A value that carries a label, as far as its type leaves room for text: not in numbers, choices, enums."""
    if annotation is not None and is_closed(it, frame, annotation):
        return value
    inner = _model_of(it, value)
    if inner is None or depth >= _MOST_DEPTH:
        models = _list_of_models(it, frame, annotation, value, taints, depth)
        return models if models is not None else plus_taints(value, taints)
    cell = Cell("instance", cls=inner.id)
    for each in reversed(it.program.lineage(inner.id)):
        for name, of_field in each.annotations.items():
            held = value_of_type(it, frame, of_field)
            if _is_constrained(each, name):
                cell = cell.put(name, held)
            else:
                cell = cell.put(name, labelled(it, frame, of_field, held, taints, depth + 1))
    return it.allocate(frame, cell)


def _list_of_models(
    it: Interpreter, frame: Frame, annotation: ir.Expr | None, value: Value, taints: Taints, depth: int
) -> Value | None:
    """``list[Turn]``, each with its own fields; None for any other type."""
    if isinstance(annotation, ir.Binary) and annotation.op == "|":
        sides = (annotation.left, annotation.right)
        annotation = next((each for each in sides if not _is_none(each)), None)
    if not isinstance(annotation, ir.Index) or annotation.key is None or depth >= _MOST_DEPTH:
        return None
    name = _last_name(annotation.base)
    parts = annotation.key.items if isinstance(annotation.key, ir.Sequence) else (annotation.key,)
    if name in ("Optional", "Annotated"):
        return _list_of_models(it, frame, parts[0], value, taints, depth + 1)
    each = access.items_of(it, frame, value) if name in _LISTS else UNKNOWN
    if _model_of(it, each) is None:
        return None
    return it.allocate(frame, Cell("list", rest=labelled(it, frame, parts[0], each, taints, depth + 1)))


def _model_of(it: Interpreter, value: Value) -> ClassInfo | None:
    """The scanned data class that a parameter is an instance of."""
    for number in value.locs():
        cell = it.shared.get(number)
        info = it.program.classes.get(cell.cls) if cell is not None else None
        if info is not None and any(each.annotations for each in it.program.lineage(info.id)):
            return info
    return None


def is_closed(it: Interpreter, frame: Frame, annotation: ir.Expr) -> bool:
    """A type with no room for text: numbers, a choice of constants, an enum."""
    if isinstance(annotation, ir.Binary) and annotation.op == "|":
        return all(_is_none(each) or is_closed(it, frame, each) for each in (annotation.left, annotation.right))
    if isinstance(annotation, ir.Index):
        name = _last_name(annotation.base)
        if name in ("Optional", "Annotated", *_LISTS) and annotation.key is not None:
            first = annotation.key.items[0] if isinstance(annotation.key, ir.Sequence) else annotation.key
            return is_closed(it, frame, first) or (name == "Annotated" and _has_pattern(annotation.key))
        return name in _CLOSED
    if isinstance(annotation, ir.Name) and annotation.id not in _CLOSED:
        return _is_closed_name(it, frame, annotation)
    return _is_none(annotation) or _last_name(annotation) in _CLOSED


def _is_closed_name(it: Interpreter, frame: Frame, annotation: ir.Name) -> bool:
    """An enum, or an alias: ``Voice = Literal["warm", "plain"]``."""
    found = look_up(it, frame, annotation.id, it.place(frame, annotation))
    if any(isinstance(ref, Cls) and _is_enum(it, ref.id) for ref in found.refs):
        return True
    names = {path.rpartition(".")[2] for path in found.paths() if not path.endswith("()")}
    return bool(names) and names <= _CLOSED


def _is_none(node: ir.Expr) -> bool:
    return isinstance(node, ir.Const) and node.value is None


def _last_name(node: ir.Expr) -> str:
    return node.id if isinstance(node, ir.Name) else node.name if isinstance(node, ir.Attr) else ""


def _is_enum(it: Interpreter, cls: str) -> bool:
    paths = it.program.bases_outside(cls)
    return any(path.rpartition(".")[2] in _ENUMS for path in paths)


def _has_pattern(node: ir.Expr) -> bool:
    return any(isinstance(each, ir.Arg) and each.name in ("pattern", "regex") for each in ir.walk(node))


def _is_constrained(info: ClassInfo, name: str) -> bool:
    """``name: str = Field(pattern=…)``."""
    return any(
        isinstance(each, ir.Assign)
        and each.value is not None
        and any(isinstance(target, ir.Name) and target.id == name for target in each.targets)
        and _has_pattern(each.value)
        for each in info.node.body
    )
