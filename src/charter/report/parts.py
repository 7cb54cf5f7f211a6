"""What a run folder holds that the page is made of; a part that is not there yet is empty or None."""

from dataclasses import dataclass

from charter.codec import from_row
from charter.constitution import Constitution, load_constitution
from charter.digests import file_digest
from charter.errors import RunFolderError
from charter.manifest import Manifest
from charter.records import Checkpoint, Judgement, Preference, Revision, Sample
from charter.report.checkpoints import ORDER
from charter.report.examples import Answer
from charter.results import Results, read_results
from charter.run_files import RECIPE_NAME, read_text, unusable
from charter.stages import HARMLESS_REWARD, HELPFUL_REWARD, REWARD
from charter.store import RESULTS_NAME, RunFolder

CONSTITUTION_NAME = "constitution.yaml"
INPUTS_NAME = "inputs.json"
REWARD_MODELS = (REWARD, HARMLESS_REWARD, HELPFUL_REWARD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The readable content of a run folder."""

    manifest: Manifest
    status: str
    """The run's, which knows a killed run from a running one."""
    results: Results | None
    results_digest: str
    """SHA-256 of the file; empty without one."""
    prompts_digest: str
    """Of every prompt that the run uses; empty where the run has not noted it."""
    labels_digest: str
    """Of the file or folder of people's labels; empty where the run took none."""
    constitution: Constitution | None
    checkpoints: dict[str, Checkpoint]
    """The trained models that are there, reward models included, by name."""
    revisions: list[Revision]
    judged_rounds: list[Judgement]
    """Of revisions' texts."""
    pairs: int
    """Responses that were drawn to be compared."""
    preferences: list[Preference]
    answers: dict[str, list[Answer]]
    """To the test prompts, of the checkpoints that have any, in their order."""
    recipe_yaml: str


def read_parts(run: RunFolder) -> Parts:
    """Reads all of the run that there is.

    Raises:
        RunFolderError: a file or shard that is there is damaged.
        ConfigError: the run's constitution is damaged.
    """
    results = run.path / RESULTS_NAME
    return Parts(
        manifest=run.manifest,
        status=run.status,
        results=read_results(results),
        results_digest=file_digest(results) if results.exists() else "",
        prompts_digest=_input_digest(run, "prompts_digest"),
        labels_digest=_input_digest(run, "labels_digest", ""),
        constitution=_constitution(run),
        checkpoints={name: made for name in (*ORDER, *REWARD_MODELS) if (made := _checkpoint(run, name))},
        revisions=run.shards("revise", Revision).read(),
        judged_rounds=run.shards("judgements/rounds", Judgement).read(),
        pairs=len(run.shards("pairs", Sample)),
        preferences=run.shards("prefer", Preference).read(),
        answers={name: given for name in ORDER if (given := _answers(run, name))},
        recipe_yaml=read_text(run.path / RECIPE_NAME),
    )


def _constitution(run: RunFolder) -> Constitution | None:
    path = run.path / CONSTITUTION_NAME
    return load_constitution(str(path)) if path.exists() else None


def _input_digest(run: RunFolder, key: str, absent: str | None = None) -> str:
    """What the run noted of an input; ``absent`` where it has noted others and not that one, if that may be."""
    if not (run.path / INPUTS_NAME).exists():
        return ""
    inputs = run.read_json(INPUTS_NAME)
    digest = inputs.get(key, absent) if isinstance(inputs, dict) else None
    if not isinstance(digest, str):
        raise unusable(run.path / INPUTS_NAME, KeyError(key))
    return digest


def _checkpoint(run: RunFolder, name: str) -> Checkpoint | None:
    file = f"checkpoints/{name}/charter.json"
    path = run.path / file
    if not path.exists():
        return None
    try:
        return from_row(Checkpoint, run.read_json(file))
    except RunFolderError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise unusable(path, error) from error


def _answers(run: RunFolder, checkpoint: str) -> list[Answer]:
    """Its answers to the test prompts, those without a verdict included."""
    judgements = run.shards(f"judgements/{checkpoint}", Judgement).read()
    answers = [Answer(checkpoint, judgement.sample, judgement) for judgement in judgements]
    judged = {judgement.sample.id for judgement in judgements}
    samples = run.shards(f"answers/{checkpoint}", Sample)
    if samples.ids() - judged:  # a finished evaluation has none, and then nothing is read twice
        answers += [Answer(checkpoint, sample, None) for sample in samples.read() if sample.id not in judged]
    return answers
