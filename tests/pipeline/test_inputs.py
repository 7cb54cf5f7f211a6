"""What a run's inputs are checked for before any work is done, and which prompts RL takes."""

import json
from pathlib import Path

import pytest

from charter.errors import ConfigError
from charter.pipeline import Inputs
from charter.recipe import PreferConfig, PromptsConfig, Recipe, RlConfig
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
