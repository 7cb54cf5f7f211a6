"""``charter compare``: the checkpoints of one run, or of several, beside one another."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from charter.cli.common import format_option, print_json, refuse_repeats
from charter.cli.runs import ROOT

if TYPE_CHECKING:
    from charter.evaluate import HarmJudge, PairJudge
    from charter.evaluate.several_runs import Snapshot
    from charter.results_snapshots import SnapshotResults
    from charter.store import RunFolder


@click.command(name="compare")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@ROOT
@click.option("--prompts", "at_most", type=click.IntRange(min=1), help="Compare on at most this many of each kind.")
@click.option("--plot", type=click.Path(path_type=Path), help="Write the frontier plot: an SVG file.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the resampling behind the intervals.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@format_option()
def cli(
    *,
    runs: tuple[str, ...],
    root: Path,
    at_most: int | None,
    plot: Path | None,
    seed: int,
    quiet: bool,
    form: str,
) -> None:
    """Compare the checkpoints of one run, or of several on the same prompts: Elo scores, harm, evasiveness.

    A model that several runs share counts once; different models of one name are called RUN/NAME. The first run's
    recipe says who judges. Scores are counted from the first checkpoint, which is at 0.

    \b
    Examples:
      charter compare latest
      charter compare runs/rlaif runs/rlhf --plot frontier.svg
      charter compare runs/rlaif runs/rlhf --format json > comparison.json
    """
    from charter.evaluate import snapshot_results
    from charter.evaluate.several_runs import judges_of, one_field
    from charter.progress import Progress
    from charter.runs import find_run

    found = [find_run(run, root) for run in runs]
    refuse_repeats((run.path for run in found), "run")
    answers, judgements = one_field([each for run in found for each in _snapshots(run, _name(run, found))])
    pair_judge, harm_judge = _judges(found[0])
    results = snapshot_results(
        answers,
        judgements,
        pair_judge,
        harm_judge=harm_judge,
        at_most=at_most,
        seed=seed,
        progress=Progress(quiet=quiet),
    )
    if len(judges := judges_of(judgements)) > 1:
        said = (
            f"the runs were judged by different judges ({', '.join(judges)}): what rests on verdicts is not comparable"
        )
        results = results.model_copy(update={"notes": (*results.notes, said)})
    if form == "json":
        print_json(results.model_dump(mode="json"))
    else:
        from charter.cli.compare_tables import print_snapshots

        print_snapshots(results)
    if plot:  # last: a plot that cannot be written takes no table with it
        _write(plot, results)


def _name(run: "RunFolder", among: "Sequence[RunFolder]") -> str:
    """The name of the run's folder, or its whole path where another run's folder has the same name."""
    alike = {other.path.resolve() for other in among if other.path.name == run.path.name}
    return run.path.name if len(alike) == 1 else str(run.path)


def _snapshots(run: "RunFolder", called: str) -> "list[Snapshot]":
    from charter.errors import RunFolderError
    from charter.evaluate.several_runs import Snapshot
    from charter.records import Judgement, Sample
    from charter.stages import checkpoints_of

    found = []
    for name in checkpoints_of(run.recipe):
        answers = run.shards(f"answers/{name}", Sample).read()
        if answers:
            found.append(Snapshot(called, name, answers, run.shards(f"judgements/{name}", Judgement).read()))
    if not found:
        raise RunFolderError(f"{run.path}: no answers to test prompts yet; go on with 'charter run --out {run.path}'")
    return found


def _judges(run: "RunFolder") -> "tuple[PairJudge, HarmJudge]":
    """Who compares and who scores harm, by the run's recipe: the oracle, or the models that it names."""
    from charter.constitution import load_constitution
    from charter.evaluate import OraclePairJudge, PreferencePairJudge, judge_kind, make_harm_judge
    from charter.pipeline.models import Models
    from charter.prefer import Comparer

    recipe = run.recipe
    models = Models(recipe.model)
    harm_judge = make_harm_judge(recipe.evaluate, recipe.prompts, models.judge)
    if judge_kind(recipe.evaluate, recipe.prompts) == "oracle":
        return OraclePairJudge(), harm_judge
    constitution = load_constitution(str(run.path / "constitution.yaml"))
    judge = models.judge(recipe.prefer.judge)
    return PreferencePairJudge(Comparer(judge, constitution, recipe.prefer, recipe.seed)), harm_judge


def _write(plot: Path, results: "SnapshotResults") -> None:
    from charter.disk import write_atomic
    from charter.errors import StageError
    from charter.report.plots_frontier import frontier_file

    drawn = frontier_file(results)
    if not drawn:
        raise StageError(f"{plot}: nothing to draw: {'; '.join(results.notes) or 'no checkpoint has both scores'}")
    write_atomic(plot, drawn.encode("utf-8"))
