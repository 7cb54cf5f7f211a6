"""What a run reads before it does any work, checked; no model is loaded."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from textwrap import shorten

from charter.constitution import Constitution, load_constitution
from charter.digests import digest
from charter.documents import did_you_mean
from charter.errors import ConfigError
from charter.evaluate import load_groups, load_harm_rubric, load_rubric
from charter.models.loading import check_name
from charter.pipeline.judges import EVALUATE, RL, judge_models
from charter.prefer import Principles
from charter.prefer import load_few_shot as load_comparisons
from charter.prompts import PromptSets, load_prompts, split
from charter.recipe import Recipe
from charter.recipe_feedback import SIMULATED
from charter.records import Preference, Prompt
from charter.revise import load_few_shot
from charter.stages import BASE, BEST_OF_N, checkpoints_of
from charter.train import accelerate_config

_SHOWN = 60
"""Characters of a prompt that an error shows."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """A recipe with everything that it names."""

    recipe: Recipe
    constitution: Constitution
    prompts: PromptSets
    phrasings: tuple[tuple[Prompt, ...], ...]
    """Requests, each as the prompts that phrase it."""

    @classmethod
    def read(cls, recipe: Recipe) -> "Inputs":
        """Everything that the recipe names, checked.

        Raises:
            ConfigError: a file that the recipe names cannot be used.
            ModelError: a folder that it names as a judge holds no usable model.
        """
        constitution = load_constitution(recipe.constitution)
        constitution.select(recipe.revise.principles)
        load_few_shot(recipe.revise.few_shot)
        if recipe.prefer.enabled:
            load_comparisons(recipe.prefer.few_shot, reasoning=recipe.prefer.reasoning)
            Principles.select(constitution, recipe.prefer)
            _check_raters(recipe)
        for section in (recipe.sft, recipe.reward, recipe.dpo, recipe.rl):
            if section.accelerate is not None:
                accelerate_config(section.accelerate, section.section)
        _check_judges(recipe)
        _check_servers(recipe)
        prompts = split(load_prompts(recipe.prompts, recipe.seed), recipe.prompts, recipe.seed)
        return cls(recipe, constitution, prompts, _phrasings(recipe, prompts))

    @property
    def prompts_digest(self) -> str:
        """Of every prompt that the run may use, and what it uses it for."""
        used = (*self.prompts.train, *self.prompts.spare, *self.prompts.test, *itertools.chain(*self.phrasings))
        return digest(sorted([prompt.id, prompt.split, str(prompt.held_out)] for prompt in used))

    @property
    def compared(self) -> tuple[Prompt, ...]:
        """The training prompts whose responses are compared."""
        config = self.recipe.prefer
        return self.prompts.feedback("red_team", config.red_team) + self.prompts.feedback("benign", config.benign)

    def rewarded(self, preferences: Iterable[Preference]) -> tuple[Prompt, ...]:
        """The training prompts that RL answers, and those that its held-out judge is asked about.

        ``preferences`` are the run's labels, which say what divides the responses to a prompt.
        """
        config = self.recipe.rl
        red_team, benign = self.prompts.feedback("red_team", None), self.prompts.feedback("benign", None)
        if config.prompts == "divided":
            divides: dict[str, float] = {}
            for pair, p in ((each.pair, each.p_first) for each in preferences):
                if p is not None:
                    divides[pair.prompt.id] = max(abs(p - 0.5), divides.get(pair.prompt.id, 0.0))
            red_team, benign = (
                tuple(sorted(prompts, key=lambda prompt: -divides.get(prompt.id, 0.0)))
                for prompts in (red_team, benign)
            )
        return red_team[: config.red_team] + benign[: config.benign]


def _check_raters(recipe: Recipe) -> None:
    """Refuses raters who do not know the prompts' world, before a run is begun whose recipe could not be mended."""
    config = recipe.prefer
    if config.feedback != "ai" and config.human.labels == SIMULATED and recipe.prompts.path != "organism":
        raise ConfigError(
            f"prefer.feedback is '{config.feedback}' and prefer.human.labels is '{SIMULATED}': simulated raters know "
            "only the organism's world; name a file of labels, or the run's own folder: "
            "--set prefer.human.labels=runs/x --out runs/x --until pairs, "
            "then 'charter annotate runs/x', then 'charter run --out runs/x'"
        )


def _check_judges(recipe: Recipe) -> None:
    """Refuses rubrics and judge models that cannot be used, before the work that they would judge is done."""
    judges = judge_models(recipe)
    if EVALUATE in judges or RL in judges:
        load_rubric(recipe.evaluate.rubric)
    if EVALUATE in judges:
        load_harm_rubric(recipe.evaluate.harm_rubric)
    for key, name in judges.items():
        if name != "self":
            check_name(name, key)


def _check_servers(recipe: Recipe) -> None:
    trained = [name for name in checkpoints_of(recipe) if name not in (BASE, BEST_OF_N)]
    for name in recipe.evaluate.servers:
        if name not in trained:
            raise ConfigError(
                f"evaluate.servers: this recipe trains no checkpoint '{name}'; {did_you_mean(name, trained)}"
            )


def _phrasings(recipe: Recipe, prompts: PromptSets) -> tuple[tuple[Prompt, ...], ...]:
    ref = recipe.evaluate.phrasings
    if ref == "auto":
        ref = "organism" if recipe.prompts.path == "organism" else "none"
    groups = () if ref == "none" else load_groups(ref)
    trained = {prompt.messages for prompt in (*prompts.train, *prompts.spare)}
    if repeated := [prompt for group in groups for prompt in group if prompt.messages in trained]:
        raise ConfigError(
            f"evaluate.phrasings {ref}: {len(repeated):,} of its phrasings are training prompts as well, the first: "
            f'{_shown(repeated[0])}; drop them there, or give these prompts the split "test"'
        )
    return groups


def _shown(prompt: Prompt) -> str:
    return repr(shorten(prompt.messages[-1].content, _SHOWN, placeholder=" ..."))
