"""The whole run: a constitution and prompts in, trained checkpoints with their evaluation and report out.

``_WORK`` reads top to bottom: one function a stage. A stage that is done is not done twice; one that was killed goes
on where it was.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from charter.errors import ConfigError
from charter.pipeline import feedback, measuring, supervised
from charter.pipeline.inputs import Inputs
from charter.pipeline.models import Models
from charter.pipeline.session import CONSTITUTION_NAME, Session, prompts_input
from charter.progress import Progress
from charter.recipe import Recipe
from charter.run_files import MANIFEST_NAME, check_same, refuse_foreign
from charter.served import is_served
from charter.stages import STAGES, UNTRAINED, Stage, checkpoints_made, stages_of
from charter.store import RunFolder

__all__ = ["STAGES", "Inputs", "Models", "Session", "Stage", "check_until", "is_done", "run", "stages_of"]

_WORK: Mapping[Stage, Callable[[Session], None]] = {
    "revise": supervised.revise,
    "helpful": supervised.draw_helpful,
    "answer-base": supervised.answer_base,
    "sft": supervised.fine_tune,
    "answer-sl-cai": supervised.answer_sl_cai,
    "pairs": feedback.draw_pairs,
    "prefer": feedback.prefer,
    "reward": feedback.train_reward,
    "best-of-n": feedback.answer_best_of_n,
    "dpo": feedback.train_dpo,
    "answer-dpo": feedback.answer_dpo,
    "rl": feedback.train_rl,
    "answer-rl": feedback.answer_rl,
    "judge": measuring.judge,
    "compare": measuring.compare,
    "report": measuring.report,
}
_FILES: Mapping[Stage, str] = {"reward": feedback.REWARD_NAME, "compare": measuring.SNAPSHOTS_NAME}
"""What stages make beside shards and checkpoints."""


def run(recipe: Recipe, out: Path, progress: Progress, *, until: Stage = "report") -> RunFolder:
    """Does everything in ``recipe`` up to the stage ``until``, in the run folder ``out``; returns it for reading.

    Raises:
        ConfigError: something that the recipe names cannot be used; nothing was written.
        ModelError: a model cannot be loaded; where the run is new, nothing was written.
        RunFolderError: the folder belongs to another recipe, constitution or set of prompts, or is in use.
        Interrupted: the user stopped it; running again goes on.
        StageError: a stage could not do its work.
    """
    inputs = Inputs.read(recipe)
    check_until(recipe, until)
    models = Models(recipe.model)
    refuse_foreign(out)
    if (out / MANIFEST_NAME).exists():
        check_same(out, recipe, inputs.constitution.digest)
    else:
        models.base()  # a model that cannot be loaded leaves no folder behind
    with RunFolder.open(out, recipe, constitution_digest=inputs.constitution.digest) as folder:
        session = Session(inputs, folder, models, progress)
        _keep_inputs(session)
        for stage in stages_of(recipe):
            if not is_done(folder, stage):
                _WORK[stage](session)
            if stage == until:
                break
        if until != "report":
            folder.leave_unfinished(f"stopped after {until}, as asked")
    return RunFolder.read(out)


def check_until(recipe: Recipe, until: Stage) -> None:
    """Refuses a stage that a run of this recipe does not come to.

    Raises:
        ConfigError: naming the stages that it has, or what it cannot do.
    """
    if until not in stages_of(recipe):
        raise ConfigError(f"this recipe has no stage '{until}'; its stages are {', '.join(stages_of(recipe))}")
    if until not in UNTRAINED and is_served(recipe.model.name):
        raise ConfigError(
            f"model.name {recipe.model.name}: a server's model cannot be trained; name its weights (a folder or a hub "
            "name), and the server under model.server"
        )


def _keep_inputs(session: Session) -> None:
    """Writes down what the run is made from, or refuses to go on from other prompts."""
    session.keep_input("prompts_digest", *prompts_input(session.inputs))
    session.folder.write_text(CONSTITUTION_NAME, session.inputs.constitution.to_yaml())


def is_done(folder: RunFolder, stage: Stage) -> bool:
    """Whether a stage need not be done; the report is always made, and what a stage made must still be there."""
    made = [folder.path / "checkpoints" / name for name in checkpoints_made(stage, folder.recipe)]
    made += [folder.path / name for of, name in _FILES.items() if of == stage]
    return stage != "report" and all(map(Path.exists, made)) and folder.stage_done(stage)
