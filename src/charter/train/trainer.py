"""TRL's trainers, set up to be killed and continued, to be quiet, and to tell nobody what they are trained on."""

import math
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from charter.digests import derive_seed
from charter.engine import _stop_request
from charter.errors import ConfigError, StageError
from charter.progress import Advance, Progress
from charter.recipe_training import LoraConfig, TrainingConfig
from charter.train.order import LengthGrouped
from charter.train.plan import Plan
from charter.train.task import TrainingTask
from charter.train.work import WorkFolder


def trl_settings(config: TrainingConfig, plan: Plan, folder: Path, seed: int) -> dict[str, Any]:
    """What TRL is told of any training. Each step is logged, so that a loss that is no number is seen before it is
    saved."""
    return {
        "output_dir": str(folder),
        "per_device_train_batch_size": config.batch_size,
        "gradient_accumulation_steps": config.gradient_accumulation,
        "learning_rate": config.learning_rate,
        "lr_scheduler_type": "constant_with_warmup" if config.schedule == "constant" else config.schedule,
        "warmup_steps": config.warmup_steps,
        "weight_decay": config.weight_decay,
        "gradient_checkpointing": config.gradient_checkpointing,
        "save_strategy": "steps",
        "save_steps": config.save_steps,
        "logging_steps": 1,
        "logging_nan_inf_filter": False,
        "bf16": plan.autocast,
        "use_cpu": plan.device == "cpu",
        "seed": derive_seed(seed, config.section) % 2**32,
        "dataloader_pin_memory": plan.device == "cuda",
        "report_to": "none",
        "disable_tqdm": True,
        "log_level": "error",
    }


def on_one_gpu(args: Any) -> Any:
    """The arguments, for one process on one GPU where there is no launcher: torch's DataParallel over all is not
    what was asked for."""
    if args.n_gpu > 1:
        args._n_gpu = 1
    return args


class Private:
    """Mixed into TRL's trainers: they tell nobody anything."""

    def _send_telemetry(self) -> None:
        """Nobody is told what is trained here."""

    def create_model_card(self, *_: object, **__: object) -> None:
        """Charter writes down what it did itself."""


class Ordered(Private):
    """Mixed into trainers whose examples are there from the start: like lengths share a step."""

    order: LengthGrouped

    def _get_train_sampler(self, *_: object) -> LengthGrouped:
        return self.order


def group_by_length(trainer: Any, lengths: list[int]) -> None:
    """Gives an ``Ordered`` trainer its order."""
    args = trainer.args
    step_size = args.train_batch_size * args.gradient_accumulation_steps * args.world_size
    trainer.order = LengthGrouped(lengths, step_size, args.seed)


def peft_config(lora: LoraConfig, **more: Any) -> Any:
    """PEFT's configuration of an adapter for a language model; ``more`` is laid over it."""
    from peft import LoraConfig as PeftConfig

    modules = lora.target_modules
    settings: dict[str, Any] = {
        "r": lora.r,
        "lora_alpha": lora.alpha,
        "lora_dropout": lora.dropout,
        "target_modules": modules if isinstance(modules, str) else list(modules),
        "task_type": "CAUSAL_LM",
    }
    return PeftConfig(**settings | more)


@contextmanager
def adapter_errors(section: str, lora: LoraConfig | None) -> Iterator[None]:
    """Turns what PEFT says of modules that are not there into the line that names the key.

    Raises:
        ConfigError: ``lora.target_modules`` names no part of this model.
    """
    try:
        yield
    except ValueError as error:
        if lora is None or "target" not in str(error).lower():
            raise
        raise ConfigError(f"{section}.lora.target_modules: {' '.join(str(error).split())[:300]}") from error


def run(trainer: Any, task: TrainingTask, work: WorkFolder, progress: Progress) -> bool:
    """Trains, from the last whole checkpoint in ``work`` where there is one; False when stopped by the user.

    Raises:
        StageError: loss or gradient is no longer a number.
        KeyboardInterrupt: the user stopped a second time; nothing after the last checkpoint is kept.
    """
    from transformers import TrainerCallback
    from transformers.trainer_callback import PrinterCallback

    shown = ExitStack()
    stopped = False

    class Watch(TrainerCallback):  # type: ignore[misc]  # transformers has no types here
        advance: Advance = staticmethod(lambda _: None)

        def on_train_begin(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
            if state.is_world_process_zero:
                self.advance = shown.enter_context(progress.task(task.label, state.max_steps, done=state.global_step))

        def on_step_end(self, args: Any, _state: Any, control: Any, **_: Any) -> None:
            nonlocal stopped
            self.advance(1)
            stopped = _anyone(stop.is_set(), args)
            if stopped:
                control.should_save = control.should_training_stop = True

        def on_log(self, _args: Any, state: Any, _control: Any, logs: Any = None, **_: Any) -> None:
            for key, what in {"loss": "loss", "grad_norm": "gradient's norm"}.items():
                value = (logs or {}).get(key, 0.0)
                if not math.isfinite(value):
                    raise StageError(_diverged(f"the {what} is {value}", state.global_step, task, work))

        def on_save(self, args: Any, state: Any, _control: Any, **_: Any) -> None:
            if args.world_size > 1:
                trainer.accelerator.wait_for_everyone()  # each process has written its own part
            if state.is_world_process_zero:
                work.completed(state.global_step)
                losses = [entry["loss"] for entry in state.log_history[-state.save_steps :] if "loss" in entry]
                progress.note(f"{task.label}: step {state.global_step:,}, loss {sum(losses) / len(losses):.3f}")

    trainer.remove_callback(PrinterCallback)
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


def _diverged(what: str, step: int, task: TrainingTask, work: WorkFolder) -> str:
    kept = work.latest()
    where = f"the last good checkpoint is kept in {kept}" if kept else "no checkpoint had been saved yet"
    section = task.config.section
    return f"{task.label}: {what} at step {step}; {where}; lower {section}.learning_rate, or add {section}.warmup_steps"


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
