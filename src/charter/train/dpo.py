"""Direct preference optimisation (Rafailov et al. 2023, arXiv 2305.18290) on soft labels, through TRL's ``DPOTrainer``.

The alternative to reward model and RL: the policy itself is trained to find the better response more likely, relative
to SL-CAI, than the worse one. The paper on Constitutional AI does not use it. Deviations from DPO's, and why:

- The loss takes the label as the probability that it is (0.5 for a tie), where DPO takes one response as the better.
- In one process the reference's log-probabilities are computed once, before the first step, by the model that is about
  to be trained: no second model is held. Several processes, which may hold a part of the weights each, ask the
  reference at each step: a second copy of SL-CAI or, with LoRA, the model without its adapter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from charter.progress import Progress
from charter.recipe_training import DpoConfig, LoraConfig
from charter.records import Checkpoint, Preference
from charter.train.encode import IGNORED, Encoder
from charter.train.loss import answer_log_probs, takes_positions
from charter.train.pairs import MARGINS, PairCollator, PairExamples, PairTokens, Pairwise, pair_dataset
from charter.train.preference_data import preference_data
from charter.train.session import Training
from charter.train.soft_loss import soft_pairwise_loss
from charter.train.task import TrainingTask
from charter.train.trainer import adapter_errors, group_by_length, on_one_gpu, peft_config
from charter.training_data import LeftOut

if TYPE_CHECKING:
    from trl import DPOTrainer

    from charter.models.hf_load import LoadedModel

_REFERENCE = "reference"
"""The column with the reference's log-probability of the first answer minus that of the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DpoTask(TrainingTask):
    """The policy that is to be trained; ``base`` is SL-CAI, and the reference."""

    label: ClassVar[str] = "dpo"
    unmoved: ClassVar[frozenset[str]] = TrainingTask.unmoved | {"enabled"}

    config: DpoConfig
    name: str = "dpo"


@dataclass(frozen=True, slots=True, kw_only=True)
class DpoResult:
    """A trained policy, and what it was trained on."""

    checkpoint: Checkpoint
    examples: int
    """Pairs."""
    left_out: Mapping[LeftOut, int]
    labels: Mapping[str, int]
    """How many labels favour the pair's first response, its second, and neither."""
    choices: Mapping[str, str]


def train_dpo(task: DpoTask, preferences: Sequence[Preference], progress: Progress) -> DpoResult:
    """Trains a policy on preferences and publishes the folder ``task.out``; or finds that this was done before.

    A training that was killed goes on from its last saved step, and ends with the very weights that it would have had.

    Raises:
        StageError: there is nothing to train on, all labels are ties, the loss is no longer a number, or disk or memory
            is full.
        ConfigError: the recipe asks for a device or adapter that cannot be had.
        ModelError: the start cannot be loaded.
        RunFolderError: ``task.out`` holds something else.
        Interrupted: Ctrl-C or SIGTERM; what was done is kept.
        MissingExtraError: TRL is not installed.
    """
    done = DpoTraining(task, preferences).train(progress)
    return DpoResult(
        checkpoint=done.checkpoint,
        examples=done.training["examples"],
        left_out={LeftOut(reason): count for reason, count in done.training["left_out"].items()},
        labels=done.training["labels"],
        choices=done.training["choices"],
    )


class DpoTraining(Training):
    """One training of a policy by DPO."""

    doing = "direct preference optimisation"
    logged: ClassVar[Mapping[str, str]] = {**Training.logged, **MARGINS}

    def __init__(self, task: DpoTask, preferences: Sequence[Preference]) -> None:
        self._config = task.config
        self._data = preference_data(preferences)
        super().__init__(task, task.made_from(self._data.digest))

    @property
    def data_digest(self) -> str:
        return self._data.digest

    def check(self) -> None:
        self._data.check(self.task.label)

    def arguments(self, settings: dict[str, Any]) -> Any:
        from trl import DPOConfig as TrlConfig

        own = {"beta": self._config.beta, "max_length": None, "remove_unused_columns": False}
        return on_one_gpu(TrlConfig(**settings, num_train_epochs=self._config.epochs, **own))

    def trainer(self, loaded: "LoadedModel", args: Any) -> "DPOTrainer":
        encoder = Encoder.of(loaded, self.task.model.format, self._config.max_length)
        self._examples = PairExamples.of(self._data, encoder, self.task.label)
        shared = args.world_size > 1
        reference = self.load(self.plan.weights).model if shared and self.lora is None else None
        pairs = self._examples.pairs
        trainer = make_trainer(loaded.model, loaded.tokenizer, pairs, args, lora=self.lora, reference=reference)
        if not shared:
            trainer.ask_reference()
        return trainer

    def summary(self) -> str:
        return self._examples.summary

    def record(self, trainer: Any) -> dict[str, Any]:
        return self._examples.record


