"""The example application has the faults that its comments name, and its mended twin none."""

import re
from pathlib import Path

import pytest

from charter.scan.config import Settings
from charter.scan.scan import ScanOptions, scan

EXAMPLES = Path(__file__).parents[2] / "examples"
_FAULT = re.compile(r"# fault: (\S+)")


def marked(folder: Path) -> set[tuple[str, str, int]]:
    """The faults that comments name, and the one in a template, where no comment may stand."""
    found = {
        (rule, path.relative_to(folder).as_posix(), number)
        for path in folder.rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for rule in _FAULT.findall(line)
    }
    return found | {("output/unescaped-html", "templates/answer.html", 4)}


def reported(folder: Path) -> set[tuple[str, str, int]]:
    result = scan(folder, ScanOptions(settings=Settings(), jobs=1, cache=False))
    assert not result.not_analysed
    return {(each.rule, each.place.path, each.place.line) for each in result.findings}


def test_every_fault_of_the_example_is_found_at_its_line() -> None:
    assert marked(EXAMPLES / "support_desk") <= reported(EXAMPLES / "support_desk")


@pytest.mark.parametrize("category", ["injection", "agency", "output", "secrets"])
def test_the_example_has_a_fault_of_each_category(category: str) -> None:
    assert any(rule.startswith(f"{category}/") for rule, _, _ in reported(EXAMPLES / "support_desk"))


def test_the_mended_twin_has_no_findings() -> None:
    assert reported(EXAMPLES / "support_desk_mended") == set()
