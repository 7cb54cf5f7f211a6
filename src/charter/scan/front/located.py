"""Data under construction, with the line of every key and item."""

from typing import Any, TypeAlias

Way: TypeAlias = tuple[str | int, ...]
"""Keys and positions, from the top."""
Lines: TypeAlias = dict[Way, int]

MAX_DEPTH = 100
"""Levels of nesting."""
MAX_VALUES = 200_000
"""Values in a file, aliases followed."""


class DocumentError(ValueError):
    """A document cannot be read; the message says why."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(" ".join(what.split()))
        self.line = line


class Builder:
    """Puts data together from a stream of beginnings, ends and scalars; no recursion, and bounded."""

    def __init__(self) -> None:
        self.lines: Lines = {}
        self.tops: list[Any] = []
        """The values at the top, each a document; their ways begin with their position, until there is but one."""
        self.values = 0
        self._open: list[tuple[Any, Way]] = []
        self._keys: list[str | int | None] = []
        """Of each open mapping the key that waits for its value; of a list None."""

    def key_waits(self) -> bool:
        """The next scalar is a key."""
        return bool(self._open) and isinstance(self._open[-1][0], dict) and self._keys[-1] is None

    def key(self, key: str | int, line: int) -> None:
        """A key of the innermost mapping."""
        self._keys[-1] = key
        self.lines.setdefault((*self._open[-1][1], key), line)

    def begin(self, container: Any, line: int) -> None:
        """A mapping or list, which then is the innermost."""
        way = self._place(container, line)
        if len(self._open) >= MAX_DEPTH:
            raise DocumentError(line, f"it is nested over {MAX_DEPTH} levels deep")
        self._open.append((container, way))
        self._keys.append(None)

    def end(self) -> Any:
        """The innermost mapping or list is complete."""
        self._keys.pop()
        return self._open.pop()[0]

    def scalar(self, value: Any, line: int, weight: int = 1) -> None:
        """A value, or with its ``weight`` of values one that is complete."""
        self._place(value, line, weight)

    def result(self) -> tuple[Any, Lines]:
        """The value, or the list of several, and where all of it stands."""
        if not self.tops:
            raise DocumentError(1, "it is empty")
        if len(self.tops) > 1:
            return self.tops, self.lines
        return self.tops[0], {way[1:]: line for way, line in self.lines.items()}

    @property
    def depth(self) -> int:
        """How many are open."""
        return len(self._open)

    def _place(self, value: Any, line: int, weight: int = 1) -> Way:
        self.values += weight
        if self.values > MAX_VALUES:
            raise DocumentError(line, f"it holds over {MAX_VALUES} values")
        if not self._open:
            self.tops.append(value)
            self.lines[len(self.tops) - 1,] = line
            return (len(self.tops) - 1,)
        holder, way = self._open[-1]
        if isinstance(holder, list):
            inner: Way = (*way, len(holder))
            holder.append(value)
            self.lines[inner] = line
            return inner
        key, self._keys[-1] = self._keys[-1], None
        inner = (*way, key if key is not None else "")
        holder[inner[-1]] = value
        return inner
