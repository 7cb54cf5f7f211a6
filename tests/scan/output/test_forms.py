"""Every form of output: it says all, and no text of the scanned code is more than text in it."""

import html
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import jsonschema
import pytest
from tests.scan.samples import HOSTILE, clean, finding, result

from charter.scan.findings import Place
from charter.scan.output import FORMS, render
from charter.scan.output.frames import Frames

SCHEMA = json.loads(Path(__file__).with_name("sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
"""The standard's own schema, without its prose."""


@pytest.mark.parametrize("form", FORMS)
def test_nothing_in_a_form_drives_a_terminal_or_cannot_be_written(form: str, tmp_path: Path) -> None:
    text = render(result(tmp_path), form)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", text)
    assert text.encode("utf-8")
    assert text.endswith("\n")
    assert "A model" in text
    assert "s text reaches a shell" in text
    assert "larger than 5 MB" in text
    assert "KeyError" in text


@pytest.mark.parametrize("form", FORMS)
def test_the_same_result_gives_the_same_text(form: str, tmp_path: Path) -> None:
    assert render(result(tmp_path), form) == render(result(tmp_path), form)


@pytest.mark.parametrize("form", FORMS)
def test_a_clean_result_says_what_was_looked_at(form: str, tmp_path: Path) -> None:
    assert "3" in render(clean(tmp_path), form)


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_in_the_code_is_in_no_form(form: str, tmp_path: Path) -> None:
    made = result(tmp_path, findings=(finding(steps=(), place=Place("keys.py", 1, 1)),))
    key = "AKIA" + "Q3EGRWJ5TZ7LPX2V"
    (tmp_path / "keys.py").write_text(f'aws_access_key_id = "{key}"\npassword = "tr0ub4dor-and-3"\n')
    text = render(made, form)
    assert "tr0ub4dor" not in text
    assert key not in text


def sarif(tmp_path: Path) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(render(result(tmp_path), "sarif"))["runs"][0]
    return run


@pytest.mark.parametrize("made", [result, clean])
def test_sarif_is_valid(made: Any, tmp_path: Path) -> None:
    jsonschema.Draft4Validator(SCHEMA).validate(json.loads(render(made(tmp_path), "sarif")))


def test_sarif_says_category_way_fix_and_what_was_not_analysed(tmp_path: Path) -> None:
    run = sarif(tmp_path)
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert {rule["properties"]["category"] for rule in rules.values()} == {
        "prompt-injection",
        "excessive-agency",
        "insecure-output",
        "hardcoded-secret",
    }
    assert rules["output/shell-command"]["properties"]["security-severity"] == "9.5"
    first, hostile, suppressed, known = run["results"]
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == first["ruleId"] == "output/shell-command"
    assert (first["level"], first["properties"]["category"]) == ("error", "insecure-output")
    region = first["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (20, 15, 42)
    assert region["snippet"]["text"].strip() == 'os.system(ask(request.json["topic"]))'
    way = [each["location"]["message"]["text"] for each in first["codeFlows"][0]["threadFlows"][0]["locations"]]
    assert way == ["the model's answer", "returned by ask()", "reaches a shell"]
    assert first["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"] == "None"
    assert first["relatedLocations"][0]["message"]["text"] == "the function"
    uri = hostile["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote_to_bytes(uri) == f"a {HOSTILE}.py".encode("utf-8", "surrogateescape")
    assert [each["suppressions"][0]["kind"] for each in (suppressed, known)] == ["inSource", "external"]
    invocation = run["invocations"][0]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 3)
    assert len(invocation["toolExecutionNotifications"]) == 3


def test_sarif_fingerprints_have_no_line_and_tell_twins_apart(tmp_path: Path) -> None:
    twins = (finding(), finding(place=Place("app.py", 12, 1)))
    run = json.loads(render(result(tmp_path, findings=twins, suppressed=(), known=()), "sarif"))["runs"][0]
    prints = [each["partialFingerprints"]["charter/v1"] for each in run["results"]]
    assert prints == [f"{finding().fingerprint}:1", f"{finding().fingerprint}:2"]


def test_json_has_every_finding_with_its_way(tmp_path: Path) -> None:
    data = json.loads(render(result(tmp_path), "json"))
    assert (data["form"], data["exit_code"], data["incomplete"], data["hidden"]) == (1, 3, True, 2)
    assert data["counts"]["findings"] == {"critical": 1, "high": 0, "medium": 0, "low": 1}
    first = data["findings"][0]
    assert (first["rule"], first["path"], first["line"], first["fixable"]) == (
        "output/shell-command",
        "app.py",
        20,
        True,
    )
    assert [step["kind"] for step in first["steps"]] == ["source", "return", "sink"]
    assert first["code"] == [{"line": 20, "text": '    os.system(ask(request.json["topic"]))'}]
    assert [len(data[name]) for name in ("suppressed", "known", "notes", "not_analysed", "crashes")] == [1, 1, 1, 2, 1]


def test_junit_counts_what_its_cases_say(tmp_path: Path) -> None:
    suite = ElementTree.fromstring(render(result(tmp_path), "junit"))[0]  # noqa: S314  # our own
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "5",
        "failures": "2",
        "errors": "2",
        "skipped": "1",
    }
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert "app.py:11:14  the model's answer" in (failure.text or "")
    passed = ElementTree.fromstring(render(clean(tmp_path), "junit"))[0]  # noqa: S314  # our own
    assert (passed.get("tests"), passed.get("failures"), passed.get("errors")) == ("1", "0", "0")


def test_markdown_fits_a_comment_and_calls_nobody(tmp_path: Path) -> None:
    many = tuple(finding(place=Place("app.py", 20, number)) for number in range(1, 500))
    text = render(result(tmp_path, findings=many), "markdown")
    assert len(text) < 65_000
    assert re.search(r"… and \d+ more findings", text)
    hostile = render(result(tmp_path), "markdown")
    assert "@all" not in hostile
    assert "<script>" not in hostile


def test_code_cannot_end_its_block(tmp_path: Path) -> None:
    made = result(tmp_path, findings=(finding(place=Place("evil.py", 1, 1), steps=()),))
    (tmp_path / "evil.py").write_text('x = """\n`````\n# heading\n"""\n')
    assert "``````text\n1 | x" in render(made, "markdown")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.seen |= {name for name, _ in attrs if name.startswith("on") or name == "style"}


def test_html_runs_nothing_and_loads_nothing(tmp_path: Path) -> None:
    page = render(result(tmp_path), "html")
    tags = _Tags()
    tags.feed(page)
    assert not tags.seen & {"script", "img", "iframe", "style=", "object"}
    assert "default-src 'none'" in html.unescape(page)
    assert not re.search(r"(?:src|href)=\"(?!data:,|#)", page)
    assert "[U+202E]" in page or "U+202E" in page
    assert "the model&#39;s answer" in page


def test_a_terminal_shows_code_caret_and_way(tmp_path: Path) -> None:
    text = render(result(tmp_path), "terminal")
    lines = text.splitlines()
    code = next(number for number, line in enumerate(lines) if line.startswith("  > 20 | "))
    assert lines[code + 1].index("^") == lines[code].index("ask(")
    assert lines[code + 1].count("^") == len('ask(request.json["topic"])') + 1
    assert "  o  app.py:11:14  the model's answer" in text
    assert "  v  app.py:20:15  reaches a shell" in text
    for words in ("mend: ", "--fix can do this", "2 findings below --severity", "Not scanned: ignored by git (4)."):
        assert words in text
    assert lines[-1] == "2 findings: 1 critical, 1 low."


def test_frames_of_files_that_are_gone_or_shorter_are_empty(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\ny = 2\n")
    frames = Frames(tmp_path)
    assert [line.number for line in frames.frame(Place("a.py", 2, 1))] == [1, 2]
    assert frames.frame(Place("a.py", 90, 1)) == ()
    assert frames.frame(Place("none.py", 1, 1)) == ()
    assert frames.line(Place("a.py", 2, 1)) == "y = 2"


@pytest.mark.parametrize("form", ["terminal", "junit", "markdown", "html"])
def test_a_newline_in_a_name_starts_no_line_of_the_output(form: str, tmp_path: Path) -> None:
    made = result(tmp_path, findings=(finding(steps=(), place=Place("a\nNo findings.\n.py", 1, 1)),))
    assert "\nNo findings." not in render(made, form)


def test_a_frame_ends_where_the_file_does(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("one\ntwo\n")
    assert [line.text for line in Frames(tmp_path).frame(Place("a.py", 2, 1))] == ["one", "two"]
    (tmp_path / "empty.py").write_text("")
    assert Frames(tmp_path).frame(Place("empty.py", 1, 1)) == ()


def test_the_page_begins_with_the_most_severe(tmp_path: Path) -> None:
    first = finding(steps=())
    second = replace(first, severity="low", category="prompt-injection")
    page = render(result(tmp_path, findings=(first, second)), "html")
    assert page.index("<h2>Insecure output handling") < page.index("<h2>Prompt injection")
