"""The reward model: which of two answers is better, learned from soft labels through TRL's ``RewardTrainer``.

Follows §4 of arXiv 2212.08073: harmlessness labelled by the model, helpfulness by the model or by people, one
preference model on both. Deviations, and why:

- It starts from SL-CAI, the policy that RL will train, where the paper's was pretrained on other preferences.
- The loss takes the label as the probability that it is; TRL's takes one response as the better.
- The score head starts at zero and has no bias. Scores are centred afterwards: their mean over what was trained on is
  kept beside the weights and taken off, so that 0 is an ordinary answer. The loss sees differences alone.
- ``reward.separate`` trains one model a kind of label, which the paper does not do.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from charter.progress import Progress
from charter.recipe_training import LoraConfig, RewardConfig
from charter.records import Aim, Checkpoint, Preference
from charter.train.encode import Encoder
from charter.train.pairs import MARGINS, PairCollator, PairExamples, PairTokens, Pairwise, pair_dataset
from charter.train.preference_data import hold_out, preference_data
from charter.train.reward_model import head_name, with_score_head
from charter.train.session import Training
from charter.train.soft_loss import soft_pairwise_loss
from charter.train.task import TrainingTask
from charter.train.trainer import adapter_errors, group_by_length, on_one_gpu, peft_config
from charter.training_data import LeftOut

if TYPE_CHECKING:
    from trl import RewardTrainer

    from charter.models.hf_load import LoadedModel

CENTRED_ON = 1000
"""Pairs whose scores are averaged to find the middle: enough for it to be known to a thirtieth of their spread."""
OFFSET_KEY = "offset"
"""Where ``training.json`` keeps that middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardTask(TrainingTask):
    """The reward model that is to be trained; ``base`` is SL-CAI."""

    label: ClassVar[str] = "reward model"
    unmoved: ClassVar[frozenset[str]] = TrainingTask.unmoved | {"best_of", "separate"}

    config: RewardConfig
    name: str = "reward"
    aim: Aim | None = None
    """The kind of labels to train on; None for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardResult:
    """A trained reward model, and what it was trained on."""

    checkpoint: Checkpoint
    examples: int
    """Pairs."""
    held_out: tuple[Preference, ...]
    """The preferences that were kept back to measure it on."""
    left_out: Mapping[LeftOut, int]
    labels: Mapping[str, int]
    """How many labels favour the pair's first response, its second, and neither."""
    choices: Mapping[str, str]


def train_reward(task: RewardTask, preferences: Sequence[Preference], progress: Progress) -> RewardResult:
    """Trains a reward model on all but the held-out preferences and publishes the folder ``task.out``; or finds that
    this was done before.

    A training that was killed goes on from its last saved step, and ends with the very weights that it would have had.

    Raises:
        StageError: there is nothing to train on, all labels are ties, the loss is no longer a number, or disk or memory
            is full.
        ConfigError: the recipe asks for a device or adapter that cannot be had.
        ModelError: the start cannot be loaded, or cannot become a reward model.
        RunFolderError: ``task.out`` holds something else.
        Interrupted: Ctrl-C or SIGTERM; what was done is kept.
        MissingExtraError: TRL is not installed.
    """
    kept, held = hold_out(preferences, task.config.held_out, task.seed)
    done = RewardTraining(task, kept).train(progress)
    return RewardResult(
        checkpoint=done.checkpoint,
        examples=done.training["examples"],
        held_out=tuple(each for each in held if task.aim in (None, each.pair.aim)),
        left_out={LeftOut(reason): count for reason, count in done.training["left_out"].items()},
        labels=done.training["labels"],
        choices=done.training["choices"],
    )


