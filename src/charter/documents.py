"""Reading what a user wrote in YAML: every mistake is one line that names file, line, key and mend.

    constitution = load_yaml(Path("my.yaml"), Constitution)

The model says what a file may hold; this module says, in the file's own terms, where the file does not hold it.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from charter.errors import ConfigError
from charter.yaml_text import Loc, YamlTextError, parse_yaml_text

M = TypeVar("M", bound=BaseModel)

MAX_BYTES = 1 << 20
"""A larger file is refused."""
_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_VERBS = ("is ", "has ")
"""A message that begins so has the key as its subject."""


@dataclass(frozen=True, slots=True)
class Document:
    """The data of one YAML file, and where each part of it stands."""

    path: Path
    data: Any
    """Text, numbers, true and false, null, lists, and mappings with keys that are text."""
    lines: Mapping[Loc, int]

    def line_of(self, loc: Sequence[str | int]) -> int:
        """The line (from 1) of the value at ``loc``, or of the closest part around it that the file has."""
        known = (tuple(loc[:length]) for length in range(len(loc), -1, -1))
        return next(self.lines[part] for part in known if part in self.lines)

    def error(self, loc: Sequence[str | int], what: str) -> ConfigError:
        """The error that says ``what`` is wrong at ``loc``, and how to mend it."""
        return _error(self.path, self.line_of(loc), loc, what)

    def validate(self, model: type[M]) -> M:
        """The data as a ``model``.

        Raises:
            ConfigError: the data does not fit; the first mistake, and how many more there are.
        """
        if not isinstance(self.data, dict):
            keys = ", ".join(model.model_fields)
            raise self.error((), f"{_kind(self.data)} where keys should be; write 'key: value' lines (known: {keys})")
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            raise _first_of(error, self, model) from error


def read_yaml(path: Path) -> Document:
    """The YAML file at ``path``.

    Raises:
        ConfigError: no such file, a folder, unreadable, too large, empty, not UTF-8, not YAML, or hostile.
    """
    text = _read_text(path)
    try:
        data, lines = parse_yaml_text(text)
    except YamlTextError as error:
        raise _error(path, error.line, error.loc, str(error)) from error
    return Document(path, data, lines)


def load_yaml(path: Path, model: type[M]) -> M:
    """The YAML file at ``path`` as a ``model``.

    Raises:
        ConfigError: as of ``read_yaml`` and ``Document.validate``.
    """
    return read_yaml(path).validate(model)


def error_at(loc: Loc, message: str) -> ValidationError:
    """What a model's validator raises to say that ``message`` is wrong at ``loc`` below it, not with the whole."""
    # The message is an argument, not the template, because braces in it are the user's.
    problem = PydanticCustomError("value_error", "{error}", {"error": message})
    return ValidationError.from_exception_data("mistake", [InitErrorDetails(type=problem, loc=loc, input=None)])


def dotted(loc: Sequence[str | int]) -> str:
    """``principles[3].source.url``, as a person would point to it."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{printable(part)}" for part in loc)
    return path.removeprefix(".")


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """``did you mean 'x'? (known: x, y)``, or ``write one of: x, y`` where nothing is near."""
    near = nearest(word, known)
    listed = ", ".join(known)
    return f"did you mean '{near}'? (known: {listed})" if near else f"write one of: {listed}"


def perhaps(word: str, known: Sequence[str]) -> str:
    """`` (did you mean 'x'?)``, or nothing where no known word is near."""
    near = nearest(word, known)
    return f" (did you mean '{near}'?)" if near else ""


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that is most like ``word``, unless none is near."""
    return next(iter(difflib.get_close_matches(word.casefold(), known, n=1)), None)


def printable(value: object) -> str:
    """A short form of what a user wrote, on one line and without control characters, for a message."""
    text = " ".join(str(value).split())
    text = text if len(text) <= 60 else f"{text[:59]}…"
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def _error(path: Path, line: int, loc: Sequence[str | int], what: str) -> ConfigError:
    key = f"key '{dotted(loc)}'" + (" " if what.startswith(_VERBS) else ": ") if loc else ""
    return ConfigError(f"{path}:{line}: {key}{what}")


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except IsADirectoryError as error:
        raise ConfigError(f"{path}: this is a folder; name a YAML file in it") from error
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: no such file; check the path") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}; check path and permissions") from error
    if len(raw) > MAX_BYTES:
        raise ConfigError(f"{path}: larger than {MAX_BYTES} bytes; name a YAML file that a person can read")
    if raw.startswith(_UTF16_BOMS):
        raise ConfigError(f"{path}:1: the file is UTF-16; save it as UTF-8")
    if not raw.strip():
        raise ConfigError(f"{path}:1: the file is empty; write 'key: value' lines")
    try:
        return raw.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: not UTF-8 text; save the file as UTF-8") from error


