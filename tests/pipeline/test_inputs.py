"""What a run's inputs are checked for before any work is done, and which prompts RL takes."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from charter.errors import ConfigError, ModelError
from charter.pipeline import Inputs
from charter.recipe import EvaluateConfig, PreferConfig, PromptsConfig, Recipe, RlConfig
from charter.recipe_feedback import HumanConfig
from charter.records import Pair, Preference, Prompt

BARE = """\
template: plain
examples:
  - {request: "How?", response_a: "Ring.", response_b: "Break.", question: "Which?", answer: A}
"""


def test_comparisons_without_reasoning_are_refused_before_a_run_that_wants_it(tmp_path: Path) -> None:
    (tmp_path / "bare.yaml").write_text(BARE, encoding="utf-8")
    recipe = Recipe(prefer=PreferConfig(few_shot=str(tmp_path / "bare.yaml")))
    assert Inputs.read(recipe).compared
    with pytest.raises(ConfigError, match=r"which prefer\.reasoning needs"):
        Inputs.read(recipe.model_copy(update={"prefer": recipe.prefer.model_copy(update={"reasoning": True})}))


@pytest.mark.parametrize("feedback", ["human", "mixed"])
def test_simulated_raters_of_another_world_are_refused_before_the_run(feedback: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    lines = [{"prompt": f"{kind} {number}?", "kind": kind} for kind in ("red_team", "benign") for number in range(20)]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    prefer = PreferConfig.model_validate({"feedback": feedback})
    recipe = Recipe(prompts=PromptsConfig(path=str(file)), prefer=prefer)
    with pytest.raises(ConfigError, match="simulated raters know only the organism's world"):
        Inputs.read(recipe)
    named = prefer.model_copy(update={"human": HumanConfig(labels="labels.csv")})
    assert Inputs.read(recipe.model_copy(update={"prefer": named})).compared


def test_rl_takes_the_prompts_that_any_of_their_pairs_divides() -> None:
    inputs = Inputs.read(Recipe(rl=RlConfig(prompts="divided", red_team=1, benign=0)))
    red_team = inputs.prompts.feedback("red_team", 3)
    labels = {red_team[0]: (0.6, 0.5), red_team[1]: (0.5, 0.6), red_team[2]: (0.9, 0.5)}
    made = [label(prompt, number, p) for prompt, those in labels.items() for number, p in enumerate(those)]
    assert inputs.rewarded(made) == inputs.rewarded(made[::-1]) == (red_team[2],)


def label(prompt: Prompt, number: int, p_first: float) -> Preference:
    pair = Pair(prompt=prompt, first=f"one {number}", second="other")
    return Preference(id=pair.id, pair=pair, p_first=p_first, votes=(), feedback="ai", rater="judge")


def test_a_server_of_a_checkpoint_that_is_not_trained_is_refused() -> None:
    served = {"sl-cai": "openai:A@http://localhost:1/v1", "rl-ca": "openai:B@http://localhost:1/v1"}
    recipe = Recipe(evaluate=EvaluateConfig(servers=served))
    with pytest.raises(ConfigError, match=r"trains no checkpoint 'rl-ca'; did you mean 'rl-cai'"):
        Inputs.read(recipe)


def test_a_rubric_that_only_the_held_out_judge_needs_is_read_before_any_work() -> None:
    broken = EvaluateConfig(judge="oracle", rubric="none.yaml")
    assert Inputs.read(Recipe(evaluate=broken)).compared  # the oracle needs none
    with pytest.raises(ConfigError, match="no such rubric"):
        Inputs.read(Recipe(evaluate=broken, rl=RlConfig(judge="self")))
    assert Inputs.read(Recipe(evaluate=broken, rl=RlConfig(judge="self", enabled=False))).compared


@pytest.mark.parametrize(
    ("recipe", "key"),
    [
        ({"prefer": {"judge": "./none"}}, "prefer.judge"),
        ({"prefer": {"judge": "./none", "feedback": "human"}, "evaluate": {"judge": "self"}}, "prefer.judge"),
        ({"evaluate": {"judge": "./none"}}, "evaluate.judge"),
        ({"rl": {"judge": "./none"}}, "rl.judge"),
    ],
)
def test_a_judge_that_is_no_model_is_refused_before_any_work(recipe: dict[str, Any], key: str) -> None:
    with pytest.raises(ModelError, match=f"{key}: none: no such folder"):
        Inputs.read(Recipe.model_validate(recipe))


def test_a_judge_that_is_never_asked_need_not_be_there() -> None:
    people = PreferConfig(judge="./none", feedback="human")
    assert Inputs.read(Recipe(prefer=people, rl=RlConfig(judge="./none", enabled=False))).compared


def test_a_judges_server_whose_name_is_not_well_formed_is_refused_before_any_work() -> None:
    with pytest.raises(ConfigError, match=r"prefer\.judge: a served model is named"):
        Inputs.read(Recipe(prefer=PreferConfig(judge="openai:A")))


def test_phrasings_that_are_trained_on_are_refused(tmp_path: Path) -> None:
    file, groups = tmp_path / "mine.jsonl", tmp_path / "groups.jsonl"
    splits = {"Ring?": "train", "Spare?": "train", "Test?": "test"}
    lines = [{"prompt": text, "split": split} for text, split in splits.items()]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    prompts = PromptsConfig(path=str(file), train_red_team=1)

    def read(*phrasings: str) -> Inputs:
        groups.write_text(json.dumps({"phrasings": phrasings}) + "\n", encoding="utf-8")
        return Inputs.read(Recipe(prompts=prompts, evaluate=EvaluateConfig(phrasings=str(groups))))

    assert len(read("Test?", "Other?").phrasings) == 1
    with pytest.raises(ConfigError, match=r"2 of its phrasings are training prompts as well, the first: 'Ring\?'"):
        read("Ring?", "Spare?", "Other?")


def test_best_of_several_equal_answers_is_refused() -> None:
    greedy = {"sampling": {"temperature": 0}}
    with pytest.raises(ValidationError, match=r"reward\.best_of chooses among several answers"):
        Recipe.model_validate({"reward": {"best_of": 4}, "evaluate": greedy})
