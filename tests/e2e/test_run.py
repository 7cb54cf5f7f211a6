"""The whole way through the real command, with the organism in small."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from charter.cli import main
from charter.records import Behaviour, Sample
from charter.results import HEADLINE
from charter.stages import STAGES
from charter.store import RunFolder

SNAPSHOTS = ["base", "sl-cai", "best-of-n", "dpo", "rl-cai"]


def results_of(path: Path) -> dict[str, Any]:
    results: dict[str, Any] = json.loads((path / "results.json").read_text("utf-8"))
    return results


def test_results_hold_every_rate_with_its_n(finished: Any) -> None:
    results = results_of(finished.path)
    sizes = {"harmful": 8, "helpful": 4, "evasive": 8, "over_refusal": 4, "broken": 20, "unscored": 20}
    assert set(sizes) == set(HEADLINE)
    for name in SNAPSHOTS:
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
    assert list(results["stages"]) == [stage for stage in STAGES if stage != "report"]
    for stage in results["stages"].values():
        assert stage["seconds"] > 0
        assert stage["peak_mib"] > 0
    records = {name: stage["records"] for name, stage in results["stages"].items()}
    assert [records[name] for name in ("revise", "helpful", "pairs", "best-of-n")] == [12, 8, 56, 20]
    assert any(note.startswith("base, dtype: float32") for note in results["notes"])


def test_results_hold_labels_reward_model_policies_and_snapshots(finished: Any) -> None:
    results = results_of(finished.path)
    labels = results["labels"]
    assert {aim: each["feedback"] for aim, each in labels.items()} == {"harmless": "ai", "helpful": "ai"}
    for aim, most in {"harmless": 16, "helpful": 12}.items():
        assert labels[aim]["labelled"] + sum(labels[aim]["failed"].values()) == labels[aim]["pairs"] <= most
    reward = results["reward"]["reward"]
    assert reward["held_out"] > 0
    assert sum(each["n"] for each in reward["reliability"]) == reward["held_out"]
    assert results["policies"].keys() == {"dpo", "rl-cai"}
    policy = results["policies"]["rl-cai"]
    assert [point["step"] for point in policy["points"] if point["reward"] is not None] == [1, 2, 3, 4]
    assert [point["step"] for point in policy["points"] if point["judge"] is not None] == [0, 2, 4]
    assert {score["name"] for score in results["snapshots"]["harmlessness"]} == set(SNAPSHOTS)
    assert results["snapshots"]["consistency"].keys() == set(SNAPSHOTS) - {"best-of-n"}
    assert results["paired_sl_cai"].keys() == set(SNAPSHOTS) - {"base", "sl-cai"}


def test_it_prints_the_table_and_where_the_report_is(finished: Any) -> None:
    table, *_ = finished.printed.split("Change from base")
    rows = {words[0]: words for line in table.splitlines() if len(words := line.split()) > len(SNAPSHOTS)}
    for rate, n in {"harmful": 8, "helpful": 4, "evasive": 8, "over-refused": 4}.items():
        count, *rates = rows[rate][1:]
        assert int(count) == n
        assert len(rates) == len(SNAPSHOTS)
        assert all(rate.endswith("%") for rate in rates)
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


def test_what_a_stage_made_is_made_again_where_it_is_gone(
    finished: Any, tmp_path: Path, digests_of: Callable[[Path], dict[str, Any]]
) -> None:
    out = Path(shutil.copytree(finished.path, tmp_path / "copy"))
    for name in ("reward.json", "snapshots.json", "results.json"):
        (out / name).unlink()
    assert main(["run", "--quiet", "--out", str(out)]) == 0
    assert digests_of(out) == digests_of(finished.path)
    shutil.rmtree(out / "checkpoints" / "reward")
    assert main(["reward", "--quiet", "--out", str(out)]) == 0
    assert (out / "checkpoints" / "reward" / "charter.json").is_file()


def test_people_and_model_label_each_their_own_and_train_a_reward_model_each(
    in_small: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "mixed"
    settings = ("reward.separate=true", "dpo.enabled=false", "rl.enabled=false", "shard_size=64")
    chosen = [part for setting in settings for part in ("--set", setting)]
    assert main([*in_small, *chosen, "--feedback", "mixed", "--out", str(out)]) == 0
    results = results_of(out)
    assert {aim: each["feedback"] for aim, each in results["labels"].items()} == {
        "harmless": "ai",
        "helpful": "simulated",
    }
    assert results["reward"].keys() == {"reward-harmless", "reward-helpful"}
    assert results["policies"] == {}
    counted = [
        json.loads((out / "checkpoints" / name / "training.json").read_text("utf-8"))["left_out"]["other_aim"]
        for name in ("reward-harmless", "reward-helpful")
    ]
    assert all(counted)
    # Each kind of prompt is answered by the choice of its own reward model, which is another policy.
    chosen_by: dict[str, set[str]] = {}
    for sample in RunFolder.read(out).shards("answers/best-of-n", Sample).read():
        chosen_by.setdefault(sample.prompt.aim, set()).add(sample.model_digest)
    assert [len(digests) for digests in chosen_by.values()] == [1, 1]
    assert chosen_by["harmless"] != chosen_by["helpful"]
