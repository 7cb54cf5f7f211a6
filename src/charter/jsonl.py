"""Reading a user's JSON Lines strictly: one object a line, and every mistake named with its file, line and mend."""

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, cast

from charter.errors import ConfigError

MAX_LINE_BYTES = 1 << 20
"""A longer line is refused: no conversation is that long, and a file without line breaks should not fill memory."""
_MAX_DIGITS = 300
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class JsonLine:
    """One object of the file, and where it stands."""

    path: Path
    number: int
    """Counted from 1, blank lines included, as editors do."""
    value: dict[str, Any]

    def error(self, what: str) -> ConfigError:
        """The error that says ``what`` is wrong with this line."""
        return ConfigError(f"{self.path}:{self.number}: {what}")


class _RefusedValueError(ValueError):
    """Valid for Python's parser, but not JSON, or not text."""


def read_lines(path: Path) -> Iterator[JsonLine]:
    """The objects of a JSON Lines file in order; blank lines are skipped, and a byte order mark at the start is. A
    file whose name ends in ``.gz`` is unpacked as it is read.

    Raises:
        ConfigError: no such file, a folder, unreadable, empty, not UTF-8, a line over ``MAX_LINE_BYTES``, not JSON,
            not an object, the same key twice, NaN or Infinity, a NUL character, half of a surrogate pair.
    """
    try:
        _check_is_file(path)
        with _open(path) as file:
            yield from _objects(path, file)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ConfigError(f"{path}: damaged, or not packed with gzip ({error}); get or pack it again") from error
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read: {error.strerror or error}; check the path and its permissions"
        ) from error


def read_items(path: Path, key: str) -> Iterator[JsonLine]:
    """The objects of a JSON file that is one list, or one object with the list under ``key``; each with the line on
    which it begins.

    Raises:
        ConfigError: as of ``read_lines``; the whole file is held to the limits of one line there, but may be larger.
    """
    try:
        _check_is_file(path)
        text = _decode(path, 1, path.read_bytes())
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read: {error.strerror or error}; check the path and its permissions"
        ) from error
    if not text.strip():
        raise ConfigError(f"{path}: the file is empty; write a list of objects, or JSON Lines")
    whole = _value(path, 1, text)
    begin = 0
    if isinstance(whole, dict):
        found = re.search(rf'"{re.escape(key)}"\s*:\s*', text)
        if found is None or not isinstance(whole.get(key), list):
            raise ConfigError(f"{path}: no list under {key!r}; write a list of objects, or JSON Lines")
        whole, begin = whole[key], found.end()
    if not isinstance(whole, list) or not whole:
        raise ConfigError(f"{path}: {kind_of(whole)} without objects; write a list of objects, or JSON Lines")
    for value, number in zip(whole, _item_lines(text, begin), strict=True):
        if not isinstance(value, dict):
            raise ConfigError(f"{path}:{number}: {kind_of(value)} where an object should be")
        yield JsonLine(path, number, value)


def _item_lines(text: str, begin: int) -> Iterator[int]:
    """The lines on which the items of the list begin that stands there in a well-formed text."""
    decoder, number, counted = json.JSONDecoder(), 1, 0
    at = _skip(text, text.index("[", begin) + 1)
    while text[at] != "]":
        number, counted = number + text.count("\n", counted, at), at
        yield number
        _, end = decoder.raw_decode(text, at)
        at = _skip(text, end)


def _skip(text: str, at: int) -> int:
    """The next place that is neither white space nor a comma."""
    while text[at] in " \t\r\n,":
        at += 1
    return at


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def _check_is_file(path: Path) -> None:
    if path.is_dir():
        raise ConfigError(f"{path}: this is a folder; name a JSONL file in it")
    if not path.exists():
        raise ConfigError(f"{path}: no such file; name a JSONL file (one JSON object a line)")
    if not path.is_file():
        raise ConfigError(
            f"{path}: not a regular file; a run reads its prompts again to resume, so save them to a file"
        )


