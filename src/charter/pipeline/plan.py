"""What a run would do, and roughly how long it would take: ``--dry-run``. Reads every file, loads no model."""

import functools
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from charter.models.hub import here
from charter.pipeline import Inputs, check_until, is_done
from charter.pipeline.plan_stages import PlannedStage, planned_stages
from charter.pipeline.session import refuse_changed_prompts
from charter.recipe import Recipe
from charter.recipe_feedback import SIMULATED
from charter.run_files import MANIFEST_NAME, check_same, refuse_foreign
from charter.served import is_served
from charter.stages import Stage
from charter.store import RunFolder
from charter.weights import parameter_count

TYPICAL_SHARE = 0.4
"""Of the tokens that a text may have, those that it has: measured on the organism's run, 0.3 to 0.45."""
GENERATING, TRAINING = 0.08, 0.45
"""Shares of the matrix-product rate that generation (2 operations a token and parameter) and training (6) come to;
measured on the organism's run on two CPU cores. A larger model comes closer to the rate, so it may well be faster."""


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
    notes: tuple[str, ...] = ()
    """What else should be known before the run is begun."""

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


def plan(recipe: Recipe, until: Stage = "report", out: Path | None = None) -> Plan:
    """The plan of a run up to the stage ``until``; of a run that is in the folder ``out``, what is left of it.

    Raises:
        ConfigError: something that the recipe names cannot be used.
        RunFolderError: the folder belongs to another recipe, constitution or set of prompts.
    """
    inputs = Inputs.read(recipe)
    check_until(recipe, until)
    parameters = _parameters(recipe, "self")
    rate, basis = _rate(recipe, parameters)
    stages = []
    for stage in _left(inputs, until, _begun(inputs, out)):
        own = parameters if stage.model == "self" else _parameters(recipe, stage.model)
        stages.append(replace(stage, seconds=0.0 if stage.done else _seconds(stage, own, rate)))
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
        notes=tuple(_notes(recipe, stages)),
    )


def _begun(inputs: Inputs, out: Path | None) -> RunFolder | None:
    """The run that is in the folder already; None where there is none."""
    if out is None:
        return None
    refuse_foreign(out)
    if not (out / MANIFEST_NAME).exists():
        return None
    check_same(out, inputs.recipe, inputs.constitution.digest)
    folder = RunFolder.read(out)
    refuse_changed_prompts(folder, inputs)
    return folder


def _left(inputs: Inputs, until: Stage, begun: RunFolder | None) -> Iterator[PlannedStage]:
    """The parts of the run up to that stage, less what has been done of them."""
    last = ""
    for stage, part in planned_stages(inputs):
        if last == until != stage:
            return
        last = stage
        if begun is None:
            yield part
        elif is_done(begun, stage):
            yield replace(part, generations=0, tokens_at_most=0, done=True)
        else:
            entry = begun.manifest.stages.get(stage)
            share = 1 - min(entry.records / part.records, 1) if entry and part.records else 1
            yield replace(
                part, generations=round(share * part.generations), tokens_at_most=round(share * part.tokens_at_most)
            )


def _notes(recipe: Recipe, stages: Sequence[PlannedStage]) -> Iterator[str]:
    """What a reader of the plan might take otherwise."""
    people = recipe.prefer.feedback != "ai" and any(stage.name == "prefer" for stage in stages)
    if people and recipe.prefer.human.labels == SIMULATED:
        yield (
            f"feedback {recipe.prefer.feedback}: the people are simulated ({recipe.prefer.human.raters} programs that "
            "know the organism's truth, with noise and bias); for labels of people, name a file or folder: "
            "--set prefer.human.labels=PATH"
        )
    if stages and all(stage.done for stage in stages):
        yield "all of these stages are done: nothing is left but the report"


def _seconds(stage: PlannedStage, parameters: int | None, rate: float | None) -> float | None:
    if parameters is None or rate is None:
        return None
    operations, share = (2, GENERATING) if stage.generations else (6, TRAINING)
    return TYPICAL_SHARE * stage.tokens_at_most * operations * parameters / (share * rate)


@functools.cache
def _counted(folder: Path) -> int | None:
    return parameter_count(folder) or None


def _parameters(recipe: Recipe, name: str) -> int | None:
    """The number of parameters in a model's safetensors files, read from their headers; None of a server's."""
    config = recipe.model
    if is_served(name) or (name == "self" and (config.server or is_served(config.name))):
        return None
    folder = here(config.name if name == "self" else name)
    return None if folder is None else _counted(folder)


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
