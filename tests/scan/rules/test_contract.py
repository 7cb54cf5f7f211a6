"""What holds of every rule, and of every fact that names one."""

import re
from pathlib import Path

import pytest

from charter.scan.ir import Language
from charter.scan.rule import Rule
from charter.scan.rules import all_rules
from charter.scan.rules.pages import pages, write_pages

from .code import facts

LANGUAGES: tuple[Language, ...] = ("python", "typescript")
DOCS = Path(__file__).parents[3] / "docs" / "rules"
SHORT_NAMES = {
    "injection": "prompt-injection",
    "output": "insecure-output",
    "agency": "excessive-agency",
    "secrets": "hardcoded-secret",
}
SECTIONS = ["What it does", "Why this is bad", "Example", "Use instead", "References"]


def test_ids_are_unique_and_in_order() -> None:
    ids = [rule.spec.id for rule in all_rules()]
    assert ids == sorted(set(ids))
    assert len(ids) > 20


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.spec.id)
def test_a_rule_says_what_it_must(rule: Rule) -> None:
    spec = rule.spec
    folder, _, name = spec.id.partition("/")
    assert SHORT_NAMES[folder] == spec.category
    assert re.fullmatch("[a-z]+(-[a-z]+)*", name)
    assert all(re.fullmatch(r"CWE-\d+", each) for each in spec.cwe)
    assert spec.cwe
    assert all(re.fullmatch(r"LLM(0[1-9]|10)", each) for each in (*spec.owasp_2025, *spec.owasp_2026))
    assert spec.owasp_2025
    assert spec.owasp_2026
    assert not spec.title.endswith(".")
    assert spec.advice.endswith(".")
    assert [line[3:] for line in rule.page.split("\n") if line.startswith("## ")] == SECTIONS
    assert rule.page.count("```") % 2 == 0


def test_the_docs_hold_the_rules_as_they_are() -> None:
    found = {path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8") for path in DOCS.rglob("*.md")}
    assert found == pages(), "write them: python -m charter.scan.rules.pages docs/rules"


def test_pages_of_rules_that_are_no_more_are_removed(tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "of-yore.md").write_text("gone", encoding="utf-8")
    write_pages(tmp_path)
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.md")} == set(pages())


def test_facts_name_rules_that_exist_and_report_them() -> None:
    files = [file for language in LANGUAGES for file in facts().frameworks(language)]
    named = {risk.rule for file in files for risk in file.risks}
    assert named
    assert named <= {rule.spec.id for rule in all_rules() if rule.check}
