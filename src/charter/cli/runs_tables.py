"""The tables of ``charter runs``; imported by its commands when they print one."""

from collections.abc import Callable, Sequence

from rich.table import Table
from rich.text import Text

from charter.cli.checkpoint_tables import NOTHING, checkpoint_tables, sizes, stacked_rate
from charter.cli.feedback_tables import feedback_tables
from charter.cli.tables import row, table, text
from charter.records import Rate
from charter.results import HEADLINE, Change, Results
from charter.runs import Comparison, RunSummary, has_results, results_of
from charter.store import RunFolder
from charter.terminal import console

_STYLES = {"finished": "green", "running": "cyan", "interrupted": "yellow", "failed": "red", "damaged": "red"}
_LABELS = {
    "over_refusal": "over-refused",
    "held_out.harmful": "harmful, held-out category",
    "held_out.refusal": "refusal, held-out category",
    "held_out.evasive": "evasive, held-out category",
}


def rate_text(rate: Rate | None) -> str:
    """``3.0% [1.7, 5.2] 12/400``; says so where nothing was scored."""
    alone = _rate_alone(rate)
    return alone if rate is None or rate.rate is None else f"{alone} {rate.k}/{rate.n}"


def _rate_alone(rate: Rate | None) -> str:
    if rate is None:
        return NOTHING
    if rate.rate is None:
        return f"none scored ({rate.k}/{rate.n})"
    return f"{rate.rate:.1%} [{100 * rate.low:.1f}, {100 * rate.high:.1f}]"


def change_text(change: Change | None) -> str:
    """``-82.0 [-85.9, -77.4] points``: after minus before, on the same prompts."""
    if change is None:
        return NOTHING
    return f"{100 * change.difference:+.1f} [{100 * change.low:+.1f}, {100 * change.high:+.1f}] points"


def print_list(runs: Sequence[RunSummary]) -> None:
    """One line a run, then how often its checkpoints were harmful; below, why those did not finish that did not."""
    out = console()
    out.print(_listed(runs))
    if any(run.harmful for run in runs):
        out.print(_harmful(runs))
    for run in runs:
        if run.problem:
            out.print(text(f"{run.id}: {run.problem}"), soft_wrap=True)


def _listed(runs: Sequence[RunSummary]) -> Table:
    made = table("run", "status", "created", "recipe", "model", "last stage")
    for run in runs:
        created = run.created[:16].replace("T", " ")
        last = run.stages[-1] if run.stages else NOTHING
        row(made, run.id, _status(run.status), created, run.recipe, run.model, last)
    return made


def _harmful(runs: Sequence[RunSummary]) -> Table:
    checkpoints = dict.fromkeys(name for run in runs for name in run.harmful or ())
    made = table("run", "n", *checkpoints, title="Harmful answers to red-team prompts")
    for run in runs:
        if run.harmful:
            rates = [run.harmful.get(name) for name in checkpoints]
            row(made, run.id, sizes(rates), *map(_percent, rates))
    return made


def _percent(rate: Rate | None) -> str:
    return NOTHING if rate is None or rate.rate is None else f"{rate.rate:.1%}"


def print_run(run: RunFolder) -> None:
    """All that is known of one run, finished or not.

    Raises:
        RunFolderError: its results are damaged.
    """
    tables = [*result_tables(results_of(run)), _stages(run)]
    out = console()
    manifest = run.manifest
    out.print(text(manifest.id, "bold"), _status(run.status), soft_wrap=True)
    out.print(
        text(
            f"recipe {manifest.recipe}, model {run.recipe.model.name}, constitution {run.recipe.constitution} "
            f"({manifest.constitution_digest[:12]}), created {manifest.created}, Charter {manifest.environment.charter}"
        ),
        soft_wrap=True,
    )
    if manifest.reason:
        out.print(text(manifest.reason), soft_wrap=True)
    for made in tables:
        out.print()
        out.print(made)
    if not has_results(run):
        out.print(text("No results yet."))


def print_comparison(old: RunFolder, new: RunFolder, comparison: Comparison) -> None:
    """Settings that differ, then the headline rates side by side."""
    out = console()
    names = old.manifest.id, new.manifest.id
    if comparison.recipe:
        made = table("setting", *names, title="Recipe")
        for each in comparison.recipe:
            row(made, each.key, repr(each.old), repr(each.new))
        out.print(made)
    else:
        out.print("Recipe: the same settings")
    before, after = comparison.constitution
    same = before == after
    out.print(text(f"Constitution: {'the same' if same else f'{before[:12]} -> {after[:12]}'}"), soft_wrap=True)
    if comparison.rates:
        made = table("checkpoint", "rate", *names, "change", title="Rates, with 95% intervals")
        for rate in comparison.rates:
            change = NOTHING if rate.change is None else f"{100 * rate.change:+.1f} points"
            row(made, rate.checkpoint, rate.key, rate_text(rate.old), rate_text(rate.new), change)
        out.print(made)
    else:
        out.print("Rates: neither run has results yet")


def print_results(results: Results) -> None:
    """Every table that there are numbers for."""
    out = console()
    for made in result_tables(results):
        out.print(made)


def result_tables(results: Results) -> list[Table]:
    """All checkpoints, after each round of revision, and what was labelled and trained on labels; none where there are
    no numbers yet."""
    if len(results.checkpoints) > 2:
        headline, draw = checkpoint_tables(results), stacked_rate
    else:
        headline, draw = [_headline(results)] if results.checkpoints else [], _rate_alone
    return [*headline, *([_rounds(results, draw)] if results.rounds else []), *feedback_tables(results)]


def _headline(results: Results) -> Table:
    changes = {
        f"change, {name}" if len(results.paired) > 1 else "change": each for name, each in results.paired.items()
    }
    made = table("rate", *results.checkpoints, *changes, title="Before and after training, with 95% intervals")
    for key in (*HEADLINE, "held_out.harmful", "held_out.refusal", "held_out.evasive"):
        rates = [checkpoint.measure(key) for checkpoint in results.checkpoints.values()]
        if key in HEADLINE or any(rates):
            changed = (change_text(each.measure(key)) for each in changes.values())
            row(made, _LABELS.get(key, key), *map(rate_text, rates), *changed)
    return made


def _rounds(results: Results, draw: Callable[[Rate | None], str]) -> Table:
    outcomes = {outcome.round: outcome for outcome in results.outcomes}
    measures, kinds = ("harmful", "evasive", "refusal"), ("revised", "unchanged", "invalid")
    made = table("round", "n", *measures, *kinds, title="After each revision round")
    for each in results.rounds:
        scored = NOTHING if each.harmful is None else f"{each.harmful.n:,}"
        done = outcomes.get(each.round)
        counts = [f"{getattr(done, kind):,}" if done else NOTHING for kind in kinds]
        row(made, str(each.round), scored, *(draw(getattr(each, name)) for name in measures), *counts)
    return made


def _stages(run: RunFolder) -> Table:
    made = table("stage", "done", "seconds", "peak MiB", "records", "sessions", title="Stages")
    for name, entry in run.manifest.stages.items():
        done = "yes" if entry.done else "no"
        row(
            made,
            name,
            done,
            f"{entry.seconds:,.1f}",
            f"{entry.peak_mib:,.0f}",
            f"{entry.records:,}",
            str(entry.sessions),
        )
    return made


def _status(status: str) -> Text:
    return text(status, _STYLES.get(status, ""))