def make_trainer(
    model: Any,
    tokenizer: Any,
    pairs: Sequence[PairTokens],
    args: Any,
    *,
    lora: LoraConfig | None,
    reference: Any = None,
) -> "DPOTrainer":
    """A trainer over pairs that are tokens already.

    Args:
        reference: the model that the policy is held to, where it is not asked before the first step.

    Raises:
        ConfigError: ``dpo.lora.target_modules`` names no part of this model.
    """
    pad = tokenizer.eos_token_id if tokenizer.pad_token_id is None else tokenizer.pad_token_id
    with adapter_errors(DpoConfig.section, lora):
        trainer = _trainer_class()(
            model=model,
            ref_model=reference,
            args=args,
            train_dataset=pair_dataset(pairs),
            data_collator=PairCollator(pad),
            processing_class=tokenizer,
            peft_config=peft_config(lora) if lora else None,
        )
    group_by_length(trainer, [pair.length for pair in pairs])
    return trainer


def _trainer_class() -> "type[DPOTrainer]":
    import torch
    from trl import DPOTrainer

    class Trainer(Pairwise, DPOTrainer):  # type: ignore[misc]  # TRL has no types
        train_dataset: Any

        def compute_loss(self, model: Any, inputs: Any, *_: object, **__: object) -> Any:
            reference_N = inputs[_REFERENCE] if _REFERENCE in inputs else self._reference(inputs)
            difference_N = self.beta * (self._difference(model, inputs) - reference_N)
            self.note_margins(difference_N, inputs["p_first"])
            return soft_pairwise_loss(difference_N, inputs["p_first"]).mean()

        def ask_reference(self) -> None:
            """Asks the model as it is now, before any step, about all pairs: it is the reference."""
            rows = list(self.train_dataset)
            lengths = [max(len(row["first"]), len(row["second"])) for row in rows]
            order = sorted(range(len(rows)), key=lengths.__getitem__)
            found = [0.0] * len(rows)
            size = self.args.per_device_train_batch_size
            self.model.eval()
            with torch.no_grad(), self.compute_loss_context_manager():
                for start in range(0, len(order), size):
                    places = order[start : start + size]
                    batch = self._prepare_inputs(self.data_collator([rows[place] for place in places]))
                    for place, value in zip(places, self._difference(self.model, batch).tolist(), strict=True):
                        found[place] = value
            self.train_dataset = self.train_dataset.add_column(_REFERENCE, found)

        def _difference(self, model: Any, inputs: Any) -> Any:
            """Log-probability of the first answer minus that of the second, in nats; shape (N,)."""
            labels_2N_T = inputs["input_ids"].masked_fill(~inputs["answer_mask"], IGNORED)
            if self.args.device.type == "cpu" and self.args.world_size == 1 and takes_positions(self.model):
                log_probs_N = answer_log_probs(model, inputs, labels_2N_T)
            else:
                shown = {name: inputs[name] for name in ("input_ids", "attention_mask")}
                log_probs_N = model(**shown, use_cache=False, labels=labels_2N_T, fused_lm_head=True).log_probs.sum(1)
            first_N, second_N = log_probs_N.chunk(2)
            return first_N - second_N

        def _reference(self, inputs: Any) -> Any:
            names = {"input_ids": "input_ids", "attention_mask": "attention_mask", "completion_mask": "answer_mask"}
            shown = {theirs: inputs[ours] for theirs, ours in names.items()}
            first_N, second_N = self.compute_ref_log_probs(self.ref_model or self.model, shown)
            return first_N - second_N

    return Trainer
