"""Harmlessness against helpfulness of all checkpoints, the paper's Figure 2, for the page and as a file of its own."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from charter.page_drawing import Frame, Scale, line, mark, polygon, scale_of, svg, text
from charter.page_shell import theme
from charter.page_text import short
from charter.report.checkpoints import POLICIES, in_order, look_of
from charter.report.figures import signed_whole
from charter.report.page_assets import asset
from charter.report.plots_labels import Label, Segment, place_labels
from charter.results_snapshots import EloScore, SnapshotResults
from charter.stages import BASE, SL_CAI

_WIDTH, _HEIGHT = 460, 410
_FRAME = Frame(48, 448, 32, 356)
_LEAST = 100.0
"""Elo points that an axis spans at least, so that noise does not fill the plot."""
_FAR = 20.0
"""Distance from its point at which a name needs a line that leads to it."""


@dataclass(frozen=True, slots=True)
class _Point:
    """A checkpoint in the plot."""

    name: str
    helpful: EloScore
    harmless: EloScore
    x: float
    y: float


def frontier_plot(snapshots: SnapshotResults) -> Markup:
    """Inline SVG, coloured by the page's style sheet: helpfulness to the right, harmlessness up, with the intervals of
    both and the way from the base model over SL-CAI to RL-CAI (or RLHF).

    Empty where no checkpoint has both scores.
    """
    pairs = _pairs(snapshots)
    if not pairs:
        return Markup("")
    across = _scale([one for one, _ in pairs], [one for _, one in pairs])
    up = _scale([one for _, one in pairs], [one for one, _ in pairs])
    points = [
        _Point(one.name, one, other, _FRAME.x(across.share(one.elo)), _FRAME.y(up.share(other.elo)))
        for one, other in pairs
    ]
    crosses = [segment for point in points for segment in _cross(point, across, up)]
    arrows = list(_way(points))
    named = [(point.x, point.y, look_of(point.name).title) for point in points]
    labels = place_labels(named, [*crosses, *arrows], _FRAME)
    parts = [*_axes(across, up)]
    parts += [part for arrow in arrows for part in _arrow(arrow)]
    for place, point in enumerate(points):
        css = look_of(point.name).css
        parts += [line(*segment, f"whisker {css}") for segment in crosses[2 * place : 2 * place + 2]]
    for point, label in zip(points, labels, strict=True):
        parts += _named(point, label)
    spoken = "; ".join(_spoken(point) for point in points)
    return svg(_WIDTH, _HEIGHT, f"Helpfulness and harmlessness in Elo points: {spoken}", parts, "frontier")


def frontier_file(snapshots: SnapshotResults) -> str:
    """The plot as an SVG document that needs nothing else; empty where no checkpoint has both scores."""
    plot = frontier_plot(snapshots)
    if not plot:
        return ""
    size = f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}"'
    style = f"<style>{_in_light(asset('plots.css'))}</style>"
    paper = f'<rect width="{_WIDTH}" height="{_HEIGHT}" class="paper"/>'
    opening, _, rest = str(plot).partition(">")
    return f"{opening.replace('<svg', size, 1)}>{style}{paper}{rest}\n"


def _in_light(css: str) -> str:
    """The style sheet in its light colours, without variables, which few programs but browsers know."""
    light, _, _ = theme().partition("@media")
    values = dict(re.findall(r"(--[\w-]+): ([^;]+);", light))
    return re.sub(r"var\((--[\w-]+)\)", lambda match: values[match[1]], css)


def _pairs(snapshots: SnapshotResults) -> list[tuple[EloScore, EloScore]]:
    """Helpfulness and harmlessness of the checkpoints that have both."""
    helpful = {score.name: score for score in snapshots.helpfulness if math.isfinite(score.elo)}
    harmless = {score.name: score for score in snapshots.harmlessness if math.isfinite(score.elo)}
    return [(helpful[name], harmless[name]) for name in in_order(helpful) if name in harmless]


def _scale(scores: Sequence[EloScore], others: Sequence[EloScore]) -> Scale:
    """An axis that holds the scores' intervals, and spans at least a third of what the other one does."""
    (low, high), (other_low, other_high) = _extent(scores), _extent(others)
    least = max(_LEAST, (other_high - other_low) / 3)
    margin = max(0.06 * (high - low), (least - (high - low)) / 2)
    return scale_of(low - margin, high + margin, ticks=6)


