"""Files of human preferences, whatever their form, as rows of one kind: two responses to a prompt, and a label."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final, Literal, get_args

from charter.codec import from_row
from charter.documents import did_you_mean, perhaps, printable
from charter.errors import ConfigError
from charter.human.dialogues import (
    Turns,
    UnusableRow,
    check,
    conversation,
    parted,
    shared_beginning,
)
from charter.jsonl import read_lines
from charter.records import Message, Pair, Preference, PromptKind
from charter.transcripts import is_transcript, transcript

Form = Literal["hh", "trl", "table", "charter"]
"""``hh``: dialogues under chosen and rejected, as hh-rlhf has them. ``trl``: TRL's preference format. ``table``:
columns prompt, response_a, response_b and preference. ``charter``: records that Charter wrote."""

DELIMITERS: Final = {".csv": ",", ".tsv": "\t"}
"""By the file's suffix; any other file is JSON Lines."""
_COLUMNS = ("prompt", "response_a", "response_b", "preference")
_KINDS: Final[dict[str, PromptKind]] = {
    **{kind: kind for kind in get_args(PromptKind)},
    "harmless": "red_team",
    "helpful": "benign",
}
_WORDS: Final = {"a": 1.0, "b": 0.0, "tie": 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: two responses and the probability that ``one`` is the better, None where the row does not say."""

    messages: Turns
    one: str
    other: str
    p_one: float | None
    rater: str = ""
    seconds: float | None = None
    kind: PromptKind | None = None
    by_model: bool = False
    """Whether the row says that a model gave the label, as those do that ``charter label`` writes."""
    record: Preference | Pair | None = None
    """What the row is, where Charter wrote it."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A row of a file, or why it is none."""

    line: int
    row: Row | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose form is known."""

    form: Form
    rows: Iterator[Numbered]


def open_rows(path: Path, form: Form | None = None, *, labelled: bool = True) -> Opened:
    """The rows of a file; the first one decides its form where ``form`` does not.

    ``labelled`` says that a table must have the column preference.

    Raises:
        ConfigError: the file cannot be read, is empty, is not CSV or JSON Lines, or has none of the forms' columns.
    """
    lines = _table_lines(path) if path.suffix.lower() in DELIMITERS else _json_lines(path)
    first = next(lines)
    found = form or _form_of(path, *first)
    if found == "table":
        _check_columns(path, first[1], labelled)
    return Opened(found, _rows(first, lines, _READERS[found]))


def _rows(
    first: tuple[int, dict[str, Any]],
    others: Iterable[tuple[int, dict[str, Any]]],
    read: Callable[[Mapping[str, Any]], Row],
) -> Iterator[Numbered]:
    for line, value in chain([first], others):
        try:
            yield Numbered(line, read(value))
        except UnusableRow as error:
            yield Numbered(line, None, str(error))


def _json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    return ((line.number, line.value) for line in read_lines(path))


def _table_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    delimiter = DELIMITERS[path.suffix.lower()]
    rows = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter=delimiter, strict=True)
            names = [(name or "").strip().casefold() for name in reader.fieldnames or ()]
            reader.fieldnames = names
            _check_header(path, names)
            for row in reader:
                rows += 1
                yield reader.line_num, row
            if not rows:
                raise ConfigError(f"{path}: no rows below the header; write one comparison a row")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 (byte {error.start + 1}); save the file as UTF-8") from error
    except csv.Error as error:
        where = f"{path}:{reader.line_num + 1}"
        raise ConfigError(
            f"{where}: not {path.suffix[1:].upper()}: {error}; put a text with quotes or line breaks between double "
            "quotes, and double the quotes in it"
        ) from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}; check the path") from error


def _check_header(path: Path, names: list[str]) -> None:
    if not names:
        raise ConfigError(f"{path}: the file is empty; write a header with the columns {', '.join(_COLUMNS)}")
    if twice := next((name for name in names if name and names.count(name) > 1), None):
        raise ConfigError(f"{path}:1: column '{printable(twice)}' stands twice; keep one of the two")


def _check_columns(path: Path, first: Mapping[str, Any], labelled: bool) -> None:
    for column in _COLUMNS if labelled else _COLUMNS[:-1]:
        if column not in first:
            names = [str(name) for name in first if name]
            near = perhaps(column, names)
            has = ", ".join(map(printable, names)) or "none"
            raise ConfigError(f"{path}:1: no column '{column}'{near}; it has {has}; add the column, or rename one")


def _form_of(path: Path, line: int, value: Mapping[str, Any]) -> Form:
    if path.suffix.lower() in DELIMITERS or "response_a" in value:
        return "table"
    if {"chosen", "rejected"} <= value.keys():
        plain = "prompt" not in value and is_transcript(value["chosen"]) and is_transcript(value["rejected"])
        return "hh" if plain else "trl"
    if "pair" in value or {"prompt", "first", "second"} <= value.keys():
        return "charter"
    keys = ", ".join(map(printable, value)) or "none"
    raise ConfigError(
        f"{path}:{line}: keys {keys} are those of no form that is known; write 'chosen' and 'rejected' (with 'prompt', "
        "or as whole dialogues), or 'prompt', 'response_a', 'response_b' and 'preference'"
    )


def _hh(value: Mapping[str, Any]) -> Row:
    chosen, rejected = (_need(value, key) for key in ("chosen", "rejected"))
    if not isinstance(chosen, str) or not isinstance(rejected, str):
        raise UnusableRow("chosen or rejected is no text")
    messages, one, other = parted(transcript(chosen), transcript(rejected))
    return _labelled(value, messages, one, other, 1.0)


def _trl(value: Mapping[str, Any]) -> Row:
    prompt, chosen, rejected = value.get("prompt"), _need(value, "chosen"), _need(value, "rejected")
    if prompt is None and isinstance(chosen, str) and isinstance(rejected, str):
        if is_transcript(chosen):
            return _hh(value)
        asked, one, other = shared_beginning(chosen, rejected)
        if not asked:
            raise UnusableRow("no prompt, and chosen and rejected do not begin alike")
        return _labelled(value, *check((Message("user", asked),), one, other), 1.0)
    before = _prompt(prompt)
    return _labelled(value, *parted(_dialogue(before, chosen), _dialogue(before, rejected)), 1.0)


def _dialogue(before: Turns, response: object) -> Turns:
    """Prompt and response as one; a list that begins with another turn than the assistant's is whole already."""
    if isinstance(response, str):
        return (*before, Message("assistant", response))
    turns = conversation(response)
    return turns if turns and turns[0].role != "assistant" else (*before, *turns)


def _table(value: Mapping[str, Any]) -> Row:
    if None in value:
        raise UnusableRow("more fields than columns")
    one, other = (_need(value, key) for key in ("response_a", "response_b"))
    if not isinstance(one, str) or not isinstance(other, str):
        raise UnusableRow("response_a or response_b is no text")
    messages, one, other = check(_prompt(_need(value, "prompt")), one, other)
    return _labelled(value, messages, one, other, _p_one(value.get("preference")))


def _charter(value: Mapping[str, Any]) -> Row:
    kind: type[Preference] | type[Pair] = Preference if "pair" in value else Pair
    try:
        record: Preference | Pair = from_row(kind, value)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnusableRow(f"no {kind.__name__} record of this version of Charter") from error
    pair = record.pair if isinstance(record, Preference) else record
    return Row(
        messages=pair.prompt.messages,
        one=pair.first,
        other=pair.second,
        p_one=None,
        kind=pair.prompt.kind,
        record=record,
    )


_READERS: Final[dict[Form, Callable[[Mapping[str, Any]], Row]]] = {
    "hh": _hh,
    "trl": _trl,
    "table": _table,
    "charter": _charter,
}


def _labelled(value: Mapping[str, Any], messages: Turns, one: str, other: str, p_one: float | None) -> Row:
    """The row with what else it may say: who the rater was, how long it took, and what kind of prompt it is."""
    return Row(
        messages=messages,
        one=one,
        other=other,
        p_one=p_one,
        rater=_rater(value.get("rater")),
        seconds=_seconds(value.get("seconds")),
        kind=_kind(value.get("kind")),
        by_model=value.get("feedback") == "ai",
    )


def _need(value: Mapping[str, Any], key: str) -> object:
    found = value.get(key)
    if found is None:
        raise UnusableRow(f"no '{key}'")
    return found


def _prompt(prompt: object) -> Turns:
    if prompt is None:
        return ()
    if not isinstance(prompt, str):
        return conversation(prompt)
    turns = transcript(prompt) if is_transcript(prompt) else (Message("user", prompt),)
    return turns[:-1] if turns[-1] == Message("assistant", "") else turns  # a transcript may end with "Assistant:"


def _p_one(preference: object) -> float | None:
    if preference is None or preference == "":
        return None
    word = str(preference).strip().casefold()
    if word in _WORDS:
        return _WORDS[word]
    with suppress(ValueError):
        if 0 <= (number := float(word)) <= 1:
            return number
    raise UnusableRow("a preference that is none of a, b, tie, or a number from 0 to 1 (how likely a is better)")


def _rater(name: object) -> str:
    """A name as it may stand beside others: no comma, no line break."""
    return " ".join(str(name).replace(",", " ").split()) if name is not None else ""


def _seconds(value: object) -> float | None:
    if value is None or value == "":
        return None
    with suppress(TypeError, ValueError):
        if 0 <= (seconds := float(str(value))) < float("inf"):
            return seconds
    raise UnusableRow("seconds that are no number from 0 on")


def _kind(value: object) -> PromptKind | None:
    if value is None or value == "":
        return None
    word = str(value).strip().casefold()
    if word not in _KINDS:
        raise UnusableRow(f"an unknown kind; {did_you_mean(word, list(_KINDS))}")
    return _KINDS[word]
