"""The whole run: a constitution and prompts in, a trained checkpoint with its evaluation and report out.

Read :meth:`Pipeline.run` top to bottom: one call a stage. A stage that is done is not done twice; one that was killed
goes on where it was.
"""

import gc
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from charter.constitution import Constitution, load_constitution
from charter.digests import digest
from charter.engine import map_records
from charter.errors import ConfigError, RunFolderError
from charter.evaluate import Evaluator, judge_kind, load_rubric, make_judge, round_samples, run_results
from charter.models import Completer, load_completer
from charter.progress import Progress
from charter.prompts import PromptSets, load_prompts, split
from charter.recipe import ModelConfig, Recipe, SamplingConfig
from charter.records import Judgement, Prompt, Revision, Sample
from charter.report import write_report
from charter.respond import Responder
from charter.revise import Reviser, count_outcomes, load_few_shot
from charter.run_files import MANIFEST_NAME, check_same, refuse_foreign
from charter.served import is_served
from charter.shards import Shards
from charter.store import RESULTS_NAME, RunFolder
from charter.train import accelerate_config, train_run

BASE, TRAINED = "base", "sl-cai"
Stage = Literal["revise", "helpful", "answer-base", "sft", "answer-sl-cai", "judge", "report"]

UNTRAINED: tuple[Stage, ...] = ("revise", "helpful", "answer-base")
"""The stages before training."""

CONSTITUTION_NAME, INPUTS_NAME, CHOICES_NAME = "constitution.yaml", "inputs.json", "choices.json"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a run reads before it does any work."""

    recipe: Recipe
    constitution: Constitution
    prompts: PromptSets

    @classmethod
    def read(cls, recipe: Recipe) -> "Inputs":
        """Everything that the recipe names, checked; no model is loaded.

        Raises:
            ConfigError: a file that the recipe names cannot be used.
        """
        constitution = load_constitution(recipe.constitution)
        constitution.select(recipe.revise.principles)
        load_few_shot(recipe.revise.few_shot)
        if recipe.sft.accelerate is not None:
            accelerate_config(recipe.sft.accelerate)
        if judge_kind(recipe.evaluate, recipe.prompts) != "oracle":
            load_rubric(recipe.evaluate.rubric)
        return cls(recipe, constitution, split(load_prompts(recipe.prompts, recipe.seed), recipe.prompts, recipe.seed))

    @property
    def prompts_digest(self) -> str:
        """Of every prompt that the run uses, and what it uses it for."""
        used = (*self.prompts.train, *self.prompts.test)
        return digest(sorted([prompt.id, prompt.split, str(prompt.held_out)] for prompt in used))


def run(recipe: Recipe, out: Path, progress: Progress, *, until: Stage = "report") -> RunFolder:
    """Does everything in ``recipe`` up to the stage ``until``, in the run folder ``out``; returns it for reading.

    Raises:
        ConfigError: something that the recipe names cannot be used; nothing was written.
        ModelError: a model cannot be loaded; where the run is new, nothing was written.
        RunFolderError: the folder belongs to another recipe, constitution or set of prompts, or is in use.
        Interrupted: the user stopped it; running again goes on.
        StageError: a stage could not do its work.
    """
    inputs = Inputs.read(recipe)
    if until not in UNTRAINED and is_served(recipe.model.name):
        raise ConfigError(
            f"model.name {recipe.model.name}: a server's model cannot be trained; name its weights (a folder or a hub "
            "name), and the server under model.server"
        )
    models = Models(recipe.model)
    refuse_foreign(out)
    if (out / MANIFEST_NAME).exists():
        check_same(out, recipe, inputs.constitution.digest)
    else:
        models.base()  # a model that cannot be loaded leaves no folder behind
    with RunFolder.open(out, recipe, constitution_digest=inputs.constitution.digest) as folder:
        Pipeline(inputs, folder, models, progress).run(until)
    return RunFolder.read(out)


class Models:
    """The models of a run, each loaded when it is first needed, one at a time."""

    def __init__(self, config: ModelConfig) -> None:
        self._config = config
        self._loaded: tuple[ModelConfig, Completer] | None = None

    def base(self) -> Completer:
        """The model that the run began with."""
        return self._load(self._config)

    def trained(self, path: Path, server: str | None) -> Completer:
        """The checkpoint at ``path``, loaded as the base model was, or asked of its server."""
        return self._load(self._config.model_copy(update={"name": str(path), "revision": None, "server": server}))

    def judge(self, name: str) -> Completer:
        """A model that judges."""
        return self._load(self._config.model_copy(update={"name": name, "revision": None, "server": None}))

    def release(self) -> None:
        """Gives the models' memory back."""
        self._loaded = None
        gc.collect()

    def _load(self, config: ModelConfig) -> Completer:
        if self._loaded is None or self._loaded[0] != config:
            self._loaded = None  # two large models do not fit beside each other
            self._loaded = config, load_completer(config)
        return self._loaded[1]


