"""Supervised fine-tuning on the revisions and the model's own helpful answers: from records to the checkpoint SL-CAI.

Follows §3 of arXiv 2212.08073 through TRL's ``SFTTrainer``. Deviations, and why:

- The paper trains on the text after every round. Here a round counts only where it made a new text: an unchanged or
  invalid one would repeat the text before it, which may be the response that was to be improved.
- The loss is on the assistant's final answer alone. What users ask is not what is to be learned.
- The paper's learning rate is half of the pretraining one, which is seldom known: here it is a number in the recipe.
  Constant, as in the paper, unless the recipe says otherwise.
- Examples of like length share a step, which spends less on padding. Which examples those are is drawn anew each epoch.
- LoRA above one billion parameters, which the paper does not use, since full fine-tuning needs 16 bytes a parameter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from charter.errors import Interrupted, MissingExtraError, ModelError, RunFolderError, StageError
from charter.models.folder import base_of_adapter, has_tokenizer, is_adapter
from charter.models.hub import resolve
from charter.progress import Progress
from charter.recipe import ModelConfig, SftConfig
from charter.records import Checkpoint, Revision, Sample
from charter.train.dataset import LeftOut, TrainingData, counted, training_data
from charter.train.encode import Encoder, Tokens, longest_example
from charter.train.failures import one_line
from charter.train.plan import make_plan
from charter.train.publish import complete, read_checkpoint, read_training
from charter.train.trainer import LABEL, make_trainer, quiet, run, trl_config
from charter.train.work import WorkFolder

if TYPE_CHECKING:
    from charter.models.hf_load import LoadedModel


@dataclass(frozen=True, slots=True, kw_only=True)
class SftTask:
    """What is to be trained."""

    base: Checkpoint
    """``path`` is a name as in ``ModelConfig.name``."""
    model: ModelConfig
    config: SftConfig
    constitution_digest: str
    out: Path
    """The folder that the trained model is to be; it must not exist, or be what this very task led to before."""
    seed: int
    name: str = "sl-cai"


@dataclass(frozen=True, slots=True, kw_only=True)
class SftResult:
    """A trained checkpoint, and what it was trained on."""

    checkpoint: Checkpoint
    examples: int
    left_out: Mapping[LeftOut, int]
    choices: Mapping[str, str]
    """What was chosen automatically, each with its reason."""


def train_sft(task: SftTask, revisions: Sequence[Revision], helpful: Sequence[Sample], progress: Progress) -> SftResult:
    """Fine-tunes ``task.base`` and publishes the folder ``task.out``; or finds that this was done before.

    A training that was killed goes on from its last saved step, and ends with the very weights that it would have had.

    Raises:
        StageError: there is nothing to train on, the loss is no longer a number, or disk or memory is full.
        ConfigError: the recipe asks for a device or adapter that cannot be had.
        ModelError: the base model cannot be loaded, or cannot be trained.
        RunFolderError: ``task.out`` holds something else.
        Interrupted: Ctrl-C or SIGTERM; what was done is kept.
        MissingExtraError: TRL is not installed.
    """
    data = training_data(revisions, helpful, task.config.revisions)
    made_from = _made_from(task, data)
    work = WorkFolder(task.out)
    if task.out.exists():
        work.remove()
        return _finished(task, made_from)
    if not data.examples:
        raise StageError(f"{LABEL}: nothing to train on: {counted(data.left_out) or 'there are no records'}")
    _need_trl()
    with quiet():
        return _Training(task, data, made_from, work).run(progress)


def _made_from(task: SftTask, data: TrainingData) -> dict[str, Any]:
    """All that determines the weights, but for the machine."""
    return {
        "base": task.base.digest,
        "constitution": task.constitution_digest,
        "data": data.digest,
        "config": task.config.model_dump(mode="json", exclude={"save_steps"}),
        "format": task.model.format,
        "dtype": task.model.dtype,
        "seed": task.seed,
    }


def _finished(task: SftTask, made_from: Mapping[str, Any]) -> SftResult:
    """The result of a training that was done before."""
    training = read_training(task.out)
    kept = training.get("made_from", {})
    if different := [key for key in made_from if kept.get(key) != made_from[key]]:
        raise RunFolderError(
            f"{task.out} holds a checkpoint made from something else ({', '.join(different)} differ); "
            "use another --out, or delete this folder"
        )
    return SftResult(
        checkpoint=read_checkpoint(task.out),
        examples=training["examples"],
        left_out={LeftOut(reason): count for reason, count in training["left_out"].items()},
        choices=training["choices"],
    )


def _need_trl() -> None:
    try:
        import peft  # noqa: F401
        import trl  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("train", "fine-tuning") from error


class _Training:
    """One training that has yet to be done, or to be finished."""

    def __init__(self, task: SftTask, data: TrainingData, made_from: Mapping[str, Any], work: WorkFolder) -> None:
        self._task = task
        self._data = data
        self._made_from = made_from
        self._work = work
        self._folder = resolve(task.base.path, task.model.revision)
        self._adapted = resolve(base_of_adapter(self._folder)) if is_adapter(self._folder) else None
        self._plan = make_plan(task.config, task.model, _parameters(self._adapted or self._folder, task.model))
        if self._adapted and self._plan.method == "lora":
            raise ModelError(
                f"{self._folder}: is itself an adapter, and an adapter upon an adapter could not be loaded; "
                "merge it into its base first, or use sft.method: full"
            )

    def run(self, progress: Progress) -> SftResult:
        args = trl_config(self._task.config, self._plan, self._work.path, self._task.seed)
        with args.main_process_first(local=False):
            if args.process_index == 0 and not self._work.open(self._mark(args.world_size)):
                progress.note(f"{LABEL}: {self._work.path} was made from other data or settings; starting anew")
        loaded = self._load()
        use_cache = getattr(loaded.model.config, "use_cache", True)
        examples, left_out = self._encode(loaded)
        lora = self._task.config.lora if self._plan.method == "lora" else None
        trainer = make_trainer(loaded.model, loaded.tokenizer, examples, args, lora)
        self._tell(examples, left_out, progress)
        try:
            with one_line(self._work.path):
                finished = run(trainer, self._work, progress)
        except KeyboardInterrupt as error:
            raise self._interrupted(trainer.state) from error
        if not finished:
            raise self._interrupted(trainer.state)
        with one_line(self._work.path):
            trainer.model.config.use_cache = use_cache  # the trainer turns it off, for itself
            trainer.save_model(str(self._work.final))
            if trainer.is_world_process_zero():
                self._publish(trainer.state, examples, left_out)
        trainer.accelerator.wait_for_everyone()
        return _finished(self._task, self._made_from)

    def _mark(self, processes: int) -> dict[str, Any]:
        """What a work folder must have been made from to be gone on with; more processes see larger steps."""
        return {**self._made_from, "method": self._plan.method, "precision": self._plan.precision, "of": processes}

    def _load(self) -> "LoadedModel":
        """The model in main memory: the trainer brings it, or this process's share of it, to the device."""
        from charter.models.hf_load import load_model

        model = self._task.model.model_copy(
            update={"name": self._task.base.path, "device": "cpu", "dtype": self._plan.weights}
        )
        text = self._folder if self._adapted is None or has_tokenizer(self._folder) else self._adapted
        return load_model(model, self._folder, self._adapted, text)

    def _encode(self, loaded: "LoadedModel") -> tuple[list[Tokens], dict[LeftOut, int]]:
        from charter.models.rendering import make_renderer

        form = self._task.model.format
        renderer = make_renderer(loaded.tokenizer, form, loaded.stop_tokens)
        longest = longest_example(self._task.config.max_length, loaded.context)
        examples, unfit = Encoder(loaded.tokenizer, renderer, form, longest).encode(self._data.examples)
        left_out = {**self._data.left_out, **unfit}
        if not examples:
            raise StageError(f"{LABEL}: nothing to train on: {counted(left_out)} (at most {longest} tokens each)")
        return examples, left_out

    def _tell(self, examples: Sequence[Tokens], left_out: Mapping[LeftOut, int], progress: Progress) -> None:
        tokens = sum(len(each.ids) for each in examples)
        without = f"; left out: {counted(left_out)}" if left_out else ""
        progress.note(f"{LABEL}: {len(examples):,} examples, {tokens:,} tokens{without}")
        progress.note(f"{LABEL}: {'; '.join(self._choices.values())}")

    @property
    def _choices(self) -> dict[str, str]:
        plan = self._plan
        return {
            "method": f"{plan.method}: {plan.method_reason}",
            "device": plan.device,
            "precision": f"{plan.precision}: {plan.precision_reason}",
        }

    def _publish(self, state: Any, examples: Sequence[Tokens], left_out: Mapping[LeftOut, int]) -> None:
        task = self._task
        training = {
            "made_from": self._made_from,
            "examples": len(examples),
            "tokens": sum(len(each.ids) for each in examples),
            "sources": self._data.sources,
            "left_out": left_out,
            "steps": state.global_step,
            "choices": self._choices,
        }
        checkpoint = task.base.child(task.name, str(task.out), "", task.constitution_digest, self._data.digest)
        complete(self._work.final, checkpoint, training, state.log_history, self._base_name())
        self._work.publish(task.out)

    def _base_name(self) -> str:
        """What an adapter calls its base: as it was named, but a folder by its full path."""
        named = Path(self._task.base.path)
        if named.exists():
            return str(named.resolve())
        return str(self._folder) if self._task.model.revision else self._task.base.path

    def _interrupted(self, state: Any) -> Interrupted:
        kept = self._work.latest()
        return Interrupted(
            f"stopped in {LABEL} after step {state.global_step:,} of {state.max_steps:,}: "
            f"{f'{kept.name} is kept in {self._work.path}' if kept else 'nothing was saved yet'}; "
            "run the same command again with the same --out to go on from there"
        )


def _parameters(folder: Path, model: ModelConfig) -> int:
    """How many parameters the model in ``folder`` has, without loading any."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(folder, trust_remote_code=model.trust_remote_code)
    with torch.device("meta"):
        empty = AutoModelForCausalLM.from_config(config, trust_remote_code=model.trust_remote_code)
    return int(empty.num_parameters())
