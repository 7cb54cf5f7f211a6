"""The agreement of raters as a plot in a file of its own, and as one HTML page that loads nothing and runs nothing."""

from markupsafe import Markup

from charter import __version__
from charter.errors import ConfigError
from charter.page_drawing import svg
from charter.page_shell import page_environment, page_policy, trusted
from charter.page_text import plain
from charter.report import figures
from charter.report.agreement_words import estimate_text, few, few_text, reference_words, votes_text, worth_lines
from charter.report.page_assets import styles
from charter.report.plots_worth import WIDTH, Drawing, learning_drawing, vote_drawing
from charter.results_agreement import KIND_NAMES, AgreementResults

_SCALE = 2
"""Pixels of the file a unit of the drawing."""


def agreement_svg(results: AgreementResults) -> str:
    """The plot of what an AI label is worth, with its style, as a file of its own; it follows a dark scheme too.

    Raises:
        ConfigError: there is nothing to draw, since no AI label could be held against human ones.
    """
    drawings = _drawings(results)
    if not drawings:
        raise ConfigError(f"there is nothing to plot: {results.worth_reason}; leave --plot out, or name labels of both")
    parts, top = [], 0.0
    for drawing in drawings:
        parts.append(Markup('<g transform="translate(0,{:g})">{}</g>').format(top, Markup("").join(drawing.parts)))
        top += drawing.height
    return _FILE.format(
        width=WIDTH,
        height=top,
        shown_width=_SCALE * WIDTH,
        shown_height=_SCALE * top,
        label=plain("; ".join(drawing.label for drawing in drawings)),
        style=trusted(styles("plots.css", "agreement.css")),
        parts=Markup("").join(parts),
    )


_FILE = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" class="plot" viewBox="0 0 {width:g} {height:g}" width="{shown_width:g}" '
    'height="{shown_height:g}" role="img"><title>{label}</title><style><![CDATA[{style}]]></style>'
    '<rect class="paper" width="100%" height="100%"/>{parts}</svg>\n'
)


def agreement_page(results: AgreementResults) -> str:
    """All figures and plots as one HTML page. The same results give the same bytes."""
    style = styles("plots.css", "report.css", "agreement.css")
    environment = page_environment("charter.report")
    environment.filters.update(
        percent=figures.percent,
        interval=figures.interval,
        count=figures.count,
        estimate=estimate_text,
        few=few,
        few_text=few_text,
    )
    return environment.get_template("agreement.jinja").render(
        results=results,
        plots=[svg(WIDTH, each.height, each.label, each.parts, "worth") for each in _drawings(results)],
        lines=worth_lines(results),
        kinds=KIND_NAMES,
        reference=reference_words(results.worth) if results.worth else "",
        votes=votes_text(results.worth) if results.worth else "",
        policy=page_policy(style),
        style=trusted(style),
        version=__version__,
    )


def _drawings(results: AgreementResults) -> list[Drawing]:
    return [
        *([vote_drawing(results.worth)] if results.worth else []),
        *([learning_drawing(results.curves)] if results.curves else []),
    ]
