"""Training for a run folder: in this process, or in several that ``accelerate launch`` starts.

    accelerate launch --config_file fsdp.yaml -m charter.train.launch RUN BASE_DIGEST

is what ``sft.accelerate`` comes to. The processes read the run folder; the one that holds it open waits for them.
"""

import subprocess
import sys
from pathlib import Path

from charter.documents import did_you_mean
from charter.errors import CharterError, ConfigError, Interrupted, StageError
from charter.progress import Progress
from charter.records import Checkpoint, Revision, Sample
from charter.store import RunFolder
from charter.terminal import neutral
from charter.train.sft import SftResult, SftTask, train_sft

_CONFIGURATIONS = Path(__file__).with_name("accelerate")
_STOPPED = 130
"""Exit code of a process that the user stopped."""


def accelerate_config(ref: str) -> Path:
    """The configuration of ``accelerate launch`` that ``ref`` names: a shipped one, or a file.

    Raises:
        ConfigError: there is no such file.
    """
    shipped = {path.stem: path for path in sorted(_CONFIGURATIONS.glob("*.yaml"))}
    path = shipped.get(ref, Path(ref))
    if not path.is_file():
        raise ConfigError(
            f"sft.accelerate {ref}: no such file; name a YAML file for accelerate launch, or a shipped one: "
            f"{did_you_mean(ref, list(shipped))}"
        )
    return path


def train_run(run: RunFolder, base_digest: str, progress: Progress) -> SftResult:
    """Trains SL-CAI on the records of a run, in as many processes as the recipe says.

    Raises:
        CharterError: as ``train_sft``; StageError where the launched processes failed.
    """
    config = run.recipe.sft.accelerate
    if config is not None and not _task(run, base_digest).out.exists():
        _launch(accelerate_config(config), run.path, base_digest)
    return _train(run, base_digest, progress)


def _train(run: RunFolder, base_digest: str, progress: Progress) -> SftResult:
    revisions, helpful = run.shards("revise", Revision).read(), run.shards("helpful", Sample).read()
    return train_sft(_task(run, base_digest), revisions, helpful, progress)


def _task(run: RunFolder, base_digest: str) -> SftTask:
    recipe = run.recipe
    return SftTask(
        base=Checkpoint(name="base", path=recipe.model.name, digest=base_digest),
        model=recipe.model,
        config=recipe.sft,
        constitution_digest=run.manifest.constitution_digest,
        out=run.path / "checkpoints" / "sl-cai",
        seed=recipe.seed,
    )


def _launch(config: Path, run: Path, base_digest: str) -> None:
    launcher = [sys.executable, "-m", "accelerate.commands.accelerate_cli", "launch", "--config_file", str(config)]
    command = [*launcher, "-m", "charter.train.launch", str(run), base_digest]
    with subprocess.Popen(command, stdout=sys.stderr) as process:
        try:
            code = process.wait()
        except KeyboardInterrupt as error:  # the processes were told as well: they save what they have
            process.wait()
            raise Interrupted(
                "stopped in fine-tune; run the same command again with the same --out to go on from there"
            ) from error
    if code:
        raise StageError(f"fine-tune: accelerate launch ended with exit code {code}; what it wrote is above")


def main() -> None:
    """One of the processes that ``accelerate launch`` started."""
    path, base_digest = sys.argv[1:]
    try:
        _train(RunFolder.read(path), base_digest, Progress())
    except CharterError as error:
        print(neutral(f"charter: error: {error}"), file=sys.stderr)
        sys.exit(_STOPPED if isinstance(error, KeyboardInterrupt) else error.exit_code)


if __name__ == "__main__":
    main()
