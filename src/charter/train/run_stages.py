"""The trainings of a run: which task each is, and which of the run's records it takes."""

from collections.abc import Callable
from typing import Any, NamedTuple

from charter.progress import Progress
from charter.records import Checkpoint, Revision, Sample
from charter.store import RunFolder
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


STAGES: dict[str, Stage] = {
    "sft": Stage(_sft_task, _sft),
}
