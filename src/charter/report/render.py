"""From what the page shows to the page: one HTML document that loads nothing and runs only its own script (see
``page_shell.py``).
"""

import re
from functools import cache

from jinja2 import Environment
from markupsafe import Markup

from charter import __version__
from charter.page_shell import page_environment, page_policy, trusted
from charter.page_text import short
from charter.report import figures, plots
from charter.report.checkpoints import look_of, title_of
from charter.report.choose import ANSWERS, PAIRS, TRANSCRIPTS, Bound, browse
from charter.report.examples import Example, Transcript
from charter.report.measures import NO_CLEAR_CHANGE
from charter.report.page import Page
from charter.report.page_assets import asset, styles
from charter.report.plots_frontier import frontier_plot
from charter.report.plots_reliability import reliability_plot
from charter.report.plots_training import training_curves
from charter.report.preferences import LabelledPair
from charter.report.provenance import LABELLERS
from charter.results import OutcomeCounts, RoundResults

GIST = 160
"""Characters of a request in the line that stands for it in a list."""
TURNS = 20
"""Turns of one conversation that the page shows, the last ones."""


def render(page: Page, bound: Bound | None = None) -> str:
    """The HTML of the page. The same page gives the same bytes.

    ``bound`` is how many examples it carries; see ``choose.Bound``.
    """
    environment = _environment()
    bound = bound or Bound()
    style, script = styles("plots.css", "report.css"), asset("report.js")
    principles = {view.id: view for view in page.principles}
    example, transcript, pair = (
        environment.get_template(f"{name}.jinja") for name in ("example", "transcript", "pair")
    )

    def draw_example(item: Example) -> Markup:
        return trusted(example.render(item=item))

    def draw_transcript(item: Transcript) -> Markup:
        return trusted(transcript.render(item=item, principles=principles))

    def draw_pair(item: LabelledPair) -> Markup:
        return trusted(pair.render(item=item, principles=principles))

    return environment.get_template("page.jinja").render(
        page=page,
        answers=browse(page.examples, ANSWERS, draw_example, bound),
        transcripts=browse(page.transcripts, TRANSCRIPTS, draw_transcript, bound),
        pairs=browse(page.pairs, PAIRS, draw_pair, bound),
        names={view.id: view.title for view in page.principles},
        contents=_contents(page),
        policy=page_policy(style, script),
        style=trusted(style),
        script=trusted(script),
        version=__version__,
    )


def _contents(page: Page) -> list[tuple[str, str]]:
    """The sections that the page has, for its table of contents: anchor and title."""
    results = page.results
    sections = [
        ("headline", "Before and after", True),
        ("held-out", "Held-out category", bool(page.held_out)),
        ("categories", "Categories", bool(page.categories)),
        ("snapshots", "Side by side", page.has_snapshots),
        ("rounds", "Round by round", True),
        ("labels", "Labels", bool(results.labels)),
        ("reward", "Reward model", bool(results.reward)),
        ("policies", "Policy training", bool(results.policies)),
        ("answers", "Answers", True),
        ("transcripts", "Revisions", True),
        ("pairs", "Comparisons", bool(page.pairs)),
        ("constitution", "Constitution", True),
        ("record", "How it was made", True),
    ]
    return [(anchor, title) for anchor, title, there in sections if there]


@cache
def _environment() -> Environment:
    environment = page_environment("charter.report")
    environment.filters.update(
        short=short,
        slug=_slug,
        percent=figures.percent,
        interval=figures.interval,
        points=figures.points,
        p_value=figures.p_value,
        count=figures.count,
        duration=figures.duration,
        number=figures.number,
        seconds=figures.seconds,
        probability=figures.probability,
        elo=figures.signed_whole,
        gist=_gist,
        title=title_of,
    )
    environment.globals.update(
        strip=plots.strip,
        strip_axis=plots.strip_axis,
        panel=plots.panel,
        key=plots.key,
        look_of=look_of,
        frontier_plot=frontier_plot,
        reliability_plot=reliability_plot,
        training_curves=training_curves,
        round_plot=_round_plot,
        outcome_bar=_outcome_bar,
        labellers=LABELLERS,
        unclear=NO_CLEAR_CHANGE,
        most_turns=TURNS,
    )
    return environment


def _slug(text: str) -> str:
    """A CSS class of our own making for a word of ours; hostile words give a harmless one."""
    return re.sub(r"[^a-z]+", "-", text.lower()).strip("-")


def _gist(text: str) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text[: 4 * GIST].split())
    return line if len(line) <= GIST else f"{line[:GIST].rstrip()}…"


def _round_plot(rounds: tuple[RoundResults, ...]) -> Markup:
    series = [
        plots.Series("harmful", "harmful", "circle", tuple(each.harmful for each in rounds)),
        plots.Series("refused", "refusal", "square", tuple(each.refusal for each in rounds)),
        plots.Series("evasive", "evasive", "triangle", tuple(each.evasive for each in rounds)),
        plots.Series("broken", "broken", "diamond", tuple(each.broken for each in rounds)),
    ]
    return plots.round_curve([each.round for each in rounds], series)


def _outcome_bar(counts: OutcomeCounts, label: str) -> Markup:
    parts = [("revised", counts.revised), ("unchanged", counts.unchanged), ("invalid", counts.invalid)]
    return plots.shares_bar(parts, label)
