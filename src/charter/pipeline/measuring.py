"""The stages that measure: verdicts on every answer, checkpoints compared with one another, and the report."""

from collections.abc import Sequence

from charter.evaluate import (
    Evaluator,
    OraclePairJudge,
    PairJudge,
    judge_kind,
    make_judge,
    round_samples,
    run_results,
    snapshot_results,
)
from charter.pipeline.feedback import comparer, oracle_of
from charter.pipeline.session import Session
from charter.stages import checkpoints_of
from charter.records import Sample
from charter.report import write_report
from charter.results_snapshots import SnapshotResults
from charter.revise import count_outcomes
from charter.store import RESULTS_NAME

SNAPSHOTS_NAME = "snapshots.json"


def judge(run: Session) -> None:
    """A verdict on every answer, and on the texts in force after each round of revision."""
    config = run.recipe.evaluate
    evaluator = Evaluator(make_judge(config, run.recipe.prompts, run.models.base, run.models.judge))
    judged: dict[str, Sequence[Sample]] = {name: run.answers(name).read() for name in checkpoints_of(run.recipe)}
    judged["rounds"] = round_samples(run.revisions.read(), config.round_prompts, run.recipe.seed)
    with run.folder.stage("judge", *(run.judgements(name) for name in judged)):
        for name, samples in judged.items():
            run.map(samples, run.judgements(name), evaluator, f"judge {name}")


def compare(run: Session) -> None:
    """All checkpoints' answers beside one another: Elo, harm, consistency of decisions."""
    names = checkpoints_of(run.recipe)
    with run.folder.stage("compare") as note:
        results = snapshot_results(
            answers={name: run.answers(name).read() for name in names},
            judgements={name: run.judgements(name).read() for name in names},
            pair_judge=_pair_judge(run),
            seed=run.recipe.seed,
        )
        run.folder.write_json(SNAPSHOTS_NAME, results.model_dump(mode="json"))
        note.records = sum(round(score.games) for score in (*results.harmlessness, *results.helpfulness))


def report(run: Session) -> None:
    """Every number in ``results.json``, and the page that shows them."""
    run.models.release()
    revisions = run.revisions.read()
    names = checkpoints_of(run.recipe)
    results = run_results(
        run=run.folder,
        constitution=run.inputs.constitution,
        judgements={name: run.judgements(name).read() for name in names},
        rounds=run.judgements("rounds").read(),
        revisions=revisions,
        outcomes=count_outcomes(revisions),
        notes=run.notes(),
    )
    run.folder.write_json(RESULTS_NAME, results.model_dump(mode="json"))
    write_report(run.folder)
