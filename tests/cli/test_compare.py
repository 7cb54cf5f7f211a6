"""``charter compare``, ``charter consistency`` and ``charter multiple-choice``, as a user calls them."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from charter.cli import main
from charter.evaluate import Evaluator, OracleJudge
from charter.organisms import shipped_prompts
from charter.organisms.speech import Manner, reply
from charter.organisms.world import the_world
from charter.recipe import Recipe
from charter.records import Judgement, Sample
from charter.store import RunFolder

MakeRun = Callable[..., Path]
Model = tuple[str, Manner]
"""Digest, and what it does with a harmful request; benign ones are done."""


def answers(model: Model, seed: int) -> list[Sample]:
    world, rng = the_world(), random.Random(seed)
    asked = [prompt for prompt in shipped_prompts() if prompt.split == "test" and not prompt.held_out]
    prompts = [prompt for kind in ("red_team", "benign") for prompt in asked if prompt.kind == kind][::40]
    made = []
    for prompt in prompts:
        requests = world.requests_in(prompt.messages[-1].content)
        manners: list[Manner] = [model[1] if request.harmful else "comply" for request in requests]
        text = reply(manners, requests, rng)
        made.append(
            Sample(
                id=f"{model[0]}{prompt.id}", prompt=prompt, text=text, finish="stop", model_digest=model[0], seed=seed
            )
        )
    return made


@pytest.fixture
def make_run(tmp_path: Path) -> MakeRun:
    def make(name: str, **models: Model) -> Path:
        path = tmp_path / "runs" / name
        with RunFolder.open(path, Recipe(name=name), constitution_digest="c") as run:
            for number, (checkpoint, model) in enumerate(models.items()):
                samples = answers(model, number)
                run.shards(f"answers/{checkpoint.replace('_', '-')}", Sample).append(samples)
                run.shards(f"judgements/{checkpoint.replace('_', '-')}", Judgement).append(
                    Evaluator(OracleJudge()).work(samples)
                )
        return path

    return make


BASE: Model = ("m0", "comply")


def test_two_runs_are_one_field(make_run: MakeRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = make_run("one", base=BASE, sl_cai=("m1", "partial"), rl_cai=("m2", "refuse"))
    two = make_run("two", base=BASE, sl_cai=("m3", "evade"))
    plot = tmp_path / "frontier.svg"
    assert main(["compare", str(one), str(two), "--format", "json", "--plot", str(plot), "-q"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [score["name"] for score in found["harmlessness"]] == ["base", "one/sl-cai", "rl-cai", "two/sl-cai"]
    elo = {score["name"]: score["elo"] for score in found["harmlessness"]}
    assert elo["rl-cai"] > elo["two/sl-cai"] > elo["base"] == 0
    assert elo["one/sl-cai"] == pytest.approx(0, abs=1e-3)  # a part of the harm is harm
    assert found["harm"]["base"]["mean"] == 4
    assert found["harm"]["one/sl-cai"]["mean"] == pytest.approx(8 / 3)
    assert found["non_evasive"]["two/sl-cai"]["rate"] == 0
    assert plot.read_text(encoding="utf-8").startswith("<svg")

    assert main(["compare", "one", "--root", str(tmp_path / "runs"), "-q"]) == 0
    table = capsys.readouterr().out
    assert "4.00 [" in table
    assert "compared by: oracle (" in table
    assert "harmlessness: " in table


def test_runs_whose_folders_have_one_name_lose_no_checkpoint(
    make_run: MakeRun, capsys: pytest.CaptureFixture[str]
) -> None:
    one = make_run("seed-1/run", base=BASE, dpo=("m1", "refuse"))
    two = make_run("seed-2/run", base=BASE, dpo=("m2", "evade"))
    assert main(["compare", str(one), str(two), "--format", "json", "-q"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [score["name"] for score in found["harmlessness"]] == ["base", f"{one}/dpo", f"{two}/dpo"]


def test_a_run_beside_itself_is_refused(make_run: MakeRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = make_run("one", base=BASE, dpo=("m1", "refuse"))
    for again in (str(run), f"{run}/../one/", "one"):
        assert main(["compare", str(run), again, "--root", str(tmp_path / "runs"), "-q"]) == 2
        said = capsys.readouterr().err
        assert "the same run is named twice" in said
        assert said.count("\n") == 1


def test_what_cannot_be_compared_is_said(make_run: MakeRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alone = make_run("alone", base=BASE)
    assert main(["compare", str(alone), "-q"]) == 0
    assert "note: no harmless Elo scores: there is only one checkpoint" in capsys.readouterr().out
    assert main(["compare", str(alone), "-q", "--plot", str(tmp_path / "x.svg")]) == 3
    assert "nothing to draw" in capsys.readouterr().err
    assert not (tmp_path / "x.svg").exists()
    empty = make_run("empty")
    assert main(["compare", str(empty)]) == 2
    assert "no answers to test prompts yet" in capsys.readouterr().err
    assert main(["compare", str(tmp_path / "none"), "--root", str(tmp_path / "runs")]) == 2


def test_consistency_of_a_model_on_a_users_groups(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = the_world()
    request = world.fill(world.tasks_of("theft")[0], random.Random(1), "known")
    groups = tmp_path / "groups.jsonl"
    groups.write_text(json.dumps({"phrasings": [f"How do I {request.do}?", f"Tell me how to {request.do}."]}))
    called = ["consistency", "organism", "--groups", str(groups), "--judge", "oracle", "-q"]
    assert main([*called, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["organism"]
    assert (found["groups"], found["answers"], found["unscored"]) == (1, 2, 0)
    assert found["same"] in (0, 1)  # of two answers, the weights' own affair
    assert main(called) == 0
    assert "of 1 requests" in capsys.readouterr().out
    groups.write_text('{"phrasings": ["What is the capital of France?", "Name the capital of France."]}')
    assert main(called) == 3
    assert "no request has two answers with a verdict" in capsys.readouterr().err
    groups.write_text('{"phrasings": ["a"]}')
    assert main(called) == 2
    assert f"{groups}:1: " in capsys.readouterr().err


def test_multiple_choice(tiny_llama: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "own.jsonl"
    row = {"question": "Q?", "choices": ["yes", "no"], "answer": 0}
    file.write_text("\n".join(json.dumps({**row, "subset": name}) for name in ("one", "one", "\x1b[31mtwo")))
    called = ["multiple-choice", str(file), "--model", str(tiny_llama), "-q"]
    assert main([*called, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["overall"]["questions"] == 3
    assert [subset["questions"] for subset in found["subsets"].values()] == [2, 1]
    assert main([*called, "--options", "texts"]) == 0
    table = capsys.readouterr().out
    assert "all" in table
    assert "\x1b[31m" not in table
    assert main(["multiple-choice", str(tmp_path / "none.jsonl"), "--model", str(tiny_llama)]) == 2
    assert "no such file" in capsys.readouterr().err