def _extent(scores: Sequence[EloScore]) -> tuple[float, float]:
    values = [value for score in scores for value in (score.elo, score.low, score.high) if math.isfinite(value)]
    return min(values), max(values)


def _cross(point: _Point, across: Scale, up: Scale) -> tuple[Segment, Segment]:
    """Its two intervals."""
    left, right = (_FRAME.x(across.share(value)) for value in (point.helpful.low, point.helpful.high))
    bottom, top = (_FRAME.y(up.share(value)) for value in (point.harmless.low, point.harmless.high))
    return (left, point.y, right, point.y), (point.x, bottom, point.x, top)


def _way(points: Sequence[_Point]) -> Iterator[Segment]:
    """From the base model to SL-CAI, and from there to what reinforcement learning made of it; within each run."""
    by_name = {point.name: point for point in points}
    for point in points:
        run, slash, kind = point.name.rpartition("/")
        before = BASE if kind == SL_CAI else SL_CAI if kind in POLICIES else ""
        source = by_name.get(f"{run}{slash}{before}") or by_name.get(before)
        if source is not None:
            yield from _between(source, point)


def _between(one: _Point, other: _Point) -> Iterator[Segment]:
    """The segment from mark to mark; none where they are too near for an arrow, and need none."""
    length = math.hypot(other.x - one.x, other.y - one.y)
    if length > 30:
        across, up = (other.x - one.x) * 9 / length, (other.y - one.y) * 9 / length
        yield one.x + across, one.y + up, other.x - across, other.y - up


def _arrow(segment: Segment) -> tuple[Markup, Markup]:
    x1, y1, x2, y2 = segment
    length = math.hypot(x2 - x1, y2 - y1)
    across, up = (x2 - x1) / length, (y2 - y1) / length
    foot = x2 - 8 * across, y2 - 8 * up
    head = [(x2, y2), (foot[0] - 4 * up, foot[1] + 4 * across), (foot[0] + 4 * up, foot[1] - 4 * across)]
    return line(x1, y1, *foot, "way"), polygon(head, "head")


def _axes(across: Scale, up: Scale) -> Iterator[Markup]:
    frame = _FRAME
    for tick in across.ticks:
        x = frame.x(across.share(tick))
        yield line(x, frame.top, x, frame.bottom, "grid")
        yield text(x, frame.bottom + 17, across.label(tick), "tick middle")
    for tick in up.ticks:
        y = frame.y(up.share(tick))
        yield line(frame.left, y, frame.right, y, "grid")
        yield text(frame.left - 7, y + 4.5, up.label(tick), "tick end")
    yield text(frame.right, frame.bottom + 40, "helpfulness, Elo points \N{RIGHTWARDS ARROW}", "axis-title end")
    yield text(4, 14, "\N{UPWARDS ARROW} harmlessness, Elo points", "axis-title start")


def _named(point: _Point, label: Label) -> Iterator[Markup]:
    look = look_of(point.name)
    if label.distance > _FAR:
        box = label.box
        x, y = min(max(point.x, box.left), box.right), min(max(point.y, box.top), box.bottom)
        yield line(point.x, point.y, x, y, "leader")
    yield mark(look.shape, point.x, point.y, look.css, 1.3)
    yield text(label.x + label.width / 2, label.y + 4.5, label.words, f"value middle {look.css}")


def _spoken(point: _Point) -> str:
    return (
        f"{short(look_of(point.name).title)} helpfulness {signed_whole(point.helpful.elo)}, "
        f"harmlessness {signed_whole(point.harmless.elo)}"
    )
