"""``charter runs list | show | diff`` over real run folders."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from charter.cli.runs import cli
from charter.errors import RunFolderError
from charter.manifest import StageStats
from charter.recipe import ModelConfig, Recipe
from charter.store import RunFolder

ORGANISM = Recipe(name="organism")


def rate(k: int, n: int) -> dict[str, Any]:
    return {"k": k, "n": n, "rate": k / n if n else None, "low": 0.0, "high": 1.0}


def results(harmful: int) -> dict[str, Any]:
    held_out = {"harmful": rate(5, 10), "refusal": rate(5, 10), "evasive": rate(0, 10)}
    return {
        "checkpoints": {
            "base": {"harmful": rate(90, 100), "helpful": rate(95, 100), "unscored": rate(0, 0), "held_out": held_out},
            "sl-cai": {"harmful": rate(harmful, 100), "helpful": rate(94, 100), "held_out": held_out},
        },
        "paired": {
            "sl-cai": {"harmful": {"n": 100, "difference": -0.82, "low": -0.88, "high": -0.74, "p": 1e-9}},
        },
        "rounds": [{"round": 1, "harmful": rate(30, 100), "evasive": rate(1, 100), "refusal": rate(60, 100)}],
        "outcomes": [{"round": 1, "revised": 70, "unchanged": 20, "invalid": 10}],
    }


def make(path: Path, recipe: Recipe = ORGANISM, harmful: int | None = 8, constitution_digest: str = "c0ffee") -> Path:
    with RunFolder.open(path, recipe, constitution_digest=constitution_digest) as run:
        run.finish_stage("revise", StageStats(seconds=61.5, peak_mib=512.0, records=1200))
        if harmful is not None:
            run.write_json("results.json", results(harmful))
    return path


def invoke(*arguments: object) -> Result:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=True)
    if isinstance(result.exception, RunFolderError):
        assert "\n" not in str(result.exception)
    elif result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def test_list_shows_every_run_and_what_is_wrong_with_it(root: Path) -> None:
    make(root / "done")
    make(root / "begun", harmful=None)
    make(root / "broken")
    (root / "broken" / "run.json").write_text("{")
    (root / "no-run").mkdir()
    shown = invoke("list", "--root", root).stdout
    assert "no-run" not in shown
    listed, harmful = (line.split() for line in shown.splitlines() if "done" in line)
    assert listed[:2] == ["done", "finished"]
    assert harmful == ["done", "100", "90.0%", "8.0%"]
    assert f"broken: {root / 'broken' / 'run.json'}: damaged" in shown
    runs = {run["id"]: run for run in json.loads(invoke("list", "--root", root, "--format", "json").stdout)}
    assert {name: run["status"] for name, run in runs.items()} == {
        "done": "finished",
        "begun": "finished",
        "broken": "damaged",
    }
    assert runs["done"]["harmful"]["sl-cai"]["k"] == 8
    assert runs["begun"]["harmful"] is None


def test_a_list_of_runs_with_five_checkpoints_breaks_no_cell(root: Path) -> None:
    names, last = ["base", "sl-cai", "best-of-n", "dpo"], {"20260102-030405-organism": "rl-cai"}
    last["20260102-030405-organism-2"] = "rlhf"
    for run_id, policy in last.items():
        with RunFolder.open(make(root / run_id), ORGANISM, constitution_digest="c0ffee") as run:
            measured = {name: {"harmful": rate(90, 400)} for name in (*names, policy)}
            run.write_json("results.json", {"checkpoints": measured})
    lines = [line.split() for line in invoke("list", "--root", root).stdout.splitlines()]
    assert ["run", "n", *names, "rlhf", "rl-cai"] in lines or ["run", "n", *names, "rl-cai", "rlhf"] in lines
    for run_id in last:
        assert [line[0] for line in lines if run_id in line] == [run_id, run_id]
        harmful = next(line for line in lines if line[:2] == [run_id, "400"])
        assert sorted(harmful[2:]) == ["-", *["22.5%"] * 5]


def test_list_without_runs_says_so(root: Path) -> None:
    assert isinstance(invoke("list", "--root", root).exception, RunFolderError)
    root.mkdir()
    assert "No runs" in invoke("list", "--root", root).stdout


def test_show_prints_rates_rounds_and_stages(root: Path) -> None:
    make(root / "a")
    shown = " ".join(invoke("show", "a", "--root", root).stdout.split())
    assert "90.0% [0.0, 100.0] 90/100 8.0% [0.0, 100.0] 8/100" in shown
    assert "unscored none scored (0/0) -" in shown
    assert "harmful, held-out category 50.0%" in shown
    assert "1 100 30.0% [0.0, 100.0] 1.0% [0.0, 100.0] 60.0% [0.0, 100.0] 70 20 10" in shown
    assert "8.0% [0.0, 100.0] 8/100 -82.0 [-88.0, -74.0] points" in shown
    assert "revise yes 61.5 512 1,200 1" in shown


def test_show_as_json_is_the_file_itself(root: Path) -> None:
    path = make(root / "a")
    for reference in (path, "a", "latest"):
        shown = invoke("show", reference, "--root", root, "--format", "json")
        assert shown.stdout == (path / "results.json").read_text()


def test_show_of_an_unfinished_run(root: Path) -> None:
    path = make(root / "a", harmful=None)
    manifest = json.loads((path / "run.json").read_text())
    (path / "run.json").write_text(json.dumps(manifest | {"status": "running"}))  # what a kill -9 leaves
    shown = invoke("show", path).stdout
    assert shown.splitlines()[0].split() == ["a", "interrupted"]
    assert "No results yet" in shown
    refused = invoke("show", path, "--format", "json").exception
    assert f"continue it with 'charter run --out {path}'" in str(refused)


@pytest.mark.parametrize("content", ["{", "[]", '{"checkpoints": {"base": {"harmful": {"k": 1}}}}'])
def test_damaged_results_are_one_line(root: Path, content: str) -> None:
    path = make(root / "a")
    (path / "results.json").write_text(content)
    assert str(invoke("show", path).exception).startswith(f"{path / 'results.json'}: damaged")
    assert "results.json: damaged" in invoke("list", "--root", root).stdout


def test_latest_is_the_newest_whatever_its_name(root: Path) -> None:
    for name, created in (("a", "2026-01-03T00:00:00+00:00"), ("b", "2026-01-02T00:00:00+00:00")):
        path = make(root / name)
        manifest = json.loads((path / "run.json").read_text())
        (path / "run.json").write_text(json.dumps(manifest | {"created": created}))
    assert invoke("show", "latest", "--root", root).stdout.split()[0] == "a"


def test_an_unknown_run_names_those_there_are(root: Path) -> None:
    make(root / "a")
    message = str(invoke("show", "b", "--root", root).exception)
    assert message == f"b: no run of this name, here or in {root} (there are a); see 'charter runs list'"
    assert "there are no runs" in str(invoke("show", "latest", "--root", root / "a").exception)


def test_diff_of_equal_runs_leaves_with_0(root: Path) -> None:
    make(root / "a")
    make(root / "b")
    result = invoke("diff", "a", "b", "--root", root)
    assert result.exit_code == 0
    assert "Recipe: the same settings" in result.stdout
    assert "Constitution: the same" in result.stdout


def test_diff_shows_settings_constitution_and_rates_and_leaves_with_1(root: Path) -> None:
    make(root / "a")
    make(root / "b", Recipe(model=ModelConfig(name="[red]x\x1b[2J")), harmful=18, constitution_digest="decaf")
    result = invoke("diff", "a", "b", "--root", root)
    assert result.exit_code == 1
    shown = " ".join(result.stdout.split())
    assert "model.name 'organism' '[red]x\\x1b[2J'" in shown
    assert "Constitution: c0ffee -> decaf" in shown
    assert "8/100 18.0% [0.0, 100.0] 18/100 +10.0 points" in shown
    data = json.loads(invoke("diff", "a", "b", "--root", root, "--format", "json").stdout)
    assert not data["same"]
    assert data["recipe"][1] == {"key": "model.name", "old": "organism", "new": "[red]x\x1b[2J"}
    changes = {(each["checkpoint"], each["key"]): each["change"] for each in data["rates"]}
    assert changes["sl-cai", "harmful"] == pytest.approx(0.1)
    assert changes["base", "unscored"] is None


@pytest.mark.parametrize(("harmful", "code"), [(9, 1), (None, 1)])
def test_any_difference_of_rates_leaves_with_1(root: Path, harmful: int | None, code: int) -> None:
    make(root / "a")
    make(root / "b", harmful=harmful)
    assert invoke("diff", "a", "b", "--root", root).exit_code == code


def test_a_hostile_run_cannot_drive_the_terminal(root: Path) -> None:
    make(root / "a", Recipe(name="\x1b[2J[bold]x"))
    for arguments in (("list",), ("show", "a")):
        shown = invoke(*arguments, "--root", root).stdout
        assert "\x1b" not in shown
        assert "[bold]x" in shown


def test_hostile_results_cannot_drive_the_terminal(root: Path) -> None:
    path = make(root / "a")
    kept = results(8) | {"notes": ["\u202egnp.exe \x9b2J", "\x1b[2J"]}
    (path / "results.json").write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    shown = invoke("show", path, "--format", "json").stdout
    assert not set(shown) & set("\u202e\x9b\x1b")
    assert json.loads(shown) == kept


def test_help_has_examples_and_imports_little() -> None:
    for command in ("list", "show", "diff"):
        assert "Examples:" in invoke(command, "--help").stdout
    program = "import sys; import charter.cli.runs; print({'rich', 'pyarrow', 'pydantic', 'torch'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
