"""``charter report``."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from charter.cli import main
from charter.cli.report import cli


def test_it_writes_the_page_and_prints_its_path(finished: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "page.html"
    result = CliRunner().invoke(cli, [str(finished), "--out", str(out)], catch_exceptions=False)
    assert result.stdout == f"{out}\n"
    assert out.read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize("reference", ["latest", "20260102-030405-organism"])
def test_a_run_is_found_by_its_id(finished: Path, tmp_path: Path, reference: str) -> None:
    out = tmp_path / "page.html"
    assert main(["report", reference, "--root", str(finished.parent), "--out", str(out)]) == 0
    assert "20260102-030405-organism" in out.read_text("utf-8")


def test_it_opens_the_page_where_that_is_wanted(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}\n')
    browser.chmod(0o755)
    out = tmp_path / "page.html"
    program = "from charter.cli import main; main()"
    arguments = ["report", str(finished), "--out", str(out), "--open"]
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    subprocess.run([sys.executable, "-c", program, *arguments], check=True, capture_output=True)
    assert opened.read_text() == out.as_uri()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such-run"], "no-such-run: no run of this name"),
        (["RUN", "--out", "FOLDER"], "cannot be written: Is a directory"),
        (["DAMAGED"], "results.json: "),
    ],
)
def test_a_mistake_is_one_line(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    for name in ("run.json", "recipe.yaml"):
        (damaged / name).write_bytes((finished / name).read_bytes())
    (damaged / "results.json").write_text(json.dumps({"rounds": "none"}))
    folder = tmp_path / "folder"
    folder.mkdir()
    places = {"RUN": str(finished), "FOLDER": str(folder), "DAMAGED": str(damaged)}
    assert main(["report", *(places.get(each, each) for each in arguments)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err
    assert told.err.count("\n") == 1


def test_its_help_has_examples_and_imports_little() -> None:
    assert "Examples:" in CliRunner().invoke(cli, ["--help"]).stdout
    program = "import sys; import charter.cli.report; print({'rich', 'jinja2', 'pyarrow', 'torch'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