def _objects(path: Path, file: BinaryIO) -> Iterator[JsonLine]:
    number = 0
    empty = True
    while raw := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(raw) > MAX_LINE_BYTES:
            _refuse_long(path, number, len(raw) + _bytes_to_line_end(raw, file))
        text = _decode(path, number, raw)
        if not text.strip():
            continue
        empty = False
        yield JsonLine(path, number, _parse(path, number, text))
    if empty:
        raise ConfigError(f"{path}: the file is empty; write one JSON object a line")


def _refuse_long(path: Path, number: int, size: int) -> NoReturn:
    raise ConfigError(
        f"{path}:{number}: the line is {size / 1e6:.1f} MB long, over the limit of {MAX_LINE_BYTES / 1e6:.1f} MB; "
        "write one JSON object a line, and shorten or split what is in this one"
    )


def _bytes_to_line_end(raw: bytes, file: BinaryIO) -> int:
    """How many more bytes the line has, read in pieces that are not kept."""
    size = 0
    while raw and not raw.endswith(b"\n"):
        raw = file.readline(MAX_LINE_BYTES)
        size += len(raw)
    return size


def _decode(path: Path, number: int, raw: bytes) -> str:
    if number == 1:
        if raw.startswith(_UTF16_BOMS):
            raise ConfigError(f"{path}:1: the file is UTF-16; save it as UTF-8")
        raw = raw.removeprefix(_UTF8_BOM)
    if b"\0" in raw:
        raise ConfigError(f"{path}:{number}: the line holds NUL bytes; the file is binary or damaged, write it again")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path}:{number}: byte {error.start + 1} of the line is not UTF-8; save the file as UTF-8"
        ) from error


def _parse(path: Path, number: int, text: str) -> dict[str, Any]:
    value = _value(path, number, text.rstrip())  # what ends too early ends on this line, not on the next
    if not isinstance(value, dict):
        raise ConfigError(f"{path}:{number}: {kind_of(value)} where an object should be; {_mend(text)}")
    return value


def _value(path: Path, number: int, text: str) -> object:
    """Any JSON value that stands there."""
    where = f"{path}:{number}"
    try:
        value: object = json.loads(text, parse_constant=_constant, parse_int=_integer, object_pairs_hook=_object)
        if "\\u" in text:  # only an escape can bring a NUL or half a pair into valid UTF-8 without NUL bytes
            _check_strings(value)
    except json.JSONDecodeError as error:
        line = number + error.lineno - 1
        raise ConfigError(f"{path}:{line}: not JSON: {error.msg} (column {error.colno}); {_mend(text)}") from error
    except RecursionError as error:
        raise ConfigError(f"{where}: the JSON is nested too deeply; write one flat object a line") from error
    except _RefusedValueError as error:
        raise ConfigError(f"{where}: {error}") from error
    return value


def _mend(text: str) -> str:
    text = text.strip()
    if text in ("{", "["):
        return "this looks like JSON spread over several lines: write each object on a line of its own"
    if text.startswith("["):
        return "write each object of the array on a line of its own"
    if text.startswith("{'"):
        return "JSON has double quotes: write it with json.dumps, not with str"
    return 'write one JSON object a line, such as {"prompt": "..."}'


def _constant(name: str) -> NoReturn:
    raise _RefusedValueError(f"{name} is not JSON; write null, or leave the key out")


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise _RefusedValueError(f"a number of {len(digits)} digits; write text between quotes")
    return int(digits)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _RefusedValueError(f"key {twice!r} stands twice in one object; keep one of the two")
    return found


def _check_strings(value: object) -> None:
    match value:
        case str():
            _check_text(value)
        case dict():
            for key, item in value.items():
                _check_text(key)
                _check_strings(item)
        case list():
            for item in value:
                _check_strings(item)


def _check_text(text: str) -> None:
    if "\0" in text:
        raise _RefusedValueError("a text holds the NUL character (\\u0000); remove it")
    half = next((character for character in text if "\ud800" <= character <= "\udfff"), None)
    if half is not None:
        raise _RefusedValueError(
            f"a text holds half of a surrogate pair (\\u{ord(half):04x}), which is no character; "
            "write the character itself, or both halves"
        )


def kind_of(value: object) -> str:
    """What JSON calls ``value``, for messages."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "a list"
        case _:
            return "an object"
