"""YAML from its events: any tag, several documents, aliases up to a bound, and no object but plain data."""

import re
from typing import Any

import yaml
from yaml.error import MarkedYAMLError

from charter.scan.front.located import MAX_VALUES, Builder, DocumentError, Lines

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})
_FALSE = frozenset({"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})
_NUMBER = re.compile(
    r"[-+]?(?:\d[\d_]{0,300}|(?:\d[\d_]{0,100})?\.\d{0,100}(?:[eE][-+]?\d{1,3})?|\d{1,100}[eE][-+]?\d{1,3})"
)


def read_yaml(text: str) -> tuple[Any, Lines]:
    """
    The data and the line of every key and item. Several documents are a list.

    Raises:
        DocumentError: it is no YAML, or too deep or too large.
    """
    reader = _Reader()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            reader.take(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DocumentError(
            mark.line + 1 if mark else 1, f"no valid YAML: {error.problem or 'it breaks off'}"
        ) from error
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        if isinstance(error, DocumentError):
            raise
        raise DocumentError(1, f"no valid YAML: {str(error)[:200]}") from error
    return reader.result()


class _Reader(Builder):
    """Aliases share what their anchors hold, and count as much."""

    def __init__(self) -> None:
        super().__init__()
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._begun: list[tuple[str | None, int]] = []
        """The anchor of each open mapping and list, and how many values there were when it began."""

    def take(self, event: yaml.Event) -> None:
        """One event."""
        line = event.start_mark.line + 1 if event.start_mark is not None else 1
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event.anchor, line)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if self.key_waits():
                self.key("?", line)  # a list or mapping as a key: no configuration has one
            self._begun.append((event.anchor, self.values))
            self.begin({} if isinstance(event, yaml.MappingStartEvent) else [], line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            made = self.end()
            anchor, before = self._begun.pop()
            if isinstance(made, dict):
                _merge(made)
            if anchor is not None:
                self._anchors[anchor] = (made, self.values - before)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        is_plain = event.style in (None, "") and (event.tag is None or event.implicit[0])
        value = _plain(event.value) if is_plain else event.value
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1)
        if self.key_waits():
            self.key(value if isinstance(value, int) and not isinstance(value, bool) else event.value, line)
        else:
            self.scalar(value, line)

    def _alias(self, anchor: str | None, line: int) -> None:
        value, weight = self._anchors.get(anchor or "", (None, 1))
        if self.key_waits():
            self.key(str(value)[:200], line)
        else:
            self.scalar(value, line, weight)


def _plain(text: str) -> Any:
    """What an unquoted scalar is, as most programs read it."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _NUMBER.fullmatch(text) and any(letter.isdigit() for letter in text):
        digits = text.replace("_", "")
        return int(digits) if digits.lstrip("+-").isdigit() else float(digits)
    return text


def _merge(mapping: dict[Any, Any]) -> None:
    """``<<: *other`` takes over what the mapping does not have itself."""
    given = mapping.pop("<<", None)
    for other in given if isinstance(given, list) else [given]:
        if isinstance(other, dict) and len(mapping) + len(other) <= MAX_VALUES:
            for key, value in other.items():
                mapping.setdefault(key, value)
