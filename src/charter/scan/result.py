"""What a scan gives: per file, per group of files, and in all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from charter.scan.findings import SEVERITIES, Finding, NotAnalysed, Severity
from charter.scan.inventory import Inventory
from charter.scan.kinds import Kind
from charter.scan.relevance import Imported
from charter.scan.rule import RuleSpec
from charter.scan.suppress import Note, Suppressed, Suppression


@dataclass(frozen=True, slots=True)
class RuleCrash:
    """A rule that failed: a fault of Charter's, and a gap in the scan."""

    rule: str
    path: str
    """A file that it was looking at."""
    error: str


@dataclass(frozen=True, slots=True)
class FileResult:
    """What one file shows by itself."""

    path: str
    digest: str
    """Of its text; empty where it was not read."""
    kind: Kind
    lines: int = 0
    sign: str = ""
    """What says that it is code that has to do with language models."""
    template: bool = False
    """A template that code may load."""
    imports: tuple[Imported, ...] = ()
    findings: tuple[Finding, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    notes: tuple[Note, ...] = ()
    not_analysed: tuple[NotAnalysed, ...] = ()
    crashes: tuple[RuleCrash, ...] = ()
    inventory: Inventory | None = None
    """What it configures, if anything."""


@dataclass(frozen=True, slots=True)
class GroupResult:
    """What a group of code files shows together."""

    paths: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    not_analysed: tuple[NotAnalysed, ...] = ()
    crashes: tuple[RuleCrash, ...] = ()
    inventory: Inventory | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was looked at."""

    files: int
    lines: int
    followed: int
    """Code files whose data was followed: those that have to do with language models."""
    cached: int
    """Files whose result of an earlier scan still holds."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """Why other files and folders were left out, and how many."""


@dataclass(frozen=True, slots=True)
class ScanResult:
    """A finished scan."""

    root: Path
    findings: tuple[Finding, ...]
    """Those to report, the most severe first."""
    suppressed: tuple[Suppressed, ...]
    """Answered for by a comment in the code."""
    known: tuple[Finding, ...]
    """In the baseline, or there before the change."""
    hidden: int
    """Below the thresholds of severity and confidence."""
    notes: tuple[Note, ...]
    not_analysed: tuple[NotAnalysed, ...]
    crashes: tuple[RuleCrash, ...]
    counts: Counts
    rules: tuple[RuleSpec, ...]
    """All that ran."""
    incomplete: bool
    """More files than allowed could not be read, or a rule failed."""
    inventory: Inventory = field(default_factory=Inventory)
    """What the code lets a model do."""

    @property
    def exit_code(self) -> int:
        """3 where the scan itself is incomplete, 1 where it found something, else 0."""
        return 3 if self.incomplete else 1 if self.findings else 0

    def by_severity(self) -> dict[Severity, int]:
        """How many findings there are of each severity."""
        return {severity: sum(each.severity == severity for each in self.findings) for severity in SEVERITIES}
