"""What a detector hands over: a stretch of text that is a secret, not yet a finding."""

from dataclasses import dataclass

from charter.scan.findings import Confidence, Severity


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret in one text. Never printed: it leaves this package as a ``Finding`` or redacted."""

    start: int
    """Where its value starts."""
    end: int
    rule: str
    """The rule's id."""
    what: str
    """In words: "an OpenAI API key", "the password 'db_password'"."""
    severity: Severity
    confidence: Confidence
    env: str = ""
    """The environment variable it belongs in."""
