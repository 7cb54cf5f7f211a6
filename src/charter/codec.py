"""Records as rows and back: a frozen dataclass, a plain dict of JSON values, and the Arrow schema of both.

The schema follows from the record's type hints alone, never from the values at hand, so every shard of a stage has
the same one, even where all its texts are empty or all its tuples are. Supported hints: ``str``, ``int``, ``float``,
``bool``, string enumerations, ``Literal`` of strings, dataclasses, ``tuple[X, ...]``, and ``X | None`` of these.
"""

import dataclasses
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, Literal, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

import pyarrow as pa

SCHEMA_VERSION = 1
"""Raised when the meaning of a stored field changes; a shard of another version is not read."""

RECORD_KEY = b"charter.record"
VERSION_KEY = b"charter.schema_version"


class Record(Protocol):
    """Any dataclass instance."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


R = TypeVar("R", bound=Record)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Codec:
    """How values of one type hint are stored."""

    arrow: Any
    """The ``pyarrow.DataType``."""
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]
    """Raises ValueError, TypeError or KeyError for what ``encode`` could not have made."""
    nullable: bool = False

    def field(self, name: str) -> Any:
        """The ``pyarrow.Field`` of this type under ``name``."""
        return pa.field(name, self.arrow, nullable=self.nullable)


def schema_of(record_type: type[Record]) -> Any:
    """The ``pyarrow.Schema`` of a record type, which names the type and ``SCHEMA_VERSION`` in its metadata.

    Raises:
        TypeError: not a dataclass, or a field whose hint is not supported.
    """
    metadata = {RECORD_KEY: record_type.__name__.encode(), VERSION_KEY: str(SCHEMA_VERSION).encode()}
    return pa.schema([codec.field(name) for name, codec in _fields(record_type).items()], metadata=metadata)


def to_row(record: Record) -> Row:
    """The record as a dict of JSON values, keys in field order."""
    row: Row = _codec(type(record)).encode(record)
    return row


def from_row(record_type: type[R], row: Mapping[str, Any]) -> R:
    """The record that :func:`to_row` made ``row`` of.

    Raises:
        KeyError: a field of the record is not in the row.
        ValueError: a value that the field's type does not have, or a key that is no field.
    """
    record: R = _codec(record_type).decode(row)
    return record


@cache
def _codec(hint: Any) -> _Codec:
    if hint in _PLAIN:
        return _Codec(_PLAIN[hint], _same, _same)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _Codec(pa.string(), str, hint)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _dataclass_codec(hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal and all(isinstance(value, str) for value in arguments):
        return _Codec(pa.string(), _same, _one_of(arguments))
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return _tuple_codec(_codec(arguments[0]))
    if origin in (Union, types.UnionType) and len(arguments) == 2 and type(None) in arguments:
        return _optional_codec(_codec(next(argument for argument in arguments if argument is not type(None))))
    raise TypeError(f"{hint!r} cannot be stored in a shard")


_PLAIN: dict[Any, Any] = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


def _same(value: Any) -> Any:
    return value


def _one_of(allowed: tuple[str, ...]) -> Callable[[Any], Any]:
    def decode(value: Any) -> Any:
        if value not in allowed:
            raise ValueError(f"{value!r} is none of {', '.join(allowed)}")
        return value

    return decode


def _tuple_codec(item: _Codec) -> _Codec:
    return _Codec(
        pa.list_(item.field("element")),
        lambda values: [item.encode(value) for value in values],
        lambda values: tuple(item.decode(value) for value in values),
    )


def _optional_codec(inner: _Codec) -> _Codec:
    return _Codec(
        inner.arrow,
        lambda value: None if value is None else inner.encode(value),
        lambda value: None if value is None else inner.decode(value),
        nullable=True,
    )


def _fields(record_type: type[Any]) -> dict[str, _Codec]:
    if not dataclasses.is_dataclass(record_type):
        raise TypeError(f"{record_type.__name__} is not a dataclass")
    hints = get_type_hints(record_type)
    return {field.name: _codec(hints[field.name]) for field in dataclasses.fields(record_type)}


def _dataclass_codec(record_type: type[Any]) -> _Codec:
    fields = _fields(record_type)

    def encode(record: Any) -> Row:
        return {name: codec.encode(getattr(record, name)) for name, codec in fields.items()}

    def decode(row: Mapping[str, Any]) -> Any:
        if unknown := row.keys() - fields.keys():
            raise ValueError(f"{record_type.__name__} has no field {min(unknown)!r}")
        return record_type(**{name: codec.decode(row[name]) for name, codec in fields.items()})

    return _Codec(pa.struct([codec.field(name) for name, codec in fields.items()]), encode, decode)
