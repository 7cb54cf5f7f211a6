"""What a run would do, and roughly how long it would take: ``--dry-run``. Reads every file, loads no model."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from charter.pipeline import Inputs, check_until
from charter.recipe import Recipe
from charter.served import is_served
from charter.stages import Stage, stages_of
from charter.weights import parameter_count

TYPICAL_SHARE = 0.4
"""Of the tokens that a text may have, those that it has: measured on the organism's run, 0.3 to 0.45."""
GENERATING, TRAINING = 0.08, 0.45
"""Shares of the matrix-product rate that generation (2 operations a token and parameter) and training (6) come to;
measured on the organism's run on two CPU cores. A larger model comes closer to the rate, so it may well be faster."""


@dataclass(frozen=True, slots=True)
class PlannedStage:
    """One stage as it would be done."""

    name: str
    records: int
    generations: int
    """Texts that a model writes."""
    tokens_at_most: int
    """Tokens written, or trained on, if every text is as long as it may be."""
    seconds: float | None
    """A rough estimate; None where the machine or the model cannot be judged from here."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole run as it would be done."""

    recipe: str
    description: str
    model: str
    parameters: int | None
    """Of the model, from the headers of its weight files; None where they are not on this machine."""
    constitution: str
    principles: int
    prompts: dict[str, int]
    expects: dict[str, str]
    stages: tuple[PlannedStage, ...]
    basis: str
    """What the seconds were estimated from, or why there are none."""

    @property
    def generations(self) -> int:
        """Of all stages."""
        return sum(stage.generations for stage in self.stages)

    @property
    def seconds(self) -> float | None:
        """Of all stages; None where one cannot be estimated."""
        known = [stage.seconds for stage in self.stages if stage.seconds is not None]
        return sum(known) if len(known) == len(self.stages) else None

    def as_json(self) -> dict[str, Any]:
        """The plan as JSON values."""
        return {**asdict(self), "generations": self.generations, "seconds": self.seconds}


def plan(recipe: Recipe, until: Stage = "report") -> Plan:
    """The plan of a run up to the stage ``until``.

    Raises:
        ConfigError: something that the recipe names cannot be used.
    """
    inputs = Inputs.read(recipe)
    check_until(recipe, until)
    parameters = None if recipe.model.server or is_served(recipe.model.name) else _parameters(recipe.model.name)
    rate, basis = _rate(recipe, parameters)
    stages = []
    for stage in _stages(inputs):
        stages.append(replace(stage, seconds=_seconds(stage, parameters, rate)))
        if stage.name == until:
            break
    sets = inputs.prompts
    return Plan(
        recipe=recipe.name,
        description=recipe.description,
        model=recipe.model.name,
        parameters=parameters,
        constitution=f"{inputs.constitution.name} {inputs.constitution.version}",
        principles=len(inputs.constitution.select(recipe.revise.principles)),
        prompts={name: len(getattr(sets, name)) for name in sets.__slots__},
        expects={key: text for key, text in recipe.expects.model_dump().items() if text},
        stages=tuple(stages),
        basis=basis,
    )


def _stages(inputs: Inputs) -> Iterator[PlannedStage]:
    """The stages that generate or train; the others take moments."""
    made = _supervised(inputs) | _feedback(inputs)
    yield from (made[name] for name in stages_of(inputs.recipe) if name in made)


def _supervised(inputs: Inputs) -> dict[str, PlannedStage]:
    recipe, sets = inputs.recipe, inputs.prompts
    revised, tested, rounds = len(sets.train_red_team), len(sets.test), recipe.revise.rounds
    texts = revised * (1 + rounds * (2 if recipe.revise.critique else 1))
    helpful = len(sets.train_benign) * recipe.helpful.samples_per_prompt
    examples = revised * (rounds if recipe.sft.revisions == "all" else 1) + helpful
    answers = recipe.evaluate.sampling.max_new_tokens
    longest = _longest(inputs, recipe.revise.sampling.max_new_tokens, recipe.sft.max_length)
    return _by_name(
        _generating("revise", revised, texts, recipe.revise.sampling.max_new_tokens),
        _generating("helpful", helpful, helpful, recipe.helpful.sampling.max_new_tokens),
        _generating("answer-base", tested, tested, answers),
        _training("sft", examples, recipe.sft.epochs, longest),
        _generating("answer-sl-cai", tested, tested, answers),
    )


