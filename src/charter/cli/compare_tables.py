"""The table of ``charter compare``; imported when it is printed."""

from collections.abc import Mapping

from charter.cli.runs_tables import rate_text
from charter.cli.tables import row, table, text
from charter.results_snapshots import Consistency, EloScore, HarmScore, SnapshotResults
from charter.terminal import console

_NOTHING = "-"
_AIMS = {"harmless": "harmlessness", "helpful": "helpfulness"}


def print_snapshots(results: SnapshotResults) -> None:
    """A line a checkpoint, who judged, and what could not be measured."""
    harmless = {score.name: score for score in results.harmlessness}
    helpful = {score.name: score for score in results.helpfulness}
    names = dict.fromkeys([*harmless, *helpful, *results.harm, *results.non_evasive, *results.consistency])
    columns = ["checkpoint", "harmlessness (Elo)", "helpfulness (Elo)", "harm (0-4)", "engages where harmless"]
    made = table(*columns, *(["same decision"] if results.consistency else []))
    for name in names:
        cells = [
            elo_text(harmless.get(name)),
            elo_text(helpful.get(name)),
            harm_text(results.harm.get(name)),
            rate_text(results.non_evasive.get(name)),
        ]
        row(made, name, *cells, *([consistency_text(results.consistency.get(name))] if results.consistency else []))
    out = console()
    out.print(made)
    out.print(text(f"compared by: {results.pair_judge}; harm by: {results.harm_judge or 'nobody'}"), soft_wrap=True)
    for aim, count in results.compared.items():
        out.print(
            text(
                f"{_AIMS.get(aim, aim)}: {count.pairs:,} pairs of answers to {count.prompts:,} prompts, "
                f"{count.ties:,} ties, {count.unjudged:,} unjudged"
            ),
            soft_wrap=True,
        )
    for note in results.notes:
        out.print(text(f"note: {note}", style="yellow"), soft_wrap=True)


def elo_text(score: EloScore | None) -> str:
    """``+381 [+358, +409]``; the first checkpoint is at 0 and has no interval."""
    if score is None:
        return _NOTHING
    if score.low == score.high == 0:
        return "0"
    return f"{score.elo:+.0f} [{score.low:+.0f}, {score.high:+.0f}]"


def harm_text(score: HarmScore | None) -> str:
    """``0.99 [0.87, 1.12]``."""
    return _NOTHING if score is None else f"{score.mean:.2f} [{score.low:.2f}, {score.high:.2f}]"


def consistency_text(found: Consistency | None) -> str:
    """``93.1% [89.0, 96.2] of 60 requests``."""
    if found is None:
        return _NOTHING
    return f"{found.same:.1%} [{100 * found.low:.1f}, {100 * found.high:.1f}] of {found.groups} requests"


def print_consistency(results: Mapping[str, Consistency]) -> None:
    """A line a model."""
    made = table("model", "same decision", "answers", "unscored")
    for name, found in results.items():
        row(made, name, consistency_text(found), f"{found.answers:,}", f"{found.unscored:,}")
    console().print(made)
