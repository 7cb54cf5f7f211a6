"""``charter agreement``: who agrees with whom, and what an AI label is worth."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from charter.cli.common import format_option, print_json, refuse_repeats

if TYPE_CHECKING:
    from charter.records import Pair
    from charter.results_agreement import AgreementResults


@click.command(name="agreement")
@click.argument("labels", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--oracle/--no-oracle",
    default=True,
    show_default=True,
    help="The organism's oracle as one more rater, on the pairs that it can judge.",
)
@click.option("--cost-per-hour", type=click.FloatRange(0), help="What an hour of a person costs, in any unit.")
@click.option("--machine-cost-per-hour", type=click.FloatRange(0), help="What an hour of the machine costs.")
@click.option("--curves", type=click.Path(path_type=Path), help="Learning curves (JSON) to draw and read off as well.")
@click.option(
    "--plot", type=click.Path(path_type=Path), help="Write the plot of what an AI label is worth: an SVG file."
)
@click.option("--html", type=click.Path(path_type=Path), help="Write everything as one HTML page.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the resampling behind the intervals.")
@format_option()
def cli(
    *,
    labels: tuple[Path, ...],
    oracle: bool,
    cost_per_hour: float | None,
    machine_cost_per_hour: float | None,
    curves: Path | None,
    plot: Path | None,
    html: Path | None,
    seed: int,
    form: str,
) -> None:
    """Compare raters: AI with human, each with each, with themselves and with the truth.

    LABELS are runs, folders of labels that 'charter annotate' or 'charter label' wrote, and files of preferences
    (hh-rlhf, TRL, CSV, or Charter's own records as JSONL). A person is known by name, an AI by name and digest.

    \b
    Examples:
      charter agreement runs/x
      charter agreement runs/x labels.csv --cost-per-hour 30 --plot worth.svg
      charter agreement runs/a runs/b --html agreement.html
      charter agreement runs/x runs/x/human --format json > agreement.json
    """
    from charter.agreement import Costs, measure_agreement, read_curves
    from charter.cli.agreement_sources import read_source

    refuse_repeats(labels, "source of labels")
    results = measure_agreement(
        [read_source(path) for path in labels],
        oracle=_truth if oracle else None,
        costs=Costs(cost_per_hour, machine_cost_per_hour),
        curves=read_curves(curves) if curves else (),
        seed=seed,
    )
    if form == "json":
        print_json(results.model_dump(mode="json"))
    else:
        from charter.cli.agreement_tables import print_agreement

        print_agreement(results)
    _write(results, plot, html)  # last: a plot that cannot be drawn takes no table with it


def _truth(pair: "Pair") -> float | None:
    from charter.organisms.preference import oracle_preference

    return oracle_preference(pair.prompt.messages, pair.first, pair.second, pair.aim)


def _write(results: "AgreementResults", plot: Path | None, html: Path | None) -> None:
    from charter.disk import write_atomic
    from charter.report.agreement_page import agreement_page, agreement_svg

    if plot is not None:
        write_atomic(plot, agreement_svg(results).encode("utf-8"))
    if html is not None:
        write_atomic(html, agreement_page(results).encode("utf-8"))
