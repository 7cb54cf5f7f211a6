"""Training for a run folder: in this process, or in several that ``accelerate launch`` starts.

    accelerate launch --config_file fsdp.yaml -m charter.train.launch RUN STAGE BASE_DIGEST

is what ``sft.accelerate``, ``reward.accelerate`` and so on come to. The processes read the run folder; the one that
holds it open waits for them.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from charter.documents import did_you_mean
from charter.errors import CharterError, ConfigError, Interrupted, StageError
from charter.progress import Progress
from charter.store import RunFolder
from charter.terminal import neutral
from charter.train.run_stages import task_of, train_stage
from charter.train.task import TrainingTask

_CONFIGURATIONS = Path(__file__).with_name("accelerate")
_STOPPED = 130
"""Exit code of a process that the user stopped."""


def accelerate_config(ref: str, section: str = "sft") -> Path:
    """The configuration of ``accelerate launch`` that ``ref`` names: a shipped one, or a file.

    ``section`` is the part of the recipe that names it.

    Raises:
        ConfigError: there is no such file.
    """
    shipped = {path.stem: path for path in sorted(_CONFIGURATIONS.glob("*.yaml"))}
    path = shipped.get(ref, Path(ref))
    if not path.is_file():
        raise ConfigError(
            f"{section}.accelerate {ref}: no such file; name a YAML file for accelerate launch, or a shipped one: "
            f"{did_you_mean(ref, list(shipped))}"
        )
    return path


def train_run(run: RunFolder, stage: str, progress: Progress, base_digest: str = "") -> Any:
    """Does one training of a run, in as many processes as the recipe says; returns what the stage's function does.

    Args:
        stage: a name of ``run_stages.STAGES``.
        base_digest: of the model that the run began with, where the stage starts from that; later stages read it in
            the run folder.

    Raises:
        CharterError: as the stage's function; StageError where the launched processes failed.
    """
    task = task_of(run, stage, base_digest)
    if task.config.accelerate is not None and not task.out.exists():
        launch_processes(task, "charter.train.launch", str(run.path), stage, task.base.digest)
    return train_stage(run, stage, progress, base_digest)


def launch_processes(task: TrainingTask, module: str, *arguments: str) -> None:
    """Runs ``module`` with these arguments in the processes of ``accelerate launch``, and waits for them.

    Raises:
        ConfigError: there is no such configuration.
        Interrupted: the user stopped it.
        StageError: the processes failed.
    """
    config = accelerate_config(task.config.accelerate or "", task.config.section)
    launcher = [sys.executable, "-m", "accelerate.commands.accelerate_cli", "launch", "--config_file", str(config)]
    command = [*launcher, "-m", module, *arguments]
    with subprocess.Popen(command, stdout=sys.stderr) as process:
        try:
            code = process.wait()
        except KeyboardInterrupt as error:  # the processes were told as well: they save what they have
            process.wait()
            raise Interrupted(
                f"stopped in {task.label}; run the same command again with the same --out to go on from there"
            ) from error
    if code:
        raise StageError(f"{task.label}: accelerate launch ended with exit code {code}; what it wrote is above")


def launched(work: Callable[..., Any]) -> None:
    """One of the processes that ``launch_processes`` started: does ``work`` with the command line's arguments."""
    try:
        work(*sys.argv[1:])
    except CharterError as error:
        print(neutral(f"charter: error: {error}"), file=sys.stderr)
        sys.exit(_STOPPED if isinstance(error, KeyboardInterrupt) else error.exit_code)


def _one_of_several(path: str, stage: str, base_digest: str) -> None:
    train_stage(RunFolder.read(path), stage, Progress(), base_digest)


if __name__ == "__main__":
    launched(_one_of_several)