def _feedback(inputs: Inputs) -> dict[str, PlannedStage]:
    recipe, tested = inputs.recipe, len(inputs.prompts.test)
    prefer, reward, dpo, rl = recipe.prefer, recipe.reward, recipe.dpo, recipe.rl
    answers, written = recipe.evaluate.sampling.max_new_tokens, prefer.sampling.max_new_tokens
    drawn = len(inputs.compared) * prefer.samples_per_prompt
    pairs = drawn // 2
    asked = {"ai": pairs, "human": 0, "mixed": sum(prompt.kind == "red_team" for prompt in inputs.compared)}
    shown = asked[prefer.feedback] * prefer.principles_per_pair * (2 if prefer.orders == "both" else 1)
    length = _longest(inputs, written, reward.max_length)
    completions = rl.steps * rl.batch_size * rl.gradient_accumulation
    rollout = rl.sampling.max_new_tokens
    return _by_name(
        _generating("pairs", drawn, drawn, written),
        # A comparison is read, not written: two responses and the conversation.
        PlannedStage("prefer", pairs, shown, shown * (length + written), None),
        _training("reward", pairs, reward.epochs, 2 * length),
        _generating("best-of-n", tested, tested * reward.best_of, answers),
        _training("dpo", pairs, dpo.epochs, 4 * length),
        _generating("answer-dpo", tested, tested, answers),
        PlannedStage(
            "rl", rl.steps, completions, completions * (rollout + _longest(inputs, rollout, rl.max_length)), None
        ),
        _generating("answer-rl", tested, tested, answers),
    )


def _by_name(*stages: PlannedStage) -> dict[str, PlannedStage]:
    return {stage.name: stage for stage in stages}


def _longest(inputs: Inputs, written: int, most: int) -> int:
    """Tokens of the longest training prompt and an answer, at three characters a token."""
    letters = max(sum(len(turn.content) for turn in prompt.messages) for prompt in inputs.prompts.train)
    return min(most, letters // 3 + written)


def _training(name: str, examples: int, epochs: float, length: int) -> PlannedStage:
    return PlannedStage(name, examples, 0, round(examples * epochs) * length, None)


def _generating(name: str, records: int, generations: int, max_new_tokens: int) -> PlannedStage:
    return PlannedStage(name, records, generations, generations * max_new_tokens, None)


def _seconds(stage: PlannedStage, parameters: int | None, rate: float | None) -> float | None:
    if parameters is None or rate is None:
        return None
    operations, share = (2, GENERATING) if stage.generations else (6, TRAINING)
    return TYPICAL_SHARE * stage.tokens_at_most * operations * parameters / (share * rate)


def _parameters(name: str) -> int | None:
    """The number of parameters in a folder's safetensors files, read from their headers."""
    from charter.organisms import shipped_model

    folder = shipped_model() if name == "organism" else Path(name)
    return parameter_count(folder) or None


def _rate(recipe: Recipe, parameters: int | None) -> tuple[float | None, str]:
    """Operations a second of this machine's matrix product, and what the estimate rests on."""
    if parameters is None:
        return None, "no estimate: the model's weights are not on this machine; see what the recipe expects"
    if recipe.model.device.startswith("cuda"):
        return None, "no estimate for a GPU; see what the recipe expects"
    import numpy as np

    size = 1024
    matrix = np.ones((size, size), dtype=np.float32)
    matrix @ matrix  # the first product starts threads
    began = time.perf_counter()
    for _ in range(5):
        matrix @ matrix
    rate = 5 * 2 * size**3 / (time.perf_counter() - began)
    return (
        rate,
        f"rough: {parameters / 1e6:,.1f}M parameters on this CPU ({rate / 1e9:,.0f} GFLOP/s in matrix products)",
    )
