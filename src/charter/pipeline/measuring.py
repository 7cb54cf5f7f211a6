"""The stages that measure: verdicts on every answer, checkpoints compared with one another, and the report."""

from collections.abc import Sequence

from charter.evaluate import (
    Evaluator,
    Judge,
    OraclePairJudge,
    PairJudge,
    PreferencePairJudge,
    consistency,
    judge_kind,
    make_harm_judge,
    make_judge,
    round_samples,
    run_results,
    snapshot_pairs,
    snapshot_results,
)
from charter.pipeline.feedback import feedback_results
from charter.pipeline.labellers import comparer
from charter.pipeline.session import Session
from charter.records import Sample
from charter.report import write_report
from charter.results_snapshots import Consistency, SnapshotResults
from charter.revise import count_outcomes
from charter.stages import checkpoints_of
from charter.store import RESULTS_NAME

SNAPSHOTS_NAME = "snapshots.json"


def judge(run: Session) -> None:
    """A verdict on every answer, and on the texts in force after each round of revision."""
    config = run.recipe.evaluate
    evaluator = Evaluator(the_judge(run))
    judged: dict[str, Sequence[Sample]] = {name: run.answers(name).read() for name in checkpoints_of(run.recipe)}
    judged |= {f"phrasings/{name}": run.phrasings(name).read() for name in checkpoints_of(run.recipe)}
    judged["rounds"] = round_samples(run.revisions.read(), config.round_prompts, run.recipe.seed)
    with run.folder.stage("judge", *(run.judgements(name) for name in judged)):
        for name, samples in judged.items():
            run.map(samples, run.judgements(name), evaluator, f"judge {name}")


def compare(run: Session) -> None:
    """All checkpoints' answers beside one another: Elo, harm, consistency of decisions."""
    names, config = checkpoints_of(run.recipe), run.recipe.evaluate
    answers = {name: run.answers(name).read() for name in names}
    with run.folder.stage("compare") as note:
        results = snapshot_results(
            answers,
            {name: run.judgements(name).read() for name in names},
            _pair_judge(run, answers),
            harm_judge=make_harm_judge(config, run.recipe.prompts, run.models.judge),
            consistency=_consistency(run, names),
            at_most=config.compare_prompts,
            seed=run.recipe.seed,
            progress=run.progress,
        )
        run.folder.write_json(SNAPSHOTS_NAME, results.model_dump(mode="json"))
        note.records = sum(count.pairs for count in results.compared.values())


def report(run: Session) -> None:
    """Every number in ``results.json``, and the page that shows them."""
    revisions = run.revisions.read()
    results = run_results(
        run=run.folder,
        constitution=run.inputs.constitution,
        judgements={name: run.judgements(name).read() for name in checkpoints_of(run.recipe)},
        rounds=run.judgements("rounds").read(),
        revisions=revisions,
        outcomes=count_outcomes(revisions),
        notes=run.notes(),
    )
    if run.recipe.prefer.enabled:
        snapshots = SnapshotResults.model_validate(run.folder.read_json(SNAPSHOTS_NAME))
        results = results.model_copy(update={"snapshots": snapshots, **feedback_results(run)})
    run.models.release()
    run.folder.write_json(RESULTS_NAME, results.model_dump(mode="json"))
    write_report(run.folder)


def the_judge(run: Session) -> Judge:
    """The judge that the recipe names for the test prompts."""
    return make_judge(run.recipe.evaluate, run.recipe.prompts, run.models.judge)


def _pair_judge(run: Session, answers: dict[str, list[Sample]]) -> PairJudge:
    """The oracle, or the judge of the labels; what that says is kept record by record, since it takes long."""
    config = run.recipe.evaluate
    if judge_kind(config, run.recipe.prompts) == "oracle":
        return OraclePairJudge()
    judge_model = comparer(run)
    pairs = snapshot_pairs(answers, config.compare_prompts, run.recipe.seed)
    run.map(pairs, run.comparisons, judge_model, "compare")
    return PreferencePairJudge(judge_model, run.comparisons.read())


def _consistency(run: Session, names: Sequence[str]) -> dict[str, Consistency]:
    groups = run.inputs.phrasings
    judged = {name: run.judgements(f"phrasings/{name}").read() for name in names}
    found = {name: consistency(those, groups, seed=run.recipe.seed) for name, those in judged.items()}
    return {name: one for name, one in found.items() if one is not None}