def _first_of(error: ValidationError, document: Document, model: type[BaseModel]) -> ConfigError:
    """One line for the mistake to mend first, with the number of the others."""
    details = error.errors(include_url=False)
    found = {_place(detail, document): detail for detail in reversed(details) if not _only_follows(detail, details)}
    unknown = {loc for loc, detail in found.items() if detail["type"] == "extra_forbidden"}
    # A misspelt key is unknown under its wrong name and missing under its right one: that is a single mistake.
    misspelt = {(*loc[:-1], nearest(str(loc[-1]), _known_keys(loc[:-1], model))) for loc in unknown}
    mistakes = [
        (loc not in unknown, document.line_of(loc), position, loc)
        for position, (loc, detail) in enumerate(reversed(found.items()))
        if not (detail["type"] == "missing" and loc in misspelt)
    ]
    *_, loc = min(mistakes)
    more = len(mistakes) - 1
    others = f" (and {more} more {'mistake' if more == 1 else 'mistakes'} in this file)" if more else ""
    return document.error(loc, _what(found[loc], loc, model) + others)


def _only_follows(detail: ErrorDetails, details: Sequence[ErrorDetails]) -> bool:
    """Whether a list is too short only because pydantic does not count the items in which it found mistakes."""
    depth = len(detail["loc"])
    return detail["type"] == "too_short" and any(
        len(other["loc"]) > depth and other["loc"][:depth] == detail["loc"] for other in details
    )


def _place(detail: ErrorDetails, document: Document) -> Loc:
    """Where a mistake is; pydantic also names the members of a union on the way, which are no keys."""
    place: Loc = ()
    for part in detail["loc"]:
        if (*place, part) in document.lines:
            place = (*place, part)
    return (*place, detail["loc"][-1]) if detail["type"] == "missing" else place


def _known_keys(loc: Loc, model: type[BaseModel]) -> list[str]:
    """The keys that the mapping at ``loc`` may have."""
    for part in loc:
        if isinstance(part, str):
            field = model.model_fields.get(part)
            model = next(_models_in(field.annotation), model) if field else model
    return list(model.model_fields)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that an annotation such as ``tuple[Principle, ...] | None`` is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _what(detail: ErrorDetails, loc: Loc, model: type[BaseModel]) -> str:
    """What is wrong and how to mend it, in a person's words rather than pydantic's."""
    value = detail["input"]
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            what = f"is missing; add '{loc[-1]}: ...' here"
        case "extra_forbidden":
            what = f"is unknown; {did_you_mean(str(loc[-1]), _known_keys(loc[:-1], model))}"
        case "value_error":
            what = str(context["error"])
        case "string_type":
            what = _not_text(value)
        case "float_type" | "float_parsing" | "int_type" | "int_parsing":
            what = f"{_quoted(value)} where a number should be; write a number, without quotes"
        case "string_too_short":
            what = "is blank; write a text"
        case "literal_error":
            what = f"{_quoted(value)} is none of its values; write {context['expected']}"
        case "too_short":
            what = f"has {context['actual_length']} items; write at least {context['min_length']}"
        case "model_type" | "dict_type" | "model_attributes_type":
            what = f"{_kind(value)} where keys should be; write 'key: value' lines, indented below it"
        case "tuple_type" | "list_type":
            what = f"{_kind(value)} where a list should be; write each item on a line that begins with '- '"
        case _:
            what = f"{_lower(detail['msg'])} (it is {_quoted(value)}); mend the value"
    return what


def _not_text(value: object) -> str:
    if value is None:
        return "is empty; write a text"
    mend = "put it between quotes" if isinstance(value, bool | int | float) else "write one text"
    return f"{_kind(value)} where a text should be; {mend}"


def _lower(message: str) -> str:
    return message.replace("Input should", "should", 1).replace("String should", "should", 1)


def _quoted(value: object) -> str:
    return f"'{printable(value)}'" if isinstance(value, str) else _kind(value)


def _kind(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return f"the number {printable(value)}"
        case str():
            return "a text"
        case list() | tuple():
            return "a list"
        case _:
            return "a mapping"
