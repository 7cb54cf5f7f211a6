"""TRL's trainer, set up to be killed and continued, to be quiet, and to keep to itself what it is trained on."""

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from charter.digests import derive_seed
from charter.engine import _stop_request
from charter.errors import ConfigError, StageError
from charter.progress import Advance, Progress
from charter.recipe import LoraConfig, SftConfig
from charter.train.encode import Tokens
from charter.train.loss import answer_loss, takes_positions
from charter.train.order import LengthGrouped
from charter.train.plan import Plan
from charter.train.work import WorkFolder

if TYPE_CHECKING:
    from trl import SFTConfig as TrlConfig
    from trl import SFTTrainer

LABEL = "fine-tune"


def trl_config(config: SftConfig, plan: Plan, folder: Path, seed: int) -> "TrlConfig":
    """What TRL is told. Each step is logged, so that a loss that is no number is seen before it is saved."""
    from trl import SFTConfig as TrlConfig

    schedule = "constant_with_warmup" if config.schedule == "constant" else config.schedule
    args = TrlConfig(
        output_dir=str(folder),
        per_device_train_batch_size=config.batch_size,
        gradient_accumulation_steps=config.gradient_accumulation,
        num_train_epochs=config.epochs,
        learning_rate=config.learning_rate,
        lr_scheduler_type=schedule,
        warmup_steps=config.warmup_steps,
        weight_decay=config.weight_decay,
        gradient_checkpointing=config.gradient_checkpointing,
        save_strategy="steps",
        save_steps=config.save_steps,
        logging_steps=1,
        logging_nan_inf_filter=False,
        bf16=plan.autocast,
        use_cpu=plan.device == "cpu",
        seed=derive_seed(seed, "sft") % 2**32,
        dataloader_pin_memory=plan.device == "cuda",
        max_length=None,
        dataset_kwargs={"skip_prepare_dataset": True},
        report_to="none",
        disable_tqdm=True,
        log_level="error",
    )
    if args.n_gpu > 1:  # no launcher: one process on one GPU, and not torch's DataParallel over all
        args._n_gpu = 1
    return args


def make_trainer(
    model: Any,
    tokenizer: Any,
    examples: Sequence[Tokens],
    args: "TrlConfig",
    lora: LoraConfig | None,
) -> "SFTTrainer":
    """A trainer over examples that are tokens already; ``lora`` is None for full fine-tuning.

    Raises:
        ConfigError: ``sft.lora.target_modules`` names no part of this model.
    """
    from datasets import Dataset
    from transformers.trainer_callback import PrinterCallback

    lengths = [len(each.ids) for each in examples]
    step_size = args.train_batch_size * args.gradient_accumulation_steps * args.world_size
    sampler = LengthGrouped(lengths, step_size, args.seed)
    dataset = Dataset.from_dict(
        {"input_ids": [each.ids for each in examples], "labels": [each.labels for each in examples]}
    )
    try:
        trainer = _trainer_class(sampler)(
            model=model,
            args=args,
            train_dataset=dataset,
            processing_class=tokenizer,
            peft_config=_peft(lora) if lora else None,
        )
    except ValueError as error:
        if lora is None or "target" not in str(error).lower():
            raise
        raise ConfigError(f"sft.lora.target_modules: {' '.join(str(error).split())[:300]}") from error
    trainer.remove_callback(PrinterCallback)
    return trainer


def _trainer_class(sampler: LengthGrouped) -> "type[SFTTrainer]":
    from trl import SFTTrainer

    class Trainer(SFTTrainer):  # type: ignore[misc]  # TRL has no types
        def _get_train_sampler(self, *_: object) -> LengthGrouped:
            return sampler

        def compute_loss(
            self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
        ) -> Any:
            alone = self.args.device.type == "cpu" and self.args.world_size == 1 and not return_outputs
            if alone and not self.aux_loss_enabled and takes_positions(self.model):
                return answer_loss(model, inputs, num_items_in_batch)
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)

        def _send_telemetry(self) -> None:
            """Nobody is told what is trained here."""

        def create_model_card(self, *_: object, **__: object) -> None:
            """Charter writes down what it did itself."""

    return Trainer


def _peft(lora: LoraConfig) -> Any:
    from peft import LoraConfig as PeftConfig

    modules = lora.target_modules
    return PeftConfig(
        r=lora.r,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=modules if isinstance(modules, str) else list(modules),
        task_type="CAUSAL_LM",
    )


def run(trainer: "SFTTrainer", work: WorkFolder, progress: Progress) -> bool:
    """Trains, from the last whole checkpoint in ``work`` where there is one; False when stopped by the user.

    Raises:
        StageError: the loss is no longer a number.
        KeyboardInterrupt: the user stopped a second time; nothing after the last checkpoint is kept.
    """
    from transformers import TrainerCallback

    shown = ExitStack()
    stopped = False

    class Watch(TrainerCallback):  # type: ignore[misc]  # transformers has no types here
        advance: Advance = staticmethod(lambda _: None)

        def on_train_begin(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
            if state.is_world_process_zero:
                self.advance = shown.enter_context(progress.task(LABEL, state.max_steps, done=state.global_step))

        def on_step_end(self, args: Any, _state: Any, control: Any, **_: Any) -> None:
            nonlocal stopped
            self.advance(1)
            stopped = _anyone(stop.is_set(), args)
            if stopped:
                control.should_save = control.should_training_stop = True

        def on_log(self, _args: Any, state: Any, _control: Any, logs: Any = None, **_: Any) -> None:
            loss = (logs or {}).get("loss", 0.0)
            if not math.isfinite(loss):
                raise StageError(_diverged(loss, state.global_step, work))

        def on_save(self, args: Any, state: Any, _control: Any, **_: Any) -> None:
            if args.world_size > 1:
                trainer.accelerator.wait_for_everyone()  # each process has written its own part
            if state.is_world_process_zero:
                work.completed(state.global_step)
                losses = [entry["loss"] for entry in state.log_history[-state.save_steps :] if "loss" in entry]
                progress.note(f"{LABEL}: step {state.global_step:,}, loss {sum(losses) / len(losses):.3f}")

    trainer.add_callback(Watch())
    latest = work.latest()
    with shown, _stop_request() as stop:
        trainer.train(resume_from_checkpoint=str(latest) if latest else None)
    return not stopped


def _anyone(asked: bool, args: Any) -> bool:
    """Whether any of the processes was asked to stop: they must all stop after the same step."""
    if args.world_size == 1:
        return asked
    import torch

    flag = torch.tensor(float(asked), device=args.device)
    torch.distributed.all_reduce(flag, torch.distributed.ReduceOp.MAX)
    return bool(flag.item())


def _diverged(loss: float, step: int, work: WorkFolder) -> str:
    kept = work.latest()
    where = f"the last good checkpoint is kept in {kept}" if kept else "no checkpoint had been saved yet"
    return f"{LABEL}: the loss is {loss} at step {step}; {where}; lower sft.learning_rate, or add sft.warmup_steps"


@contextmanager
def quiet() -> Iterator[None]:
    """The libraries' own remarks are not shown: what a user has to know, this package says in one line."""
    from transformers.utils import logging as transformers_logging

    level, bar = transformers_logging.get_verbosity(), transformers_logging.is_progress_bar_enabled()
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        transformers_logging.set_verbosity(level)
        if bar:
            transformers_logging.enable_progress_bar()
