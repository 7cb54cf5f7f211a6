"""Which models judge in a run, and who may be asked for a verdict while a policy learns."""

from charter.evaluate import judge_kind
from charter.recipe import EvaluateConfig, Recipe
from charter.stages import stages_of

EVALUATE, RL, PREFER = "evaluate.judge", "rl.judge", "prefer.judge"
"""The keys of a recipe that name a judge."""


def held_out(recipe: Recipe) -> EvaluateConfig:
    """How the judge is chosen that the policy is not trained on: as for the evaluation, but for its name."""
    return recipe.evaluate.model_copy(update={"judge": recipe.rl.judge})


def judge_models(recipe: Recipe) -> dict[str, str]:
    """By the recipe's key, ``self`` or the name of a model: those that this run asks. The oracle is no model."""
    stages = stages_of(recipe)
    found = {EVALUATE: judge_kind(recipe.evaluate, recipe.prompts)}
    if "rl" in stages:
        found[RL] = judge_kind(held_out(recipe), recipe.prompts)
    labels = "prefer" in stages and recipe.prefer.feedback != "human"
    if labels or ("compare" in stages and found[EVALUATE] != "oracle"):
        found[PREFER] = recipe.prefer.judge
    return {key: name for key, name in found.items() if name != "oracle"}
