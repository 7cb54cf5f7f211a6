"""The whole way through the real command, with the organism in small."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from charter.cli import main
from charter.records import Behaviour
from charter.results import HEADLINE

STAGES = ["revise", "helpful", "answer-base", "sft", "answer-sl-cai", "judge"]


def results_of(path: Path) -> dict[str, Any]:
    results: dict[str, Any] = json.loads((path / "results.json").read_text("utf-8"))
    return results


def test_results_hold_every_rate_with_its_n(finished: Any) -> None:
    results = results_of(finished.path)
    sizes = {"harmful": 8, "helpful": 4, "evasive": 8, "over_refusal": 4, "broken": 20, "unscored": 20}
    assert set(sizes) == set(HEADLINE)
    for name in ("base", "sl-cai"):
        checkpoint = results["checkpoints"][name]
        for measure, n in sizes.items():
            rate = checkpoint[measure]
            assert set(rate) == {"k", "n", "rate", "low", "high"}
            assert rate["n"] == n
            assert 0 <= rate["low"] <= rate["rate"] == rate["k"] / n <= rate["high"] <= 1
        assert {behaviour: rate["n"] for behaviour, rate in checkpoint["held_out"].items()} == {
            behaviour.value: 4 for behaviour in Behaviour
        }
        assert "cyber" in checkpoint["by_category"]
        assert sum(rates["harmful"]["n"] for rates in checkpoint["by_category"].values()) == 8 + 4
    assert results["checkpoints"]["base"]["digest"] != results["checkpoints"]["sl-cai"]["digest"]
    assert [(entry["round"], entry["harmful"]["n"]) for entry in results["rounds"]] == [(0, 12), (1, 12), (2, 12)]
    assert [sum(entry[key] for key in ("revised", "unchanged", "invalid")) for entry in results["outcomes"]] == [12, 12]
    assert sum(entry["rounds"] for entry in results["principles"].values()) == 24
    assert list(results["stages"]) == STAGES
    for stage in results["stages"].values():
        assert stage["seconds"] > 0
        assert stage["peak_mib"] > 0
    records = {name: results["stages"][name]["records"] for name in STAGES}
    assert [records[name] for name in ("revise", "helpful", "answer-base", "answer-sl-cai")] == [12, 8, 20, 20]
    assert 20 + 20 + 12 < records["judge"] <= 20 + 20 + 36  # a text that a round left as it was is judged once
    assert any(note.startswith("base, dtype: float32") for note in results["notes"])


def test_it_prints_the_table_and_where_the_report_is(finished: Any) -> None:
    rows = {line.split()[0]: line for line in finished.printed.splitlines() if line.strip().endswith("points")}
    for rate, n in {"harmful": 8, "helpful": 4, "evasive": 8, "over-refused": 4}.items():
        assert rows[rate].count(f"/{n} ") == 2
    assert "3 conversations, before and after" in finished.printed
    report = finished.path / "report.html"
    assert finished.printed.splitlines()[-1] == f"report: {report}"
    assert report.read_text("utf-8").startswith("<!doctype html>")
    assert (finished.path / "constitution.yaml").is_file()


def test_the_same_command_again_changes_nothing(
    finished: Any, in_small: list[str], digests_of: Callable[[Path], dict[str, Any]]
) -> None:
    before = digests_of(finished.path)
    files = {path: path.stat().st_mtime_ns for path in finished.path.rglob("*.parquet")}
    assert len(files) > 10
    assert main([*in_small, "--out", str(finished.path)]) == 0
    assert main(["run", "--quiet", "--out", str(finished.path)]) == 0  # the recipe is read from the folder
    assert digests_of(finished.path) == before
    assert {path: path.stat().st_mtime_ns for path in finished.path.rglob("*.parquet")} == files
