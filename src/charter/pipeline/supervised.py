"""The supervised half of Constitutional AI: revise, draw helpful answers, fine-tune, and answer the test prompts."""

from charter.pipeline.session import Session
from charter.revise import Reviser
from charter.stages import BASE, SL_CAI
from charter.train import train_run


def revise(run: Session) -> None:
    """Respond, criticise, revise: one ``Revision`` a red-team training prompt."""
    reviser = Reviser(run.base(), run.inputs.constitution, run.recipe.revise, run.recipe.seed)
    with run.folder.stage("revise", run.revisions):
        run.map(run.inputs.prompts.train_red_team, run.revisions, reviser, "revise")


def draw_helpful(run: Session) -> None:
    """The model's own answers to benign training prompts, which keep it helpful."""
    config = run.recipe.helpful
    with run.folder.stage("helpful", run.helpful):
        run.draw(
            run.helpful,
            run.base(),
            run.inputs.prompts.train_benign,
            config.sampling,
            purpose="helpful",
            samples=config.samples_per_prompt,
            label="helpful",
        )


def answer_base(run: Session) -> None:
    """The base model's answers to the test prompts."""
    run.answer("answer-base", BASE, run.base())


def fine_tune(run: Session) -> None:
    """Supervised fine-tuning on the revisions and helpful samples: the checkpoint SL-CAI."""
    base_digest = run.base_digest()
    run.models.release()
    with run.folder.stage("sft") as note:
        done = train_run(run.folder, "sft", run.progress, base_digest)
        note.records, note.digest = done.examples, done.checkpoint.digest


def answer_sl_cai(run: Session) -> None:
    """SL-CAI's answers to the test prompts."""
    run.answer("answer-sl-cai", SL_CAI, run.trained(SL_CAI))
