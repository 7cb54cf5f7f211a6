"""Tables of more than two checkpoints on the terminal: a measure a row, a checkpoint a column, intervals below."""

from collections.abc import Iterable, Mapping

from rich.table import Table

from charter.cli.tables import row, table
from charter.records import Rate
from charter.results import HEADLINE, Change, Comparison, Results

NOTHING = "-"
MEASURES = (*HEADLINE, "held_out.harmful", "held_out.refusal", "held_out.evasive")
_CHANGES = ("harmful", "helpful", "evasive", "over_refusal", "broken", "held_out.harmful")
_LABELS = {
    "over_refusal": "over-refused",
    "held_out.harmful": "harmful,\nheld-out category",
    "held_out.refusal": "refusal,\nheld-out category",
    "held_out.evasive": "evasive,\nheld-out category",
}


def checkpoint_tables(results: Results) -> list[Table]:
    """The rates of all checkpoints, and how they changed from the base model and from SL-CAI."""
    return [
        _rates(results),
        *_changes("Change from base, on the same prompts, in points", results.paired),
        *_changes("Change from sl-cai, on the same prompts, in points", results.paired_sl_cai),
    ]


def stacked_rate(rate: Rate | None) -> str:
    """``90.2%``, and its interval on the line below."""
    if rate is None:
        return NOTHING
    if rate.rate is None:
        return "none\nscored"
    return f"{rate.rate:.1%}\n{100 * rate.low:.1f}-{100 * rate.high:.1f}"


def _rates(results: Results) -> Table:
    made = table("rate", "n", *results.checkpoints, title="All checkpoints, with 95% intervals")
    for key in MEASURES:
        rates = [checkpoint.measure(key) for checkpoint in results.checkpoints.values()]
        if key in HEADLINE or any(rates):
            row(made, _LABELS.get(key, key), sizes(rates), *map(stacked_rate, rates))
    return made


def sizes(rates: Iterable[Rate | None]) -> str:
    """How many answers count: one number where all checkpoints have as many."""
    found = sorted({rate.n for rate in rates if rate is not None})
    return NOTHING if not found else "-".join(dict.fromkeys(f"{size:,}" for size in (found[0], found[-1])))


def _changes(title: str, comparisons: Mapping[str, Comparison]) -> list[Table]:
    if not comparisons:
        return []
    made = table("rate", *comparisons, title=title)
    for key in _CHANGES:
        changes = [comparison.measure(key) for comparison in comparisons.values()]
        if any(changes):
            row(made, _LABELS.get(key, key), *map(_stacked_change, changes))
    return [made]


def _stacked_change(change: Change | None) -> str:
    if change is None:
        return NOTHING
    return f"{100 * change.difference:+.1f}\n{100 * change.low:+.1f}, {100 * change.high:+.1f}"
