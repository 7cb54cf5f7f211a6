"""The trainings of a run: which task each is, and which of the run's records it takes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from charter.progress import Progress
from charter.records import Aim, Checkpoint, Preference, Revision, Sample
from charter.stages import HARMLESS_REWARD, HELPFUL_REWARD, REWARD
from charter.store import RunFolder
from charter.train.dpo import DpoTask, train_dpo
from charter.train.publish import read_checkpoint
from charter.train.reward import RewardTask, train_reward
from charter.train.sft import SftTask, train_sft
from charter.train.task import TrainingTask


class Stage(NamedTuple):
    """One training of a run."""

    task: Callable[[RunFolder, str], TrainingTask]
    """Of a run, and the digest of the model that it began with."""
    train: Callable[[RunFolder, Any, Progress], Any]
    """Does that task."""


def task_of(run: RunFolder, stage: str, base_digest: str) -> TrainingTask:
    """The task of a training of the run."""
    return STAGES[stage].task(run, base_digest)


def train_stage(run: RunFolder, stage: str, progress: Progress, base_digest: str) -> Any:
    """Does a training of the run in this process, or as one of several."""
    return STAGES[stage].train(run, task_of(run, stage, base_digest), progress)


def common(run: RunFolder, name: str) -> dict[str, Any]:
    """What the tasks of a run have in common; ``name`` is the checkpoint's."""
    return {
        "model": run.recipe.model,
        "constitution_digest": run.manifest.constitution_digest,
        "out": run.path / "checkpoints" / name,
        "seed": run.recipe.seed,
        "name": name,
    }


def _sft_task(run: RunFolder, base_digest: str) -> SftTask:
    base = Checkpoint(name="base", path=run.recipe.model.name, digest=base_digest)
    return SftTask(base=base, config=run.recipe.sft, **common(run, "sl-cai"))


def _sft(run: RunFolder, task: SftTask, progress: Progress) -> Any:
    return train_sft(task, run.shards("revise", Revision).read(), run.shards("helpful", Sample).read(), progress)


def sl_cai(run: RunFolder) -> Checkpoint:
    """The checkpoint that the stages after fine-tuning start from, as it lies in the run folder now."""
    path = run.path / "checkpoints" / "sl-cai"
    return replace(read_checkpoint(path), path=str(path))


def _reward_task(name: str, aim: Aim | None) -> Callable[[RunFolder, str], RewardTask]:
    def task(run: RunFolder, _: str) -> RewardTask:
        return RewardTask(base=sl_cai(run), config=run.recipe.reward, aim=aim, **common(run, name))

    return task


def _reward(run: RunFolder, task: RewardTask, progress: Progress) -> Any:
    return train_reward(task, run.shards("prefer", Preference).read(), progress)


def _dpo_task(run: RunFolder, _: str) -> DpoTask:
    return DpoTask(base=sl_cai(run), config=run.recipe.dpo, **common(run, "dpo"))


def _dpo(run: RunFolder, task: DpoTask, progress: Progress) -> Any:
    return train_dpo(task, run.shards("prefer", Preference).read(), progress)


STAGES: dict[str, Stage] = {
    "sft": Stage(_sft_task, _sft),
    REWARD: Stage(_reward_task(REWARD, None), _reward),
    HARMLESS_REWARD: Stage(_reward_task(HARMLESS_REWARD, "harmless"), _reward),
    HELPFUL_REWARD: Stage(_reward_task(HELPFUL_REWARD, "helpful"), _reward),
    "dpo": Stage(_dpo_task, _dpo),
}
