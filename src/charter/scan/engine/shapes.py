"""What a schema lets through, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Shape:
    """One schema."""

    closed: bool = False
    """No text of anybody's."""
    fields: Mapping[str, "Shape"] = field(default_factory=dict)
    items: "Shape | None" = None

    @property
    def is_open(self) -> bool:
        """Anything."""
        return not self.closed and not self.fields and self.items is None


CLOSED, OPEN = Shape(closed=True), Shape()
