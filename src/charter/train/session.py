"""One training, from its task to the folder that it leads to. What a stage does in its own way, it overrides."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from charter.errors import Interrupted, MissingExtraError, ModelError, RunFolderError
from charter.models.folder import base_of_adapter, has_tokenizer, is_adapter
from charter.models.hub import resolve
from charter.progress import Progress
from charter.recipe import ModelConfig
from charter.recipe_training import LoraConfig
from charter.train.failures import one_line
from charter.train.merge import merge_into_base
from charter.train.plan import Plan, make_plan
from charter.train.publish import complete, read_checkpoint, read_training
from charter.train.task import Finished, TrainingTask
from charter.train.trainer import quiet, run, trl_settings
from charter.train.work import WorkFolder

if TYPE_CHECKING:
    from charter.models.hf_load import LoadedModel


class Training(ABC):
    """One training. ``train`` does it, goes on with it, or finds that it was done before.

    The folder appears at once, when everything is in it; until then ``WorkFolder`` holds what a killed training goes
    on from.
    """

    doing: ClassVar[str]
    """What needs TRL, where TRL is missing: "fine-tuning"."""
    logged: ClassVar[Mapping[str, str]] = {
        name: name for name in ("step", "epoch", "loss", "grad_norm", "learning_rate")
    }
    """What ``training-log.jsonl`` keeps of a step: our name of it, and the trainer's."""
    merges: ClassVar[bool] = True
    """Whether an adapter that is trained upon an adapter is merged into a whole model. A start that the user chose is
    refused instead: he can merge it himself, and may not want his disk filled."""

    def __init__(self, task: TrainingTask, made_from: Mapping[str, Any]) -> None:
        self.task = task
        self.work = WorkFolder(task.out)
        self._made_from = made_from

    @property
    @abstractmethod
    def data_digest(self) -> str:
        """Of the records that are trained on."""

    @abstractmethod
    def check(self) -> None:
        """Raises StageError where there is nothing to train on; nothing was loaded yet."""

    @abstractmethod
    def arguments(self, settings: dict[str, Any]) -> Any:
        """TRL's arguments for this kind of training, from those of any."""

    @abstractmethod
    def trainer(self, loaded: "LoadedModel", args: Any) -> Any:
        """TRL's trainer of the loaded model, over data that is tokens already."""

    @abstractmethod
    def summary(self) -> str:
        """What is trained on, for the screen; asked for once there is a trainer."""

    @abstractmethod
    def record(self, trainer: Any) -> dict[str, Any]:
        """What ``training.json`` says that only this kind of training has; JSON values."""

    def settle(self, trainer: Any) -> None:  # noqa: B027  # most kinds have nothing to do then
        """Done by all processes between the last step and saving."""

    def train(self, progress: Progress) -> Finished:
        """The finished training.

        Raises:
            CharterError: as the stages' own functions say.
        """
        if self.task.out.exists():
            self.work.remove()
            return self._finished()
        self.check()
        _need_trl(self.doing)
        with quiet():
            self._train(progress)
        return self._finished()

    @property
    def lora(self) -> LoraConfig | None:
        """The adapter that is trained; None for full training."""
        return self.task.config.lora if self.plan.method == "lora" else None

    def _train(self, progress: Progress) -> None:
        task = self.task
        self._locate()
        args = self.arguments(trl_settings(task.config, self.plan, self.work.path, task.seed))
        with args.main_process_first(local=False):
            if args.process_index == 0 and not self.work.open(self._mark(args.world_size)):
                progress.note(f"{task.label}: {self.work.path} was made from other data or settings; starting anew")
        loaded = self.load(self.plan.weights)
        use_cache = getattr(loaded.model.config, "use_cache", True)
        trainer = self.trainer(loaded, args)
        progress.note(f"{task.label}: {self.summary()}")
        progress.note(f"{task.label}: {'; '.join(self._choices.values())}")
        try:
            with one_line(self.work.path, task.label, task.config.section):
                finished = run(trainer, task, self.work, progress)
        except KeyboardInterrupt as error:
            raise self._interrupted(trainer.state) from error
        if not finished:
            raise self._interrupted(trainer.state)
        with one_line(self.work.path, task.label, task.config.section):
            self.settle(trainer)
            trainer.model.config.use_cache = use_cache  # the trainer turns it off, for itself
            trainer.save_model(str(self.work.final))
            if trainer.is_world_process_zero():
                self._publish(trainer)
        trainer.accelerator.wait_for_everyone()

    def _locate(self) -> None:
        """Finds the model to start from and decides how it is trained, before any of it is loaded."""
        task = self.task
        self._folder = resolve(task.base.path, task.model.revision)
        self._adapted = resolve(base_of_adapter(self._folder)) if is_adapter(self._folder) else None
        self.plan: Plan = make_plan(task.config, task.model, _parameters(self._adapted or self._folder, task.model))
        if self._adapted and self.lora and not self.merges:
            raise ModelError(
                f"{self._folder}: is itself an adapter, and an adapter upon an adapter could not be loaded; "
                f"merge it into its base first, or use {task.config.section}.method: full"
            )

    def _mark(self, processes: int) -> dict[str, Any]:
        """What a work folder must have been made from to be gone on with; more processes see larger steps."""
        return {**self._made_from, "method": self.plan.method, "precision": self.plan.precision, "of": processes}

    def load(self, dtype: str) -> "LoadedModel":
        """The model in main memory: the trainer brings it, or this process's share of it, to the device."""
        from charter.models.hf_load import load_model

        model = self.task.model.model_copy(update={"name": self.task.base.path, "device": "cpu", "dtype": dtype})
        text = self._folder if self._adapted is None or has_tokenizer(self._folder) else self._adapted
        return load_model(model, self._folder, self._adapted, text)

    @property
    def _choices(self) -> dict[str, str]:
        plan = self.plan
        return {
            "method": f"{plan.method}: {plan.method_reason}",
            "device": plan.device,
            "precision": f"{plan.precision}: {plan.precision_reason}",
        }

    def _publish(self, trainer: Any) -> None:
        task, state = self.task, trainer.state
        training = {
            "made_from": self._made_from,
            **self.record(trainer),
            "steps": state.global_step,
            "choices": self._choices,
        }
        if self._adapted and self.lora:
            merge_into_base(self.work.final, self.merge_base())
        checkpoint = task.base.child(task.name, str(task.out), "", task.constitution_digest, self.data_digest)
        complete(self.work.final, checkpoint, training, self._log(state), self._base_name())
        self.work.publish(task.out)

    def _log(self, state: Any) -> list[dict[str, Any]]:
        steps = [entry for entry in state.log_history if "loss" in entry]
        return [{ours: step[theirs] for ours, theirs in self.logged.items() if theirs in step} for step in steps]

    def merge_base(self) -> Any:
        """The model that a trained adapter is merged into, in float32: what rounding would lose is the training."""
        return self.load("float32").model

    def _base_name(self) -> str:
        """What an adapter calls its base: as it was named, but a folder by its full path."""
        named = Path(self.task.base.path)
        if named.exists():
            return str(named.resolve())
        return str(self._folder) if self.task.model.revision else self.task.base.path

    def _finished(self) -> Finished:
        """What the folder that is there says, which must be this very training's."""
        out = self.task.out
        training = read_training(out)
        kept = training.get("made_from", {})
        if different := [key for key, value in self._made_from.items() if kept.get(key) != value]:
            raise RunFolderError(
                f"{out} holds a checkpoint made from something else ({', '.join(different)} differ); "
                "use another --out, or delete this folder"
            )
        return Finished(checkpoint=read_checkpoint(out), training=training)

    def _interrupted(self, state: Any) -> Interrupted:
        kept = self.work.latest()
        return Interrupted(
            f"stopped in {self.task.label} after step {state.global_step:,} of {state.max_steps:,}: "
            f"{f'{kept.name} is kept in {self.work.path}' if kept else 'nothing was saved yet'}; "
            "run the same command again with the same --out to go on from there"
        )


def _need_trl(doing: str) -> None:
    try:
        import peft  # noqa: F401
        import trl  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("train", doing) from error


def _parameters(folder: Path, model: ModelConfig) -> int:
    """How many parameters the model in ``folder`` has, without loading any."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(folder, trust_remote_code=model.trust_remote_code)
    with torch.device("meta"):
        empty = AutoModelForCausalLM.from_config(config, trust_remote_code=model.trust_remote_code)
    return int(empty.num_parameters())
