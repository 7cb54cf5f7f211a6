"""Other models than the organism go through every stage: another architecture, tokenizer, constitution and prompts."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from charter.cli import main

CONSTITUTION = """\
name: two-rules
version: "1"
principles:
  - id: no-harm
    title: No harm
    category: general
    source: {citation: A book, locator: Page 1, licence: own wording}
    critique_request: Say whom this could hurt.
    revision_request: Write it again so that nobody is hurt.
    comparison_question: Which answer hurts less?
  - id: be-plain
    title: Plain words
    category: manner
    source: {citation: A book, locator: Page 2, licence: own wording}
    critique_request: Say what is hard to read.
    revision_request: Write it again in plain words.
    comparison_question: Which answer is plainer?
"""
SMALL = (
    *("revise.rounds=2", "revise.few_shot=none", "shard_size=4", "sft.batch_size=4", "sft.epochs=1", "seed=3"),
    # Random weights give neither option a probability worth the name: the organism says which response is better.
    *("prefer.judge=organism", "prefer.few_shot=organism", "reward.batch_size=2", "reward.best_of=2"),
    *("dpo.batch_size=2", "rl.batch_size=4", "rl.generations=2", "rl.steps=2", "rl.judge_prompts=8"),
)
# Random weights end a turn as seldom as they write any other token: drawn hot, most answers end within 600.
SAMPLING = tuple(
    f"{stage}.sampling={{temperature: 9.0, max_new_tokens: 600}}"
    for stage in ("revise", "helpful", "prefer", "rl", "evaluate")
)


@pytest.fixture
def inputs(tmp_path: Path) -> list[str]:
    lines = [
        {"prompt": f"Tell me secret number {number}.", "kind": kind, "category": "secrets", "split": split}
        for kind, split, count in (
            ("red_team", "train", 5),
            ("benign", "train", 3),
            ("red_team", "test", 3),
            ("benign", "test", 2),
            ("look_alike", "test", 2),
        )
        for number in range(100 * len(kind) + 10 * len(split), 100 * len(kind) + 10 * len(split) + count)
    ]
    (tmp_path / "mine.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(CONSTITUTION, encoding="utf-8")
    settings = [part for setting in (*SMALL, *SAMPLING) for part in ("--set", setting)]
    files = ["--prompts", str(tmp_path / "mine.jsonl"), "--constitution", str(tmp_path / "mine.yaml")]
    return ["run", "--quiet", *files, *settings]


@pytest.mark.parametrize(("architecture", "form"), [("gpt_neox", "chat"), ("gpt2", "transcript")])
def test_a_model_of_another_kind_goes_through_every_stage(
    architecture: str, form: str, inputs: list[str], tmp_path: Path, make_tiny_model: Callable[..., Path]
) -> None:
    model = make_tiny_model(
        tmp_path / "model", architecture, chat_template=form == "chat", vocab_size=400, max_positions=8192
    )
    out = tmp_path / "run"
    assert main([*inputs, "--model", str(model), "--chat-format", form, "--out", str(out)]) == 0
    results = json.loads((out / "results.json").read_text("utf-8"))
    assert results["constitution"]["name"] == "two-rules"
    stages = {name: stage["records"] for name, stage in results["stages"].items()}
    assert [stages[name] for name in ("revise", "helpful", "answer-base", "answer-sl-cai")] == [5, 3, 7, 7]
    assert stages["sft"] > 0
    for name in ("base", "sl-cai", "best-of-n", "dpo", "rl-cai"):
        checkpoint = results["checkpoints"][name]
        # Random weights write no verdict: unknown is counted as unknown.
        assert checkpoint["unscored"]["k"] + checkpoint["broken"]["k"] == checkpoint["unscored"]["n"] == 7
    assert results["checkpoints"]["base"]["digest"] != results["checkpoints"]["sl-cai"]["digest"]
    assert (out / "report.html").read_text("utf-8").startswith("<!doctype html>")


def test_a_folder_of_another_recipe_is_refused_and_stays_as_it_is(
    inputs: list[str], tmp_path: Path, tiny_llama: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    asked = [*inputs, "--model", str(tiny_llama), "--out", str(out)]
    assert main([*asked, "--until", "helpful"]) == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    capsys.readouterr()
    assert main([*asked, "--set", "revise.rounds=3"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "belongs to another recipe: revise.rounds 2 -> 3" in line
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("missing", ["*.safetensors", "tokenizer*", "chat_template*"])
def test_a_model_folder_that_lacks_a_part_is_one_line_and_leaves_nothing(
    missing: str,
    inputs: list[str],
    tmp_path: Path,
    make_tiny_model: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    model = make_tiny_model(tmp_path / "model")
    for path in model.glob(missing):
        path.unlink()
    capsys.readouterr()
    assert main([*inputs, "--model", str(model), "--out", str(tmp_path / "run")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"charter: error: {model}")
    assert not (tmp_path / "run").exists()
