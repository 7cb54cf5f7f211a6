"""RL for a run: the policy's task with its reward models and its held-out judge, in one process or in several.

    accelerate launch --config_file cpu-2.yaml -m charter.pipeline.policy RUN

is what ``rl.accelerate`` comes to. It stands here and not in ``train``, since a judge is evaluation's affair.
"""

from collections.abc import Sequence
from pathlib import Path

from charter.digests import ID_LENGTH
from charter.evaluate import make_judge
from charter.pipeline.inputs import Inputs
from charter.pipeline.judges import held_out
from charter.pipeline.models import Models
from charter.progress import Progress
from charter.records import Aim, Behaviour, Preference, Prompt, Sample
from charter.stages import policy_name, reward_names
from charter.store import RunFolder
from charter.train import RlResult, RlTask, train_rl
from charter.train.launch import launch_processes, launched
from charter.train.run_stages import common, sl_cai


def train_policy(folder: RunFolder, inputs: Inputs, models: Models, progress: Progress) -> RlResult:
    """Trains the run's policy, in as many processes as the recipe says.

    Raises:
        CharterError: as ``train_rl``; StageError where the launched processes failed.
    """
    task = _task(folder, inputs, models)
    if task.config.accelerate is not None and not task.out.exists():
        launch_processes(task, "charter.pipeline.policy", str(folder.path))
    return train_rl(task, _prompts(folder, inputs), progress)


def _task(folder: RunFolder, inputs: Inputs, models: Models) -> RlTask:
    recipe = inputs.recipe
    names = reward_names(recipe)
    paths: dict[Aim, Path] = {
        "harmless": folder.path / "checkpoints" / names[0],
        "helpful": folder.path / "checkpoints" / names[-1],
    }
    judge = make_judge(held_out(recipe), recipe.prompts, models.judge)

    def behaviours(samples: Sequence[Sample]) -> list[Behaviour]:
        return [verdict.behaviour for verdict in judge.judge(samples)]

    return RlTask(
        base=sl_cai(folder),
        config=recipe.rl,
        rewards=paths,
        judge=behaviours,
        judge_name=f"{judge.name} ({judge.digest[:ID_LENGTH]})",
        **common(folder, policy_name(recipe)),
    )


def _prompts(folder: RunFolder, inputs: Inputs) -> tuple[Prompt, ...]:
    return inputs.rewarded(folder.shards("prefer", Preference).read())


def _one_of_several(path: str) -> None:
    folder = RunFolder.read(path)
    inputs = Inputs.read(folder.recipe)
    train_rl(_task(folder, inputs, Models(folder.recipe.model)), _prompts(folder, inputs), Progress())


if __name__ == "__main__":
    launched(_one_of_several)
