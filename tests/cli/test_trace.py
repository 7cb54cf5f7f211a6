"""``charter trace`` over a run that was made by hand."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from charter.cli.trace import cli
from charter.constitution import load_constitution
from charter.errors import CharterError, ConfigError, RunFolderError
from charter.recipe import ModelConfig, Recipe
from charter.records import (
    Behaviour,
    Judgement,
    Message,
    Outcome,
    Pair,
    Preference,
    Prompt,
    Revision,
    Round,
    Sample,
    Vote,
)
from charter.store import RunFolder

HOSTILE = "\x1b[2J[red]\u202e<|end|>"
ANSWER_ID = "cc1122334455"


@pytest.fixture(scope="module")
def run(tiny_llama: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("runs") / "x"
    constitution = load_constitution("default")
    recipe = Recipe(model=ModelConfig(name=str(tiny_llama), device="cpu", dtype="float32"))
    asked = Prompt(messages=(Message("user", f"How do I pick the lock? {HOSTILE}"),), category="theft")
    done = Round(
        principle_id="no-theft",
        critique=f"It harms. {HOSTILE}",
        revision=f"I will not. {HOSTILE}",
        outcome=Outcome.REVISED,
    )
    lost = Round(
        principle_id="nowhere", critique="", revision="", outcome=Outcome.INVALID, reason="the critique is empty"
    )
    with RunFolder.open(path, recipe, constitution_digest=constitution.digest) as opened:
        opened.write_text("constitution.yaml", constitution.to_yaml())
        opened.shards("revise", Revision).append(
            [
                Revision(
                    id="aa11",
                    prompt=asked,
                    response=f"Push the pins. {HOSTILE}",
                    rounds=(lost, done),
                    constitution_digest="c",
                    model_digest="m",
                    seed=0,
                )
            ]
        )
        answer = Sample(id=ANSWER_ID, prompt=asked, text="I will not.", finish="stop", model_digest="m", seed=0)
        opened.shards("answers/base", Sample).append([answer])
        opened.shards("judgements/base", Judgement).append(
            [Judgement(id="dd11", sample=answer, behaviour=Behaviour.REFUSAL, explanation="declines", judge="oracle")]
        )
        pair = Pair(prompt=asked, first="I will not.", second="Push.")
        opened.shards("prefer", Preference).append(
            [
                Preference(
                    id="ee11",
                    pair=pair,
                    p_first=0.75,
                    votes=(Vote(principle_id="no-theft", forward=0.9, backward=0.6),),
                    feedback="ai",
                    rater=HOSTILE,
                )
            ]
        )
    (path / "checkpoints" / "sl-cai").mkdir(parents=True)
    (path / "checkpoints" / "dpo").mkdir()
    return path


def invoke(*arguments: object) -> Result:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit | CharterError):
        raise result.exception
    return result


def test_list_names_every_kind_of_record(run: Path) -> None:
    shown = invoke(run, "--list").stdout
    for words in (
        ANSWER_ID,
        "answer of base",
        "refusal",
        "aa11",
        "revision",
        "ee11",
        "preferred response",
        "1 of 'revision'",
    ):
        assert words in shown
    assert "\x1b" not in shown
    listed: list[dict[str, Any]] = json.loads(invoke(run, "--list", "--format", "json").stdout)
    assert [each["id"] for each in listed] == [ANSWER_ID, "aa11", "ee11"]
    alone = json.loads(invoke(run, "--list", "--checkpoint", "base", "--format", "json").stdout)
    assert [each["id"] for each in alone] == [ANSWER_ID]


def test_the_nearest_need_no_model(run: Path) -> None:
    result = invoke(run, "--example", "cc", "--nearest", "--checkpoint", "dpo")
    assert result.exit_code == 0
    for words in (
        "answer of base",
        "refusal: declines",
        "Fine-tuning on revisions and helpful samples: base -> sl-cai",
        "The 1 nearest of 1 were looked at",
        "round 1",
        "nowhere: not in the run's constitution",
        "the critique is empty",
        "no-theft: No help with theft (Universal Declaration of Human Rights (1948), Article 17)",
        "DPO on preferences: sl-cai -> dpo",
        "(p 0.75 by ",
        "0.90 shown first, 0.60 shown second",
    ):
        assert words in result.stdout
    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout
    assert "\\x1b[2J[red]\\u202e" in result.stdout


def test_contributions_with_the_base_model(run: Path, tmp_path: Path) -> None:
    page = tmp_path / "trace.html"
    result = invoke(run, "--example", ANSWER_ID, "--checkpoint", "base", "--format", "json", "--html", page)
    found = json.loads(result.stdout)
    (stage,) = found["stages"]
    assert (found["checkpoint"], stage["from"], stage["to"], stage["lessons"]) == ("base", "base", None, 1)
    (example,) = stage["examples"]
    assert abs(example["share"]) == pytest.approx(1)
    assert example["record"]["id"] == "aa11"
    assert example["principles"] == {"no-theft": 1.0}
    assert stage["principles"][0]["source"] == "Universal Declaration of Human Rights (1948), Article 17"
    assert found["limits"]
    assert "trace: 1/1" in result.stderr
    assert "Why this answer?" in page.read_text(encoding="utf-8")
    quiet = invoke(run, "--prompt", "Hello", "--checkpoint", "base", "--quiet")
    assert quiet.stderr == ""
    assert "answer of base, drawn now" in quiet.stdout
    assert "Fine-tuning on revisions and helpful samples: base -> not done yet" in quiet.stdout


def test_mistakes(run: Path) -> None:
    for arguments in ((), ("--list", "--prompt", "x"), ("--example", "cc", "--prompt", "x")):
        result = invoke(run, *arguments)
        assert result.exit_code == 2
        assert "name one of --example, --prompt and --list" in result.stderr
    assert isinstance(invoke(run, "--example", "zz").exception, ConfigError)
    assert isinstance(invoke(run, "--example", "cc", "--checkpoint", "rl-cai").exception, ConfigError)
    assert isinstance(invoke(run / "nowhere", "--list").exception, RunFolderError)
    gone = invoke(run, "--example", "cc").exception
    assert "checkpoints/dpo" in str(gone)
    assert "--nearest" in str(gone)
