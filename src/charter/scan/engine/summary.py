"""What one evaluation of a function came to."""

from dataclasses import dataclass

from charter.scan.engine.frame import Hit
from charter.scan.engine.state import Cell
from charter.scan.engine.values import Value
from charter.scan.facts import SinkKind


@dataclass(slots=True)
class Summary:
    """What one evaluation came to, in symbols."""

    value: Value
    cells: dict[int, Cell]
    before: dict[int, Cell]
    """The argument cells as they were."""
    hits: tuple[Hit, ...]
    checked: dict[int, frozenset[SinkKind]]
    """Symbols that the function checks, and raises or does not come back where they fail."""
    reads: set[tuple[str, ...]]
    making: bool = False
    again: bool = False
    """It was used while it was still being made."""
