"""What ``--dry-run`` says: every text that would be written, and nothing of what is done already."""

from pathlib import Path
from typing import Any

import pytest

from charter.constitution import load_constitution
from charter.errors import ConfigError, RunFolderError
from charter.manifest import StageStats
from charter.pipeline import Inputs
from charter.pipeline.plan import Plan, plan
from charter.pipeline.plan_stages import PlannedStage
from charter.recipe import PreferConfig, Recipe, RlConfig
from charter.records import Message, Prompt, Sample
from charter.stages import STAGES
from charter.store import RunFolder

SMALL: dict[str, Any] = {
    "prompts": {"train_red_team": 6, "train_benign": 4, "test_red_team": 5, "test_benign": 3}
    | {"test_look_alike": 2, "test_held_out": 1},
    "revise": {"rounds": 2},
    "prefer": {"red_team": 6, "benign": 4},
    "rl": {"steps": 10, "judge_steps": 4, "judge_prompts": 8, "red_team": 16, "benign": 16, "batch_size": 4},
}
NONE = StageStats(seconds=1.0, peak_mib=1.0)


def small(**changes: Any) -> Recipe:
    return Recipe.model_validate({**SMALL, **changes})


def stages(planned: Plan) -> dict[str, PlannedStage]:
    return {stage.name: stage for stage in planned.stages}


def test_a_plan_counts_only_what_the_judge_is_asked_and_refuses_stages_that_are_not_there() -> None:
    asked = {}
    for feedback in ("ai", "mixed", "human"):
        prefer = PreferConfig.model_validate({"feedback": feedback, "red_team": 30, "benign": 20})
        asked[feedback] = stages(plan(Recipe(prefer=prefer)))["prefer"].generations
    assert asked == {"ai": 100, "mixed": 60, "human": 0}
    with pytest.raises(ConfigError, match="this recipe has no stage 'rl'"):
        plan(Recipe(rl=RlConfig(enabled=False)), "rl")


def test_answers_to_many_phrasings_and_to_the_held_out_judge_are_counted() -> None:
    phrased = sum(map(len, Inputs.read(small()).phrasings))
    assert phrased > 100
    counted = stages(plan(small()))
    assert counted["answer-base"].generations == counted["answer-rl"].generations == 11 + phrased
    looks, held_out = 4, 8  # before, and after 4, 8 and 10 steps
    assert counted["rl"].generations == 10 * 4 + looks * held_out
    assert "judge" not in counted
    assert "compare" not in counted


def test_what_a_model_judges_and_compares_is_counted() -> None:
    evaluate = {"judge": "self", "phrasings": "none", "round_prompts": 3, "compare_prompts": 2}
    reward = {"best_of": 2}
    counted = stages(plan(small(evaluate=evaluate, reward=reward, rl={**SMALL["rl"], "judge": "self"})))
    assert counted["rl, held-out judge"].generations == 4 * 8
    assert counted["judge"].generations == 5 * 11 + 3 * 3
    # Five checkpoints make ten games on each of two prompts a kind, and each game is shown in both orders.
    assert (counted["compare"].records, counted["compare"].generations) == (40, 80)
    assert counted["compare, harm scores"].generations == 5 * 5
    last = plan(small(evaluate=evaluate), "compare").stages[-1]
    assert last.name == "compare, harm scores"
    assert plan(small(evaluate=evaluate), "judge").stages[-1].name == "judge"


def test_the_reasoning_of_a_judge_is_counted_as_written() -> None:
    bare = stages(plan(small()))["prefer"]
    thinking = stages(plan(small(prefer={**SMALL["prefer"], "reasoning": True})))["prefer"]
    assert thinking.tokens_at_most == bare.tokens_at_most + 256 * bare.generations


def test_the_time_of_another_judge_is_told_by_its_own_size(tiny_llama: Path) -> None:
    prefer = {**SMALL["prefer"], "judge": str(tiny_llama)}
    own, other = stages(plan(small()))["prefer"], stages(plan(small(prefer=prefer)))["prefer"]
    assert other.model == str(tiny_llama)
    assert own.seconds is not None
    assert other.seconds is not None
    assert other.seconds < own.seconds
    served = stages(plan(small(prefer={**SMALL["prefer"], "judge": "openai:A@http://localhost:1/v1"})))["prefer"]
    assert served.seconds is None


def test_what_a_folder_holds_already_is_not_planned_anew(tmp_path: Path) -> None:
    out, recipe = tmp_path / "run", small()
    whole = stages(plan(recipe, out=out))
    assert not any(stage.done for stage in whole.values())
    with RunFolder.open(out, recipe, constitution_digest=load_constitution("default").digest) as folder:
        folder.finish_stage("revise", NONE)
        folder.finish_stage("sft", NONE)  # its checkpoint is not there
        with pytest.raises(KeyError):
            cut_off_after_one_of_four(folder)
    left = stages(plan(recipe, out=out))
    assert left["revise"].done
    assert (left["revise"].generations, left["revise"].tokens_at_most, left["revise"].seconds) == (0, 0, 0)
    assert (left["helpful"].generations, whole["helpful"].generations) == (3, 4)
    assert left["sft"].tokens_at_most == whole["sft"].tokens_at_most
    assert not left["sft"].done
    (out / "checkpoints" / "sl-cai").mkdir(parents=True)
    assert stages(plan(recipe, out=out))["sft"].done


def cut_off_after_one_of_four(folder: RunFolder) -> None:
    shards = folder.shards("helpful", Sample)
    prompt = Prompt(messages=(Message("user", "How?"),))
    with folder.stage("helpful", shards):
        shards.append([Sample(id="a", prompt=prompt, text="So.", finish="stop", model_digest="", seed=0)])
        raise KeyError


def test_a_plan_of_a_finished_folder_says_that_nothing_is_left(tmp_path: Path) -> None:
    out, recipe = tmp_path / "run", small(prefer={"enabled": False})
    with RunFolder.open(out, recipe, constitution_digest=load_constitution("default").digest) as folder:
        for stage in STAGES:
            folder.finish_stage(stage, NONE)
    (out / "checkpoints" / "sl-cai").mkdir(parents=True)
    planned = plan(recipe, out=out)
    assert (planned.generations, planned.seconds) == (0, 0)
    assert planned.notes == ("all of these stages are done: nothing is left but the report",)


def test_a_plan_refuses_a_folder_that_the_run_would_refuse(tmp_path: Path) -> None:
    out, recipe = tmp_path / "run", small()
    with RunFolder.open(out, recipe, constitution_digest=load_constitution("default").digest) as folder:
        folder.write_json("inputs.json", {"prompts_digest": "another"})
    with pytest.raises(RunFolderError, match="made with another prompts"):
        plan(recipe, out=out)
    with pytest.raises(RunFolderError, match=r"belongs to another recipe: revise\.rounds 2 -> 3"):
        plan(small(revise={"rounds": 3}), out=out)


def test_a_plan_says_that_people_are_simulated_unless_labels_are_named(tmp_path: Path) -> None:
    assert plan(small()).notes == ()
    for feedback in ("human", "mixed"):
        (said,) = plan(small(prefer={"feedback": feedback})).notes
        assert said.startswith(f"feedback {feedback}: the people are simulated")
    named = {"feedback": "human", "human": {"labels": "labels.csv"}}
    assert plan(small(prefer=named)).notes == ()
    assert plan(small(prefer={"feedback": "human"}), "sft").notes == ()
