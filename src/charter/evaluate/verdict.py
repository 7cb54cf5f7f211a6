"""What a judge says of one response."""

from dataclasses import dataclass

from charter.records import Behaviour


@dataclass(frozen=True, slots=True)
class Verdict:
    """A behaviour, and why it is this one; for ``unscored``, why none could be named."""

    behaviour: Behaviour
    explanation: str

    @classmethod
    def unscored(cls, why: str) -> "Verdict":
        """No behaviour could be named."""
        return cls(Behaviour.UNSCORED, why)