class Pipeline:
    """One run in one folder."""

    def __init__(self, inputs: Inputs, folder: RunFolder, models: Models, progress: Progress) -> None:
        self._recipe = inputs.recipe
        self._inputs = inputs
        self._prompts = inputs.prompts
        self._folder = folder
        self._models = models
        self._progress = progress
        self.revisions = folder.shards("revise", Revision)
        self.helpful = folder.shards("helpful", Sample)
        self.answers = {name: folder.shards(f"answers/{name}", Sample) for name in (BASE, TRAINED)}
        self.judgements = {name: folder.shards(f"judgements/{name}", Judgement) for name in (BASE, TRAINED, "rounds")}

    def run(self, until: Stage) -> None:
        """Every stage in turn, up to and with ``until``."""
        self.keep_inputs()
        stages = {
            "revise": self.revise,
            "helpful": self.draw_helpful,
            "answer-base": self.answer_base,
            "sft": self.train,
            "answer-sl-cai": self.answer_trained,
            "judge": self.judge,
            "report": self.report,
        }
        for name, stage in stages.items():
            if not self._done(name):
                stage()
            if name == until:
                break
        if until != "report":
            self._folder.leave_unfinished(f"stopped after {until}, as asked")

    def _done(self, name: str) -> bool:
        """Whether a stage need not be done; the report is always made, and a checkpoint must still be there."""
        there = name != "sft" or (self._folder.path / "checkpoints" / TRAINED).is_dir()
        return name != "report" and there and self._folder.stage_done(name)

    def keep_inputs(self) -> None:
        """Writes down what the run is made from, or refuses to go on from other prompts."""
        self._keep_input("prompts_digest", self._inputs.prompts_digest, f"prompts ({self._recipe.prompts.path})")
        self._folder.write_text(CONSTITUTION_NAME, self._inputs.constitution.to_yaml())

    def revise(self) -> None:
        """Respond, criticise, revise: one ``Revision`` a red-team training prompt."""
        base = self._base()
        reviser = Reviser(base, self._inputs.constitution, self._recipe.revise, self._recipe.seed)
        with self._folder.stage("revise", self.revisions):
            map_records(
                self._prompts.train_red_team,
                self.revisions,
                identify=reviser.identify,
                work=reviser.work,
                shard_size=self._recipe.shard_size,
                progress=self._progress,
                label="revise",
            )

    def draw_helpful(self) -> None:
        """The model's own answers to benign training prompts, which keep it helpful."""
        config = self._recipe.helpful
        self._draw("helpful", self._prompts.train_benign, self._base(), config.sampling, config.samples_per_prompt)

    def answer_base(self) -> None:
        """The base model's answers to the test prompts."""
        self._draw("answer-base", self._prompts.test, self._base(), self._recipe.evaluate.sampling)

    def train(self) -> None:
        """Supervised fine-tuning on the revisions and helpful samples: the checkpoint SL-CAI."""
        kept = self._read(INPUTS_NAME)
        digest_of_base = str(kept["base_digest"]) if "base_digest" in kept else self._base().digest
        self._models.release()
        with self._folder.stage("sft") as note:
            done = train_run(self._folder, digest_of_base, self._progress)
            note.records, note.digest = done.examples, done.checkpoint.digest

    def answer_trained(self) -> None:
        """The trained model's answers to the test prompts."""
        checkpoint = self._folder.path / "checkpoints" / TRAINED
        trained = self._models.trained(checkpoint, self._recipe.evaluate.server)
        self._keep_choices(TRAINED, trained)
        self._draw("answer-sl-cai", self._prompts.test, trained, self._recipe.evaluate.sampling)

    def judge(self) -> None:
        """A verdict on every answer, and on the texts in force after each round of revision."""
        config = self._recipe.evaluate
        judge = make_judge(config, self._recipe.prompts, self._models.base, self._models.judge)
        evaluator = Evaluator(judge)
        rounds = round_samples(self.revisions.read(), config.round_prompts, self._recipe.seed)
        judged: dict[str, Sequence[Sample]] = {name: shards.read() for name, shards in self.answers.items()}
        with self._folder.stage("judge", *self.judgements.values()):
            for name, samples in (judged | {"rounds": rounds}).items():
                map_records(
                    samples,
                    self.judgements[name],
                    identify=evaluator.identify,
                    work=evaluator.work,
                    shard_size=self._recipe.shard_size,
                    progress=self._progress,
                    label=f"judge {name}",
                )

    def report(self) -> None:
        """Every number in ``results.json``, and the page that shows them."""
        self._models.release()
        revisions = self.revisions.read()
        results = run_results(
            run=self._folder,
            constitution=self._inputs.constitution,
            judgements={name: self.judgements[name].read() for name in (BASE, TRAINED)},
            rounds=self.judgements["rounds"].read(),
            revisions=revisions,
            outcomes=count_outcomes(revisions),
            notes=self._notes(),
        )
        self._folder.write_json(RESULTS_NAME, results.model_dump(mode="json"))
        write_report(self._folder)

    def _draw(
        self, stage: Stage, prompts: Sequence[Prompt], model: Completer, sampling: SamplingConfig, samples: int = 1
    ) -> None:
        shards: dict[str, Shards[Sample]] = {"helpful": self.helpful, "answer-base": self.answers[BASE]}
        output = shards.get(stage, self.answers[TRAINED])
        purpose = "helpful" if stage == "helpful" else "answers"
        responder = Responder(model, sampling, self._recipe.seed, purpose, samples)
        with self._folder.stage(stage, output):
            map_records(
                responder.expand(prompts),
                output,
                identify=responder.identify,
                work=responder.work,
                shard_size=self._recipe.shard_size,
                progress=self._progress,
                label=stage,
            )

    def _base(self) -> Completer:
        base = self._models.base()
        self._keep_input("base_digest", base.digest, f"model ({self._recipe.model.name})")
        self._keep_choices(BASE, base)
        return base

    def _keep_input(self, key: str, value: str, what: str) -> None:
        """Writes a digest down the first time, and refuses another one afterwards."""
        kept = self._read(INPUTS_NAME)
        if kept.get(key, value) != value:
            raise RunFolderError(
                f"{self._folder.path} was made with another {what}: it has changed since; use another --out, or put "
                "it back as it was"
            )
        if key not in kept:
            self._folder.write_json(INPUTS_NAME, {**kept, key: value})

    def _keep_choices(self, name: str, model: Completer) -> None:
        """Writes down what was chosen for the user, and why; a server chooses for itself and says nothing."""
        kept = self._read(CHOICES_NAME)
        choices: dict[str, str] = getattr(model, "choices", {})
        if choices and kept.get(name) != choices:
            self._folder.write_json(CHOICES_NAME, {**kept, name: choices})

    def _notes(self) -> tuple[str, ...]:
        kept = self._read(CHOICES_NAME)
        return tuple(f"{name}, {key}: {why}" for name, choices in kept.items() for key, why in choices.items())

    def _read(self, name: str) -> dict[str, Any]:
        """The content of a JSON file of the run; empty when it is not there yet."""
        return dict(self._folder.read_json(name)) if (self._folder.path / name).exists() else {}
