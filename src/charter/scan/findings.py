"""What a scan finds: a place, a rule, and the way of the data to it."""

import hashlib
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Category: TypeAlias = Literal["prompt-injection", "excessive-agency", "insecure-output", "hardcoded-secret"]
Severity: TypeAlias = Literal["critical", "high", "medium", "low"]
Confidence: TypeAlias = Literal["high", "medium", "low"]
"""high: each step of the way is resolved. medium: one rests on a name or a default. low: more than one does."""

SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")
CONFIDENCES: tuple[Confidence, ...] = ("high", "medium", "low")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A stretch of a scanned file: lines and columns from 1, the end column exclusive."""

    path: str
    """Relative to the scanned root, with ``/``."""
    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way of the data."""

    place: Place
    what: str
    """In words, for a person: "the user's text: flask.request.json", "passed to ask() as 'topic'"."""
    kind: Literal["source", "assign", "call", "return", "field", "sink"] = "assign"


@dataclass(frozen=True, slots=True)
class Edit:
    """What ``--fix`` writes: one stretch of a file and its new text."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at one place."""

    rule: str
    """The rule's id, "output/shell-command"."""
    category: Category
    severity: Severity
    confidence: Confidence
    place: Place
    message: str
    """One or two sentences: what reaches what, and why that is bad. Holds no secret and no raw control character."""
    steps: tuple[Step, ...] = ()
    """From the source to the sink; empty for faults that are not flows."""
    related: tuple[Step, ...] = ()
    """Other places that explain it: the tool's definition, the call that takes the messages."""
    edits: tuple[Edit, ...] = ()
    snippet: str = field(default="", compare=False)
    """The lines of the place, white space normalised, secrets redacted: what the fingerprint is made of."""

    @property
    def fingerprint(self) -> str:
        """Rule, path and normalised snippet: the same finding after lines above it moved."""
        parts = "\0".join((self.rule, self.place.path, " ".join(self.snippet.split())))
        return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class NotAnalysed:
    """A file, or part of one, that the scan could not read: never passed over in silence."""

    path: str
    reason: str
    line: int = 0
    """The first line that was not analysed; 0 for the whole file."""
    partly: bool = False
    """The rest of the file was analysed."""
