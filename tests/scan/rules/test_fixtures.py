"""Every rule finds exactly the marked lines of its bad fixtures, and nothing in the good ones."""

from pathlib import Path

import pytest

from charter.scan.rule import Rule
from charter.scan.rules import all_rules

from .fixture_files import FIXTURES, files_of, findings_in, marked_lines

RULES = [rule for rule in all_rules() if rule.check or rule.check_document]
CASES = [
    pytest.param(rule, path, id=f"{rule.spec.id}/{path.name}")
    for rule in RULES
    for kind in ("bad", "good")
    for path in files_of(rule, kind)
]


@pytest.mark.parametrize(("rule", "path"), CASES)
def test_the_rule_finds_the_marked_lines_and_no_others(rule: Rule, path: Path) -> None:
    assert sorted(finding.place.line for finding in findings_in(rule, path)) == marked_lines(path)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.spec.id)
def test_a_rule_has_marked_bad_fixtures_and_unmarked_good_ones(rule: Rule) -> None:
    assert files_of(rule, "bad")
    assert files_of(rule, "good")
    assert all(map(marked_lines, files_of(rule, "bad")))
    assert not any(map(marked_lines, files_of(rule, "good")))


def test_every_fixture_belongs_to_a_rule() -> None:
    ids = {rule.spec.id for rule in RULES}
    assert {path.parent.relative_to(FIXTURES).as_posix() for path in FIXTURES.rglob("*.*")} == ids
