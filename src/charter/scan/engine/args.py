"""The arguments of a call."""

from dataclasses import dataclass, field

from charter.scan import ir
from charter.scan.engine.values import Value
from charter.scan.facts import Argument


@dataclass(slots=True)
class Args:
    """The arguments of a call, evaluated."""

    positional: list[Value] = field(default_factory=list)
    named: dict[str, Value] = field(default_factory=dict)
    many: Value | None = None
    """Of ``*values`` whose number is not known."""
    more: Value | None = None
    """Of ``**values`` whose names are not known."""
    nodes: dict[Argument, ir.Expr] = field(default_factory=dict)

    def all(self) -> list[Value]:
        """Every argument, in any order."""
        found = [*self.positional, *self.named.values()]
        return found + [each for each in (self.many, self.more) if each is not None]
