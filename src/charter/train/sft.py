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
from typing import TYPE_CHECKING, Any, ClassVar

from charter.errors import StageError
from charter.progress import Progress
from charter.recipe_training import LoraConfig, SftConfig
from charter.records import Checkpoint, Revision, Sample
from charter.train.encode import Encoder, Tokens
from charter.train.loss import answer_loss, takes_positions
from charter.train.plan import Plan
from charter.train.session import Training
from charter.train.task import TrainingTask
from charter.train.trainer import Ordered, adapter_errors, group_by_length, on_one_gpu, peft_config, trl_settings
from charter.training_data import LeftOut, TrainingData, counted, training_data

if TYPE_CHECKING:
    from trl import SFTConfig as TrlConfig
    from trl import SFTTrainer

    from charter.models.hf_load import LoadedModel


@dataclass(frozen=True, slots=True, kw_only=True)
class SftTask(TrainingTask):
    """What is to be fine-tuned."""

    label: ClassVar[str] = "fine-tune"

    config: SftConfig
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
    done = FineTuning(task, training_data(revisions, helpful, task.config.revisions)).train(progress)
    return SftResult(
        checkpoint=done.checkpoint,
        examples=done.training["examples"],
        left_out={LeftOut(reason): count for reason, count in done.training["left_out"].items()},
        choices=done.training["choices"],
    )


class FineTuning(Training):
    """One fine-tuning."""

    doing = "fine-tuning"
    merges = False

    def __init__(self, task: SftTask, data: TrainingData) -> None:
        super().__init__(task, task.made_from(data.digest))
        self._config = task.config
        self._data = data

    @property
    def data_digest(self) -> str:
        return self._data.digest

    def check(self) -> None:
        if not self._data.examples:
            raise self._nothing(counted(self._data.left_out) or "there are no records")

    def arguments(self, settings: dict[str, Any]) -> "TrlConfig":
        return _arguments(settings, self._config)

    def trainer(self, loaded: "LoadedModel", args: Any) -> "SFTTrainer":
        encoder = Encoder.of(loaded, self.task.model.format, self._config.max_length)
        self._examples, unfit = encoder.encode(self._data.examples)
        self._left_out = {**self._data.left_out, **unfit}
        if not self._examples:
            raise self._nothing(f"{counted(self._left_out)} (at most {encoder.longest} tokens each)")
        return make_trainer(loaded.model, loaded.tokenizer, self._examples, args, self.lora)

    def summary(self) -> str:
        without = f"; left out: {counted(self._left_out)}" if self._left_out else ""
        return f"{len(self._examples):,} examples, {self._tokens:,} tokens{without}"

    def record(self, trainer: Any) -> dict[str, Any]:
        return {
            "examples": len(self._examples),
            "tokens": self._tokens,
            "sources": self._data.sources,
            "left_out": self._left_out,
        }

    @property
    def _tokens(self) -> int:
        return sum(len(each.ids) for each in self._examples)

    def _nothing(self, why: str) -> StageError:
        return StageError(f"{self.task.label}: nothing to train on: {why}")


def trl_config(config: SftConfig, plan: Plan, folder: Path, seed: int) -> "TrlConfig":
    """What TRL is told."""
    return _arguments(trl_settings(config, plan, folder, seed), config)


def _arguments(settings: dict[str, Any], config: SftConfig) -> "TrlConfig":
    from trl import SFTConfig as TrlConfig

    own = {"max_length": None, "dataset_kwargs": {"skip_prepare_dataset": True}}
    return on_one_gpu(TrlConfig(**settings, num_train_epochs=config.epochs, **own))


def make_trainer(
    model: Any, tokenizer: Any, examples: Sequence[Tokens], args: "TrlConfig", lora: LoraConfig | None
) -> "SFTTrainer":
    """A trainer over examples that are tokens already; ``lora`` is None for full fine-tuning.

    Raises:
        ConfigError: ``sft.lora.target_modules`` names no part of this model.
    """
    from datasets import Dataset

    dataset = Dataset.from_dict(
        {"input_ids": [each.ids for each in examples], "labels": [each.labels for each in examples]}
    )
    with adapter_errors(SftConfig.section, lora):
        trainer = _trainer_class()(
            model=model,
            args=args,
            train_dataset=dataset,
            processing_class=tokenizer,
            peft_config=peft_config(lora) if lora else None,
        )
    group_by_length(trainer, [len(each.ids) for each in examples])
    return trainer


def _trainer_class() -> "type[SFTTrainer]":
    from trl import SFTTrainer

    class Trainer(Ordered, SFTTrainer):  # type: ignore[misc]  # TRL has no types
        def compute_loss(
            self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
        ) -> Any:
            alone = self.args.device.type == "cpu" and self.args.world_size == 1 and not return_outputs
            if alone and not self.aux_loss_enabled and takes_positions(self.model):
                return answer_loss(model, inputs, num_items_in_batch)
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)

    return Trainer
