"""Patterns of access paths, and an index that finds which of many match a path.

``*`` stands for any characters but ``.`` and ``()``, ``**`` for anything, also nothing (with it goes the dot beside
it: ``a.**.b`` matches ``a.b``), and alternatives stand in braces: ``{a,b}``.
"""

import itertools
import re
from collections.abc import Iterator
from functools import cache
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

MAX_ALTERNATIVES = 2000
"""What the braces of one pattern may come to, multiplied out."""
_BRACES = re.compile(r"\{([^{}]*)\}")
_WILD = re.compile(r"\.\*\*\.|\A\*\*\.|\.\*\*\Z|\*\*|\*")
_MEANINGS = {"*": r"[^.()]*", "**": ".*", ".**.": r"\.(?:.*\.)?"}


def check_pattern(pattern: str) -> str:
    """``pattern`` as it is.

    Raises:
        ValueError: it is not well-formed; the message says how.
    """
    if not pattern or pattern != pattern.strip():
        raise ValueError("is no access path; write it without blanks around it, such as openai.OpenAI().chat")
    if "***" in pattern:
        raise ValueError("holds '***'; write '*' (within a name) or '**' (anything)")
    count = 1
    for group in _BRACES.findall(pattern):
        count *= group.count(",") + 1
    if count > MAX_ALTERNATIVES:
        raise ValueError(f"has over {MAX_ALTERNATIVES} alternatives, multiplied out; write several patterns")
    bare = _BRACES.sub("", pattern)
    if "{" in bare or "}" in bare:
        raise ValueError("has a brace without its partner, or one within another; write {a,b}")
    if "," in bare:
        raise ValueError("has a comma outside braces; write {a,b}, or two patterns")
    return pattern


def expand(pattern: str) -> Iterator[str]:
    """The pattern once for each choice of its alternatives: ``a.{b,c}`` is ``a.b`` and ``a.c``."""
    parts = _BRACES.split(pattern)
    choices = [[part] if number % 2 == 0 else part.split(",") for number, part in enumerate(parts)]
    return ("".join(each).replace(" ", "") for each in itertools.product(*choices))


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern stands for a path."""
    return any(_compiled(each).fullmatch(path) is not None for each in expand(pattern))


class PatternIndex(Generic[T]):
    """Values under patterns. A path is held against those alone that begin as it does, and end in its last name."""

    def __init__(self) -> None:
        self._exact: dict[str, list[tuple[int, T]]] = {}
        self._named: dict[str, list[_Under[T]]] = {}
        self._open: dict[str, list[_Under[T]]] = {}
        """Those that may end in any name, by the first character; "" for those that may begin with any."""
        self._count = 0

    def add(self, pattern: str, value: T) -> None:
        """Put ``value`` under ``pattern``."""
        for each in expand(pattern):
            self._count += 1
            last = last_name(each)
            if "*" not in each:
                self._exact.setdefault(each, []).append((self._count, value))
            elif "*" not in last:
                self._named.setdefault(last, []).append(_Under(self._count, _start(each), each, value))
            else:
                under = _Under(self._count, _start(each), each, value)
                self._open.setdefault(under.start[:1], []).append(under)

    def at(self, path: str) -> tuple[T, ...]:
        """The values under all patterns that match ``path``, in the order in which they were added."""
        found = list(self._exact.get(path, ()))
        for patterns in (self._named.get(last_name(path)), self._open.get(path[:1]), self._open.get("")):
            if patterns is None:
                continue
            found += [
                (under.number, under.value)
                for under in patterns
                if path.startswith(under.start) and _compiled(under.pattern).fullmatch(path)
            ]
        return tuple(value for _, value in sorted(found, key=lambda pair: pair[0]))


class _Under(NamedTuple, Generic[T]):
    """A value under a pattern with a wildcard."""

    number: int
    start: str
    """What the pattern begins with, up to its first wildcard."""
    pattern: str
    value: T


def last_name(path: str) -> str:
    """What stands after the last dot, with its ``()``."""
    return path.rpartition(".")[2]


def _start(pattern: str) -> str:
    return pattern.partition("*")[0].rstrip(".")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """One pattern without alternatives as a regular expression."""
    parts, end = [], 0
    for wild in _WILD.finditer(pattern):
        parts += [re.escape(pattern[end : wild.start()]), _meaning(wild[0], wild.start())]
        end = wild.end()
    return re.compile("".join([*parts, re.escape(pattern[end:])]), re.DOTALL)


def _meaning(wild: str, position: int) -> str:
    if wild == "**." and position == 0:
        return r"(?:.*\.)?"
    if wild == ".**":
        return r"(?:[.(].*)?"
    return _MEANINGS[wild]
