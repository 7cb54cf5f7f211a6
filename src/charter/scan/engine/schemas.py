"""Schemas of zod: what they let through, field by field, so that a choice of constants is nobody's text."""

from charter.scan import ir
from charter.scan.engine import access
from charter.scan.engine.args import Args
from charter.scan.engine.conditions import argument
from charter.scan.engine.frame import Frame
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.shapes import CLOSED, OPEN, Shape
from charter.scan.engine.state import Cell
from charter.scan.engine.values import UNKNOWN, Ext, Key, Said, Value, of
from charter.scan.findings import Place

SCHEMA = "schema"
_CLOSED = frozenset(
    {"enum", "nativeEnum", "literal", "number", "int", "boolean", "bigint", "date", "uuid", "datetime", "regex", "null",
     "undefined", "cuid", "ulid", "guid", "float32", "float64", "stringbool", "templateLiteral", "ip", "ipv4", "ipv6"}
)  # fmt: skip
_OBJECTS = frozenset({"object", "strictObject", "looseObject", "interface"})
_OPENS = frozenset(
    {"transform", "pipe", "preprocess", "or", "and", "catchall", "passthrough", "loose", "string", "any"}
)
_GIVEN = ("inputSchema", "parameters", "schema", "input", "paramsSchema")
_PARSES = frozenset({"parse", "parseAsync", "safeParse", "safeParseAsync"})


def call_schema(
    it: Interpreter, frame: Frame, path: str, node: ir.Call, args: Args, receiver: Value | None
) -> Value | None:
    """A schema put together, or used; None for anything else."""
    if "zod" not in path or frame.module.node.language != "typescript":
        return None
    name = path.rpartition(".")[2]
    held = shape_of(it, receiver) if receiver is not None else OPEN
    if name in _PARSES:
        return _parsed(it, frame, node, args, held, name) if not held.is_open else None
    shape = _made(it, frame, name, args, held)
    if shape.is_open:
        return None
    at = node.at
    key = f"{frame.module.path}:{at.line}:{at.column}:{at.end_line}:{at.end_column}"
    it.schemas[key] = shape
    return Value(refs=of(Ext(f"{path}()"), Said(key, SCHEMA)).refs)


def shape_of(it: Interpreter, value: Value) -> Shape:
    """What a value lets through as a schema."""
    shapes = [it.schemas.get(ref.word, OPEN) for ref in value.refs if isinstance(ref, Said) and ref.kind == SCHEMA]
    return shapes[0] if len(shapes) == 1 else OPEN


def _made(it: Interpreter, frame: Frame, name: str, args: Args, held: Shape) -> Shape:
    if name in _CLOSED:
        return CLOSED
    if name in _OBJECTS:
        return Shape(fields=fields_of(it, frame, args.positional[0])) if args.positional else OPEN
    if name == "array":
        return Shape(items=shape_of(it, args.positional[0]) if args.positional else held)
    if name in ("extend", "merge", "safeExtend"):
        given = args.positional[0] if args.positional else UNKNOWN
        return Shape(fields={**held.fields, **shape_of(it, given).fields, **fields_of(it, frame, given)})
    if name in ("union", "discriminatedUnion"):
        several = [shape_of(it, access.items_of(it, frame, each)) for each in args.positional[-1:]]
        return several[0] if several else OPEN
    return OPEN if name in _OPENS else held


def fields_of(it: Interpreter, frame: Frame, value: Value) -> dict[str, Shape]:
    """The schemas in a record."""
    found: dict[str, Shape] = {}
    for _, cell in it.cells(frame, value):
        if cell.kind == "record":
            found.update({str(key): shape_of(it, inner) for key, inner in cell.fields.items()})
    return found


def _parsed(it: Interpreter, frame: Frame, node: ir.Call, args: Args, shape: Shape, name: str) -> Value:
    value = shaped(it, frame, args.positional[0] if args.positional else UNKNOWN, shape, it.place(frame, node))
    if not name.startswith("safe"):
        return value
    return it.allocate(frame, Cell("record", {"success": UNKNOWN, "data": value, "error": UNKNOWN}))


def shaped(it: Interpreter, frame: Frame, value: Value, shape: Shape, place: Place) -> Value:
    """A value after it has come through a schema."""
    if shape.closed:
        return UNKNOWN
    if shape.items is not None:
        item = shaped(it, frame, access.items_of(it, frame, value), shape.items, place)
        return it.allocate(frame, Cell("list", rest=item))
    if not shape.fields:
        return value
    fields: dict[Key, Value] = {
        key: shaped(it, frame, access.attribute(it, frame, value, key, place), inner, place)
        for key, inner in shape.fields.items()
    }
    return it.allocate(frame, Cell("record", fields))


def schema_given(it: Interpreter, frame: Frame, args: Args, node: ir.Call) -> tuple[Shape, frozenset[Said]]:
    """The schema that a call is given for what the model says: of a tool's arguments, of an answer."""
    found = [value for name in _GIVEN for value, _ in argument(it, frame, name, args, None, node)]
    for value in [*found, *args.positional]:
        shape = shape_of(it, value)
        if not shape.is_open:
            return shape, frozenset(ref for ref in value.refs if isinstance(ref, Said) and ref.kind == SCHEMA)
    for value in [*found, *args.positional]:
        fields = fields_of(it, frame, value)
        if any(not each.is_open for each in fields.values()):
            return Shape(fields=fields), frozenset()
    return OPEN, frozenset()


def structured(it: Interpreter, frame: Frame, base: Value, name: str, place: Place) -> Value:
    """A model's answer after the schema that it was asked for."""
    plain = Value(base.taints, frozenset(ref for ref in base.refs if not isinstance(ref, Said)))
    return shaped(it, frame, access.attribute(it, frame, plain, name, place), shape_of(it, base), place)
