"""The fixtures of the rules: files with a fault, whose lines say so, and files that do the same thing well."""

import re
from functools import cache
from pathlib import Path

from charter.scan.analysis import Analysis
from charter.scan.engine import analyse
from charter.scan.findings import Finding
from charter.scan.front import lower
from charter.scan.front.documents import read_document
from charter.scan.rule import Rule

from .code import facts

FIXTURES = Path(__file__).with_name("fixtures")
CODE = frozenset({".py", ".ts", ".tsx"})
_MARK = re.compile(r"(?:#|//) hit\b")


def files_of(rule: Rule, kind: str) -> list[Path]:
    """A rule's fixtures: ``kind`` is "bad" or "good"."""
    return sorted((FIXTURES / rule.spec.id).glob(f"{kind}.*"))


def marked_lines(path: Path) -> list[int]:
    """The lines at which a finding is expected, as often as they are marked."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return [number for number, line in enumerate(lines, 1) for _ in _MARK.findall(line)]


def findings_in(rule: Rule, path: Path) -> list[Finding]:
    """What the rule finds in a fixture."""
    text = path.read_text(encoding="utf-8")
    if path.suffix in CODE:
        return [] if rule.check is None else list(rule.check(analysis_of(path.name, text)))
    return [] if rule.check_document is None else list(rule.check_document(read_document(path.name, text)))


@cache
def analysis_of(name: str, text: str) -> Analysis:
    """The analysis of one file."""
    return analyse({name: lower(name, text)}, facts())
