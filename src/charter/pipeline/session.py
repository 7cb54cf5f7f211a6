"""What every stage of a run works with: the folder, the inputs, the models, and a way to map work over records."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from charter.engine import Identified, map_records
from charter.errors import RunFolderError
from charter.models import Completer
from charter.models.completer import OnDone
from charter.pipeline.inputs import Inputs
from charter.pipeline.models import Models
from charter.progress import Progress
from charter.recipe import SamplingConfig
from charter.records import Judgement, Preference, Prompt, Revision, Sample
from charter.respond import Responder
from charter.shards import Shards
from charter.stages import BASE, Stage
from charter.store import RunFolder

In_contra = TypeVar("In_contra", contravariant=True)
Out = TypeVar("Out", bound=Identified)
X = TypeVar("X")

CONSTITUTION_NAME, INPUTS_NAME, CHOICES_NAME = "constitution.yaml", "inputs.json", "choices.json"


class Worker(Protocol[In_contra, Out]):
    """What turns inputs into records: ``Reviser``, ``Responder``, ``Comparer``, ``Evaluator`` …"""

    def identify(self, item: In_contra, /) -> str:
        """The id of the record that ``work`` makes of ``item``."""

    def work(self, items: Sequence[In_contra], on_done: OnDone | None = None, /) -> list[Out]:
        """One record an item."""


class Session:
    """One run in one folder, while it is worked on."""

    def __init__(self, inputs: Inputs, folder: RunFolder, models: Models, progress: Progress) -> None:
        self.recipe = inputs.recipe
        self.inputs = inputs
        self.folder = folder
        self.models = models
        self.progress = progress

    @property
    def revisions(self) -> Shards[Revision]:
        """What the revise stage makes."""
        return self.folder.shards("revise", Revision)

    @property
    def helpful(self) -> Shards[Sample]:
        """The base model's own answers to benign training prompts."""
        return self.folder.shards("helpful", Sample)

    @property
    def pairs(self) -> Shards[Sample]:
        """Responses of SL-CAI to training prompts, which are compared in pairs."""
        return self.folder.shards("pairs", Sample)

    @property
    def preferences(self) -> Shards[Preference]:
        """Which response of each pair is better."""
        return self.folder.shards("prefer", Preference)

    def answers(self, checkpoint: str) -> Shards[Sample]:
        """A checkpoint's answers to the test prompts."""
        return self.folder.shards(f"answers/{checkpoint}", Sample)

    def phrasings(self, checkpoint: str) -> Shards[Sample]:
        """A checkpoint's answers to requests in many phrasings."""
        return self.folder.shards(f"answers/phrasings/{checkpoint}", Sample)

    @property
    def comparisons(self) -> Shards[Preference]:
        """Which of two checkpoints' answers is better, where a model says so."""
        return self.folder.shards("comparisons", Preference)

    def judgements(self, name: str) -> Shards[Judgement]:
        """Verdicts on a checkpoint's answers, or on the texts of all ``rounds``."""
        return self.folder.shards(f"judgements/{name}", Judgement)

    def checkpoint(self, name: str) -> Path:
        """The folder of a trained model."""
        return self.folder.path / "checkpoints" / name

    def map(self, inputs: Sequence[X], output: Shards[Out], worker: Worker[X, Out], label: str) -> None:
        """Makes the records that are missing; see :func:`charter.engine.map_records`."""
        map_records(
            inputs,
            output,
            identify=worker.identify,
            work=worker.work,
            shard_size=self.recipe.shard_size,
            progress=self.progress,
            label=label,
        )

    def draw(
        self,
        output: Shards[Sample],
        model: Completer,
        prompts: Sequence[Prompt],
        sampling: SamplingConfig,
        *,
        purpose: str = "answers",
        samples: int = 1,
        label: str,
    ) -> None:
        """Draws responses to prompts; ``purpose`` as in ``Responder``."""
        responder = Responder(model, sampling, self.recipe.seed, purpose, samples)
        self.map(responder.expand(prompts), output, responder, label)

    def answer(self, stage: Stage, name: str, model: Completer) -> None:
        """A stage that has a checkpoint answer the test prompts, and the requests in many phrasings."""
        output, phrased = self.answers(name), self.phrasings(name)
        sampling, greedy = self.recipe.evaluate.sampling, self.recipe.evaluate.sampling.greedy()
        with self.folder.stage(stage, output, phrased):
            self.draw(output, model, self.inputs.prompts.test, sampling, label=stage)
            asked = [prompt for group in self.inputs.phrasings for prompt in group]
            self.draw(phrased, model, asked, greedy, purpose="phrasings", label=f"{stage}, phrasings")

    def base(self) -> Completer:
        """The model that the run began with; refuses another one than the run did begin with."""
        base = self.models.base()
        self.keep_input("base_digest", base.digest, f"model ({self.recipe.model.name})")
        self.keep_choices(BASE, base)
        return base

    def base_digest(self) -> str:
        """The base model's digest, without loading it where the run has noted it."""
        kept = _read(self.folder, INPUTS_NAME)
        return str(kept["base_digest"]) if "base_digest" in kept else self.base().digest

    def trained(self, name: str) -> Completer:
        """A checkpoint of this run, for sampling."""
        model = self.models.trained(self.checkpoint(name), self.recipe.evaluate.servers.get(name))
        self.keep_choices(name, model)
        return model

    def keep_input(self, key: str, value: str, what: str) -> None:
        """Writes a digest down the first time, and refuses another one afterwards."""
        kept = _refuse_changed(self.folder, key, value, what)
        if key not in kept:
            self.folder.write_json(INPUTS_NAME, {**kept, key: value})

    def keep_choices(self, name: str, model: Completer) -> None:
        """Writes down what was chosen for the user, and why; a server chooses for itself and says nothing."""
        kept = _read(self.folder, CHOICES_NAME)
        choices: dict[str, str] = getattr(model, "choices", {})
        if choices and kept.get(name) != choices:
            self.folder.write_json(CHOICES_NAME, {**kept, name: choices})

    def notes(self) -> tuple[str, ...]:
        """The choices, as sentences for the results."""
        kept = _read(self.folder, CHOICES_NAME)
        return tuple(f"{name}, {key}: {why}" for name, choices in kept.items() for key, why in choices.items())


def prompts_input(inputs: Inputs) -> tuple[str, str]:
    """The digest of a run's prompts, and what they are in words."""
    return inputs.prompts_digest, f"prompts ({inputs.recipe.prompts.path})"


def refuse_changed_prompts(folder: RunFolder, inputs: Inputs) -> None:
    """Refuses a run that was made with other prompts.

    Raises:
        RunFolderError: it was.
    """
    _refuse_changed(folder, "prompts_digest", *prompts_input(inputs))


def _refuse_changed(folder: RunFolder, key: str, value: str, what: str) -> dict[str, Any]:
    """What the run was made from, so far; refuses another ``value`` under ``key``."""
    kept = _read(folder, INPUTS_NAME)
    if kept.get(key, value) != value:
        raise RunFolderError(
            f"{folder.path} was made with another {what}: it has changed since; use another --out, or put "
            "it back as it was"
        )
    return kept


def _read(folder: RunFolder, name: str) -> dict[str, Any]:
    """The content of a JSON file of the run; empty when it is not there yet."""
    return dict(folder.read_json(name)) if (folder.path / name).exists() else {}
