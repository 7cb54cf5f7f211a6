"""The tables of ``charter agreement``."""

from rich.table import Table

from charter.cli.runs_tables import rate_text
from charter.cli.tables import row, table, text
from charter.records import Rate
from charter.report.agreement_words import estimate_text, few, few_text, reference_words, worth_lines
from charter.results_agreement import KIND_NAMES, AgreementResults, LabelWorth, Worth
from charter.terminal import console

_NOTHING = "-"
_SHOWN = 40
"""Pairs of raters that the table shows, those with the most pairs in common."""


def print_agreement(results: AgreementResults) -> None:
    """Prints everything to stdout."""
    out = console()
    out.print(
        text(f"{results.pairs:,} pairs of {results.prompts:,} prompts, {len(results.raters)} raters", "bold"),
        soft_wrap=True,
    )
    if results.identical:
        out.print(text(f"{results.identical:,} pairs of equal texts are left out: they say nothing"), soft_wrap=True)
    for made in (_pairs(results), _alphas(results), _raters(results), _costs(results)):
        if made.row_count:
            out.print()
            out.print(made)
    out.print()
    if results.worth is not None:
        out.print(_worth(results.worth))
    for line in worth_lines(results):
        out.print(text(line), soft_wrap=True)


def _pairs(results: AgreementResults) -> Table:
    every = (*results.kinds, *sorted(results.pairwise, key=lambda each: -each.pairs))
    more = f" (the first {_SHOWN} of {len(every)}; all with --format json)" if len(every) > _SHOWN else ""
    made = table("", "and", "labels in common", "ties", "same side", "kappa", title=f"Agreement, 95% intervals{more}")
    for each in every[:_SHOWN]:
        kappa = estimate_text(each.kappa)
        row(made, each.one, each.other, f"{each.pairs:,}", f"{each.ties:,}", _rate(each.accuracy), kappa)
    return made


def _alphas(results: AgreementResults) -> Table:
    made = table("Krippendorff's alpha", "raters", "pairs with two labels", "nominal", "interval")
    for each in results.alpha:
        figures = estimate_text(each.nominal), estimate_text(each.interval)
        row(made, each.of, str(each.raters), f"{each.pairs:,}", *figures)
    return made


def _raters(results: AgreementResults) -> Table:
    made = table("rater", "kind", "pairs", "ties", "failed", "first shown", "repeats agree", "both orders agree")
    for each in results.raters:
        row(
            made,
            each.name,
            KIND_NAMES[each.feedback],
            f"{each.labels:,}",
            f"{each.ties:,}",
            f"{each.failed:,}",
            *(_rate(rate) for rate in (each.first_shown, each.same_order, each.both_orders)),
        )
    return made


def _costs(results: AgreementResults) -> Table:
    made = table("rater", "seconds a label", "labels an hour", "cost of 1,000 labels")
    for each in results.raters:
        if each.seconds is not None:
            hourly = _NOTHING if each.labels_per_hour is None else f"{each.labels_per_hour:,.0f}"
            cost = _NOTHING if each.cost_per_1000 is None else f"{each.cost_per_1000:,.2f}"
            row(made, each.name, f"{each.seconds:,.3g}", hourly, cost)
    return made


def _worth(worth: Worth) -> Table:
    made = table(
        *("one label of", "labels", "right", "worth as a side", "as a probability", "nats"),
        title=f"Beside {reference_words(worth)}",
    )
    for each in (worth.ai, worth.people):
        row(made, KIND_NAMES[each.feedback], f"{each.labels:,}", _rate(each.accuracy), *_worths(each))
    ratios = (estimate_text(each) for each in (worth.hard, worth.soft, worth.nats))
    row(made, "AI / human", "", "", *ratios)
    return made


def _worths(each: LabelWorth) -> tuple[str, ...]:
    return tuple(estimate_text(one) for one in (each.hard, each.soft, each.nats))


def _rate(rate: Rate | None) -> str:
    if rate is None:
        return _NOTHING
    return few_text(rate) if few(rate) else rate_text(rate)
