"""Comments that answer for a finding."""

import pytest

from charter.scan.findings import Finding, Place
from charter.scan.suppress import apply_suppressions, read_suppressions

RULES = ("output/sql-query", "output/code-execution", "secrets/password")


def finding(rule: str, line: int, end_line: int = 0) -> Finding:
    return Finding(rule, "insecure-output", "high", "high", Place("a.py", line, 1, end_line), "It is bad.")


@pytest.mark.parametrize(
    "comment",
    [
        "# charter: ignore[output/sql-query] reviewed by Ann",
        "// charter:ignore[output/sql-query]: reviewed by Ann",
        "/* charter: ignore[secrets, output] reviewed by Ann */",
        "<!-- charter: ignore[output/*] - reviewed by Ann -->",
        "{/* charter: ignore[output/sql-query] reviewed by Ann */}",
        "{# charter: ignore[output/sql-query] reviewed by Ann #}",
    ],
)
def test_a_comment_with_rule_and_reason_answers_for_a_finding_on_its_line(comment: str) -> None:
    found, notes = read_suppressions("a.py", f"\nrun(x)  {comment}\n")
    stands, answered, unused = apply_suppressions([finding("output/sql-query", 2)], found, RULES)
    assert (stands, notes, unused) == ([], (), [])
    assert answered[0].reason == "reviewed by Ann"


def test_a_comment_alone_is_about_the_next_line_of_code() -> None:
    text = "# charter: ignore[output/sql-query] one\n\n  # charter: ignore[secrets] two\nrun(\n  x)\n"
    found, _ = read_suppressions("a.py", text)
    assert [each.covers for each in found] == [4, 4]
    stands, answered, _ = apply_suppressions(
        [finding("output/sql-query", 4, 5), finding("secrets/password", 5)], found, RULES
    )
    assert [each.rule for each in stands] == ["secrets/password"]
    assert len(answered) == 1


def test_other_rules_other_lines_and_other_files_are_not_answered_for() -> None:
    found, _ = read_suppressions("b.py", "run(x)  # charter: ignore[output/sql-query] fine\n")
    stands, answered, unused = apply_suppressions([finding("output/sql-query", 1)], found, RULES)
    assert (len(stands), answered) == (1, [])
    assert "is not needed (any more); remove it" in unused[0].text
    found, _ = read_suppressions("a.py", "run(x)  # charter: ignore[output/sql-query] fine\nrun(x)\n")
    others = [finding("output/sql-query", 2), finding("output/code-execution", 1)]
    assert apply_suppressions(others, found, RULES)[0] == others


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("# charter: ignore", "name what is ignored"),
        ("# charter: ignore[] because", "name what is ignored"),
        ("# charter: ignore[output/sql-query]", "say why"),
        ("/* charter: ignore[output/sql-query] */", "say why"),
        ("# charter: ignore[output/sql-query]: --", "say why"),
    ],
)
def test_an_incomplete_comment_ignores_nothing_and_is_said(comment: str, said: str) -> None:
    found, notes = read_suppressions("a.py", f"run(x)  {comment}\n")
    assert found == ()
    assert notes[0].line == 1
    assert said in notes[0].text


def test_a_comment_that_names_no_rule_is_said() -> None:
    found, _ = read_suppressions("a.py", "run(x)  # charter: ignore[output/sqli] fine\n")
    _, _, notes = apply_suppressions([], found, RULES)
    assert "names no rule; 'charter scan --rules' lists them" in notes[0].text


def test_prose_that_shows_such_a_comment_hears_nothing_of_it() -> None:
    text = "run(x)  # charter: ignore[output/sql-query] fine\nkey  # charter: ignore[secrets] a sample\n"
    found, _ = read_suppressions("guide.md", text)
    _, _, notes = apply_suppressions([], found, RULES)
    assert [note.line for note in notes] == [2]


def test_a_comment_that_is_quoted_is_none() -> None:
    text = '"""Answer with `# charter: ignore[output/sql-query] why`, or ``// charter: ignore``."""\n'
    assert read_suppressions("a.py", text) == ((), ())


def test_words_that_are_no_such_comment() -> None:
    assert read_suppressions("a.py", "print('charter: ignore this')\n# the charter says: ignore[x] y\n") == ((), ())