class RewardTraining(Training):
    """One training of a reward model."""

    doing = "training a reward model"
    logged: ClassVar[Mapping[str, str]] = {**Training.logged, **MARGINS}

    def __init__(self, task: RewardTask, preferences: Sequence[Preference]) -> None:
        self._config = task.config
        self._data = preference_data(preferences, task.aim)
        super().__init__(task, task.made_from(self._data.digest, aim=task.aim or "all"))

    @property
    def data_digest(self) -> str:
        return self._data.digest

    def check(self) -> None:
        self._data.check(self.task.label)

    def arguments(self, settings: dict[str, Any]) -> Any:
        from trl import RewardConfig as TrlConfig

        own = {"max_length": None, "remove_unused_columns": False}
        return on_one_gpu(TrlConfig(**settings, num_train_epochs=self._config.epochs, **own))

    def trainer(self, loaded: "LoadedModel", args: Any) -> "RewardTrainer":
        encoder = Encoder.of(loaded, self.task.model.format, self._config.max_length)
        self._examples = PairExamples.of(self._data, encoder, self.task.label)
        model = with_score_head(loaded.model, loaded.tokenizer)
        return make_trainer(model, loaded.tokenizer, self._examples.pairs, args, self.lora)

    def summary(self) -> str:
        return self._examples.summary

    def settle(self, trainer: Any) -> None:
        self._offset = trainer.mean_score(self._examples.pairs[:CENTRED_ON])

    def record(self, trainer: Any) -> dict[str, Any]:
        return self._examples.record | {OFFSET_KEY: self._offset}

    def merge_base(self) -> Any:
        loaded = self.load("float32")
        return with_score_head(loaded.model, loaded.tokenizer)


def make_trainer(
    model: Any, tokenizer: Any, pairs: Sequence[PairTokens], args: Any, lora: LoraConfig | None
) -> "RewardTrainer":
    """A trainer of a model with a score head, over pairs that are tokens already.

    Raises:
        ConfigError: ``reward.lora.target_modules`` names no part of this model.
    """
    adapter = peft_config(lora, task_type="SEQ_CLS", modules_to_save=[head_name(model)]) if lora else None
    with adapter_errors(RewardConfig.section, lora):
        trainer = _trainer_class()(
            model=model,
            args=args,
            train_dataset=pair_dataset(pairs),
            data_collator=PairCollator(model.config.get_text_config().pad_token_id),
            processing_class=tokenizer,
            peft_config=adapter,
        )
    group_by_length(trainer, [pair.length for pair in pairs])
    return trainer


def _trainer_class() -> "type[RewardTrainer]":
    import torch
    from trl import RewardTrainer

    class Trainer(Pairwise, RewardTrainer):  # type: ignore[misc]  # TRL has no types
        def compute_loss(self, model: Any, inputs: Any, *_: object, **__: object) -> Any:
            first_N, second_N = self._scores(model, inputs).chunk(2)
            self.note_margins(first_N - second_N, inputs["p_first"])
            return soft_pairwise_loss(first_N - second_N, inputs["p_first"]).mean()

        def mean_score(self, pairs: Sequence[PairTokens]) -> float:
            """Of all answers in ``pairs``. Every process computes all of it, as sharded weights want."""
            model = self.model_wrapped
            model.eval()
            with torch.no_grad(), self.compute_loss_context_manager():
                batches = (self._prepare_inputs(batch) for batch in self._batches(pairs))
                scores = torch.cat([self._scores(model, batch).cpu() for batch in batches])
            return float(scores.mean())

        def _batches(self, pairs: Sequence[PairTokens]) -> Iterator[dict[str, Any]]:
            rows = list(pair_dataset(sorted(pairs, key=lambda pair: pair.length)))
            size = self.args.per_device_train_batch_size
            for start in range(0, len(rows), size):
                yield self.data_collator(rows[start : start + size])

        def _scores(self, model: Any, batch: Mapping[str, Any]) -> Any:
            shown = {name: batch[name] for name in ("input_ids", "attention_mask")}
            return model(**shown, use_cache=False).logits.squeeze(-1).float()

    return Trainer
