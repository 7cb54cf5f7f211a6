"""TRL's trainer, set up to be killed and continued, to be quiet, and to keep to itself what it is trained on."""

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from charter.digests import derive_seed
from charter.errors import ConfigError, StageError
from charter.progress import Progress
from charter.recipe import LoraConfig, SftConfig
from charter.train.encode import Tokens
from charter.train.order import LengthGrouped
from charter.train.plan import Plan
from charter.train.work import WorkFolder

if TYPE_CHECKING:
    from threading import Event

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


def watch(trainer: "SFTTrainer", work: WorkFolder, stop: "Event", progress: Progress) -> "Callable[[], None]":
    """Makes the trainer report, keep its checkpoints whole, and stop when asked or when the loss is no number.

    Returns what must be called when training has ended.
    """
    from transformers import TrainerCallback

    shown = ExitStack()
    advance: Callable[[float], None] = lambda _: None  # noqa: E731

    class Watch(TrainerCallback):  # type: ignore[misc]  # as above
        def on_train_begin(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
            nonlocal advance
            if state.is_world_process_zero:
                advance = shown.enter_context(progress.task(LABEL, state.max_steps, done=state.global_step))

        def on_step_end(self, _args: Any, _state: Any, control: Any, **_: Any) -> None:
            advance(1)
            if stop.is_set():
                control.should_save = control.should_training_stop = True

        def on_log(self, _args: Any, state: Any, _control: Any, logs: Any = None, **_: Any) -> None:
            loss = (logs or {}).get("loss", 0.0)
            if not math.isfinite(loss):
                raise StageError(_diverged(loss, state.global_step, work))

        def on_save(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
            if state.is_world_process_zero:
                work.completed(state.global_step)

    trainer.add_callback(Watch())
    return shown.close


def _diverged(loss: float, step: int, work: WorkFolder) -> str:
    kept = work.latest()
    where = f"the last good checkpoint is kept in {kept}" if kept else "no checkpoint had been saved yet"
    return f"{LABEL}: the loss is {loss} at step {step}; {where}; lower sft.learning_rate, or add sft.warmup_steps"


@contextmanager
def quiet() -> Iterator[None]:
    """The libraries' own remarks are not shown: what a user has to know, this package says in one line."""
    from transformers.utils import logging as transformers_logging

    level = transformers_logging.get_verbosity()
    transformers_logging.set_verbosity_error()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        transformers_logging.set_verbosity(level)
