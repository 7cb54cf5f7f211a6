"""What a type annotation tells of a value."""

import re

from charter.scan import ir
from charter.scan.engine.frame import Frame
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.names import look_up
from charter.scan.engine.state import Cell
from charter.scan.engine.values import UNKNOWN, Cls, Ext, Value, join, of

_WRAPPERS = frozenset(
    [
        "Optional",
        "Union",
        "Annotated",
        "Final",
        "ClassVar",
        "Awaitable",
        "Coroutine",
        "Promise",
        "Readonly",
        "Partial",
        "Required",
        "InstanceOf",
        "SkipValidation",
        "NonNullable",
    ]
)
_LISTS = frozenset(
    [
        "list",
        "List",
        "Sequence",
        "Iterable",
        "Iterator",
        "set",
        "Set",
        "frozenset",
        "FrozenSet",
        "tuple",
        "Tuple",
        "Collection",
        "AsyncIterator",
        "AsyncGenerator",
        "Generator",
        "AsyncIterable",
        "Array",
        "ReadonlyArray",
    ]
)
_RECORDS = frozenset(["dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "OrderedDict", "Record", "Map"])
_PLAIN = frozenset(
    [
        "str",
        "bytes",
        "int",
        "float",
        "bool",
        "None",
        "Any",
        "object",
        "string",
        "number",
        "boolean",
        "any",
        "unknown",
        "void",
        "never",
        "undefined",
        "null",
    ]
)
_TEXTS = {"str": "builtins.str()", "bytes": "builtins.bytes()", "string": "global.String()"}
_OWN = frozenset({"builtins.list", "builtins.dict", "builtins.set", "global.Array", "global.Set", "global.Map"})
_DOTTED = re.compile(r"[A-Za-z_][\w.]*")
_MOST_DEPTH = 4


def value_of_type(it: Interpreter, frame: Frame, node: ir.Expr, depth: int = 0) -> Value:
    """Some value of the type: an instance of a scanned class, a thing of a library, a list of such."""
    found = UNKNOWN
    if depth > _MOST_DEPTH:
        return found
    if isinstance(node, ir.Binary) and node.op == "|":
        sides = [value_of_type(it, frame, each, depth + 1) for each in (node.left, node.right)]
        found = _join(*sides)
    elif isinstance(node, ir.Const) and isinstance(node.value, str):
        found = _of_text(it, frame, node, depth)
    elif isinstance(node, ir.Index):
        found = _of_generic(it, frame, node, depth)
    elif isinstance(node, ir.Name) and node.id in _PLAIN:
        found = of(Ext(_TEXTS[node.id])) if node.id in _TEXTS else UNKNOWN
    elif isinstance(node, ir.Name | ir.Attr):
        found = _instance_of(it, frame, node)
    return found


def _of_text(it: Interpreter, frame: Frame, node: ir.Const, depth: int) -> Value:
    """A forward reference: ``"Agent"``, ``"Optional[Agent]"``."""
    text = str(node.value)
    for name in _DOTTED.findall(text):
        if name.rpartition(".")[2] not in _WRAPPERS | _LISTS | _RECORDS | _PLAIN:
            first, *rest = name.split(".")
            expression: ir.Expr = ir.Name(node.at, first)
            for part in rest:
                expression = ir.Attr(node.at, expression, part, node.at)
            return value_of_type(it, frame, expression, depth + 1)
    return UNKNOWN


def _of_generic(it: Interpreter, frame: Frame, node: ir.Index, depth: int) -> Value:
    name = node.base.id if isinstance(node.base, ir.Name) else node.base.name if isinstance(node.base, ir.Attr) else ""
    key = node.key
    parts = list(key.items) if isinstance(key, ir.Sequence) else [] if key is None else [key]
    if name in _WRAPPERS:
        values = [value_of_type(it, frame, each, depth + 1) for each in parts]
        return _join(*values) if values else UNKNOWN
    if name in _LISTS and parts:
        inner = value_of_type(it, frame, parts[0], depth + 1)
        return it.allocate(frame, Cell("list", rest=inner))
    if name in _RECORDS and parts:
        inner = value_of_type(it, frame, parts[-1], depth + 1)
        return it.allocate(frame, Cell("record", rest=inner))
    return _instance_of(it, frame, node.base) if isinstance(node.base, ir.Name | ir.Attr) else UNKNOWN


def _instance_of(it: Interpreter, frame: Frame, node: ir.Name | ir.Attr) -> Value:
    if isinstance(node, ir.Name):
        found = look_up(it, frame, node.id, it.place(frame, node))
    else:
        found = it.parts.evaluate(it, frame, node)
    values = []
    for ref in found.refs:
        if isinstance(ref, Cls):
            values.append(it.instance(ref.id))
        elif isinstance(ref, Ext) and ref.path in _OWN:
            values.append(of(Ext(f"{ref.path}()")))
        elif isinstance(ref, Ext) and not ref.path.startswith(("?.", "builtins.", "typing.")):
            values.append(of(Ext(ref.path if ref.path.endswith("()") else f"{ref.path}()")))
    return _join(*values) if values else UNKNOWN


def _join(*values: Value) -> Value:
    """One of several types; what is not known of one says nothing against the others."""
    known = [each for each in values if each.refs]
    return join(*known) if known else UNKNOWN
