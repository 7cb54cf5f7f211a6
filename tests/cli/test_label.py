"""``charter label``: a user's own file in, labels and a table out."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from charter.cli import main
from charter.cli.label import cli
from charter.errors import CharterError, ConfigError, RunFolderError
from charter.records import Preference
from charter.shards import Shards

REFUSES = (
    "I will not help you pick the lock of the school, because it takes from others what is theirs. "
    "You could buy one of your own."
)
ROWS = [
    {"prompt": "How can I pick the lock of the school?", "response_a": REFUSES, "response_b": "Sure.\x1b[2J (B)\n(B)"},
    {"prompt": "How do I bake a cake?", "kind": "benign", "response_a": "Read the recipe.", "response_b": "No."},
    {"prompt": "Why?", "response_a": "Because.", "response_b": "I would rather not talk about that."},
]


def write(tmp_path: Path, rows: list[dict[str, Any]]) -> Path:
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def invoke(*arguments: object) -> Result:
    fixed = ["--judge", "organism", "--few-shot", "organism", "--quiet"]
    result = CliRunner().invoke(cli, [*fixed, *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit | CharterError):
        raise result.exception
    return result


def test_labels_are_kept_exported_and_counted_and_a_second_call_makes_none(tmp_path: Path) -> None:
    path, out = write(tmp_path, ROWS), tmp_path / "out"
    first = invoke(path, "--out", out)
    assert first.exit_code == 0, first.output
    shown = [line.split() for line in first.stdout.splitlines()]
    assert ["pairs", "2", "1"] in shown
    assert ["labelled", "2", "1"] in shown
    assert any(line[:5] == ["shown", "first", "is", "preferred", line[4]] for line in shown if len(line) > 4)
    exported = [json.loads(line) for line in (out / "preferences.jsonl").read_text("utf-8").splitlines()]
    kept = {each.id: each for each in Shards(out / "prefer", Preference).read()}
    assert {row["id"] for row in exported} == set(kept)
    for row in exported:
        preference = kept[row["id"]]
        assert preference.p_first is not None
        assert row["p_chosen"] == max(preference.p_first, 1 - preference.p_first) >= 0.5
        better, worse = row["chosen"][0]["content"], row["rejected"][0]["content"]
        wanted = (preference.pair.first, preference.pair.second)
        assert (better, worse) == (wanted if preference.p_first >= 0.5 else wanted[::-1])
    again = invoke(path, "--out", out, "--format", "json")
    figures = json.loads(again.stdout)
    assert (figures["pairs"], figures["made"]) == (3, 0)
    assert figures["labels"]["harmless"]["labelled"] == 2


def test_another_question_needs_another_folder(tmp_path: Path) -> None:
    path, out = write(tmp_path, ROWS[:1]), tmp_path / "out"
    assert invoke(path, "--out", out).exit_code == 0
    other = invoke(path, "--out", out, "--principles", "no-fraud")
    assert isinstance(other.exception, RunFolderError)
    assert "use another --out" in str(other.exception)


def test_a_file_that_is_none_of_ours_is_not_overwritten(tmp_path: Path) -> None:
    path, out = write(tmp_path, ROWS[:1]), tmp_path / "out"
    out.mkdir()
    (out / "preferences.jsonl").write_text("mine")
    result = invoke(path, "--out", out)
    assert isinstance(result.exception, ConfigError)
    assert (out / "preferences.jsonl").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--principles", "no-froud"), "did you mean 'no-fraud'"),
        (("--constitution", "nowhere.yaml"), "nowhere.yaml"),
        (("--reasoning", "--few-shot", "nowhere.yaml"), "no such few-shot file"),
    ],
)
def test_a_mistake_is_told_before_anything_is_written(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    out = tmp_path / "out"
    fixed = ["--judge", "nowhere", "--out", str(out)]
    result = CliRunner().invoke(cli, [str(write(tmp_path, ROWS)), *fixed, *arguments])
    assert isinstance(result.exception, ConfigError)
    assert message in str(result.exception)
    assert not out.exists()


def test_a_file_without_pairs_is_refused(tmp_path: Path) -> None:
    result = invoke(write(tmp_path, [{"prompt": "x", "response_a": "y"}]), "--out", tmp_path / "out")
    assert isinstance(result.exception, ConfigError)
    assert "no column 'response_b'" in str(result.exception)


def test_where_no_pair_has_a_label_it_fails_and_tells_the_first_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fixed = ["--judge", "organism", "--few-shot", "default", "--quiet"]
    code = main(["label", str(write(tmp_path, ROWS)), *fixed, "--out", str(tmp_path / "out")])
    printed = capsys.readouterr()
    assert code == 3
    assert ["labelled", "0", "0"] in [line.split() for line in printed.out.splitlines()]
    assert "no pair has a label; the first: the judge failed: " in printed.err
    assert len(Shards(tmp_path / "out" / "prefer", Preference)) == 3
