"""Short programs for the tests of rules."""

from functools import cache

from charter.scan.analysis import Analysis
from charter.scan.engine import analyse
from charter.scan.fact_base import FactBase, load_facts
from charter.scan.findings import Edit, Finding
from charter.scan.front import lower
from charter.scan.rules import all_rules


@cache
def facts() -> FactBase:
    """The facts that come with Charter, read once."""
    return load_facts()


def analysed(**files: str) -> Analysis:
    """The analysis of files, by name without ``.py``."""
    return analyse({f"{name}.py": lower(f"{name}.py", text) for name, text in files.items()}, facts())


def found(rule: str, analysis: Analysis) -> list[Finding]:
    """What one rule finds."""
    check = next(each.check for each in all_rules() if each.spec.id == rule)
    assert check is not None
    return list(check(analysis))


def mended(text: str, edits: tuple[Edit, ...]) -> str:
    """A text with the edits made."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    for edit in sorted(edits, key=lambda edit: edit.place, reverse=True):
        place = edit.place
        begin, end = starts[place.line - 1] + place.column - 1, starts[place.end_line - 1] + place.end_column - 1
        text = text[:begin] + edit.text + text[end:]
    return text
