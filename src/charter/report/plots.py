"""The page's plots, as inline SVG without script or style attributes (the page's policy allows neither).

Colours come from the page's style sheet through classes, so that a plot follows the dark scheme and the printer. Each
``viewBox`` is about as wide as a telephone, so that text keeps its size there and grows on a larger screen.
Proportions are always drawn on the whole scale from 0 to 100%: a truncated axis makes small changes look large.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from markupsafe import Markup

from charter.records import Rate
from charter.report.figures import rate_words, whole_percent
from charter.report.text import plain

Shape = Literal["circle", "square", "triangle", "diamond"]

_GRID = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a plot over the rounds."""

    label: str
    css: str
    shape: Shape
    rates: tuple[Rate | None, ...]
    """One a round, from round 0; None where there is none."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of the drawing in which proportions are plotted; y grows downwards."""

    left: float
    right: float
    top: float
    bottom: float

    def x(self, share: float) -> float:
        """Where ``share`` (0 to 1) of the width lies."""
        return self.left + share * (self.right - self.left)

    def y(self, share: float) -> float:
        """Where the proportion ``share`` lies, 0 at the bottom."""
        return self.bottom - share * (self.bottom - self.top)


_STRIP = Frame(12, 248, 12, 26)
_SLOPE = Frame(48, 104, 10, 84)
_CURVE = Frame(54, 318, 14, 208)


def strip(before: Rate | None, after: Rate | None, label: str) -> Markup:
    """Two dots with whiskers on one line from 0 to 100%: hollow before training, filled after."""
    parts = [_line(_STRIP.x(share), 4, _STRIP.x(share), 34, "grid") for share in _GRID]
    spoken = []
    for rate, css, y, when in ((before, "before", _STRIP.top, "before"), (after, "after", _STRIP.bottom, "after")):
        if rate is None:
            continue
        spoken.append(f"{when} training {rate_words(rate)}")
        parts.append(_line(_STRIP.x(rate.low), y, _STRIP.x(rate.high), y, f"whisker {css}" + _empty(rate)))
        if rate.rate is not None:
            parts.append(_mark("circle", _STRIP.x(rate.rate), y, css))
    return _svg(260, 38, f"{label}: {'; '.join(spoken) or 'no data'}", parts, "strip")


def strip_axis() -> Markup:
    """The scale above a column of strips."""
    shares = (0.0, 0.5, 1.0)
    parts = [_text(_STRIP.x(share), 12, whole_percent(share), "tick middle") for share in shares]
    return _svg(260, 16, "Scale from 0 to 100 percent", parts, "strip axis")


def slope(before: Rate | None, after: Rate | None, label: str) -> Markup:
    """One panel of the small multiples: the rate before training at the left, after it at the right."""
    frame = _SLOPE
    parts = [_line(30, frame.y(share), 122, frame.y(share), "grid") for share in (0.0, 0.5, 1.0)]
    ends = [(frame.left, before, "before", "end"), (frame.right, after, "after", "start")]
    spoken = [f"{css} training {rate_words(rate)}" for _, rate, css, _ in ends if rate is not None]
    if before and after and before.rate is not None and after.rate is not None:
        parts.append(_line(frame.left, frame.y(before.rate), frame.right, frame.y(after.rate), "link"))
    for x, rate, css, anchor in ends:
        if rate is None:
            continue
        parts.append(_line(x, frame.y(rate.low), x, frame.y(rate.high), f"whisker {css}" + _empty(rate)))
        if rate.rate is not None:
            y = frame.y(rate.rate)
            parts.append(_mark("circle", x, y, css))
            offset = -9 if anchor == "end" else 9
            parts.append(_text(x + offset, y + 4.5, whole_percent(rate.rate), f"value {anchor} {css}"))
    parts.append(_text(frame.left, 102, "before", "tick middle"))
    parts.append(_text(frame.right, 102, "after", "tick middle"))
    return _svg(152, 106, f"{label}: {'; '.join(spoken) or 'no data'}", parts, "slope")


def round_curve(rounds: Sequence[int], series: Sequence[Series]) -> Markup:
    """Proportions over the rounds of critique and revision, each with its interval and its name at its end."""
    frame, last = _CURVE, max(1, len(rounds) - 1)
    parts = list(_curve_axes(frame, rounds, last))
    labels: list[tuple[float, Series, Rate]] = []
    for place, line in enumerate(series):
        dodge = 5.0 * (place - (len(series) - 1) / 2)  # so that whiskers stand side by side
        points = [
            (frame.x(index / last) + dodge, rate)
            for index, rate in enumerate(line.rates)
            if rate is not None and rate.rate is not None
        ]
        parts.extend(_curve(frame, points, line))
        if points:
            end = points[-1][1]
            labels.append((frame.y(end.rate or 0.0), line, end))
    parts.extend(_end_labels(frame, labels))
    spoken = "; ".join(f"{line.label} {_spoken_rounds(rounds, line)}" for line in series)
    return _svg(420, 256, f"Behaviour after each round: {spoken or 'no data'}", parts, "curve")


def shares_bar(parts: Sequence[tuple[str, int]], label: str) -> Markup:
    """A bar of 100% cut in proportion to the counts; each part's class is its name."""
    total = sum(number for _, number in parts)
    drawn, x = [_rect(0.0, 1, 200, 12, "empty")], 0.0
    for name, number in parts:
        width = 200 * number / total if total else 0.0
        if width:
            drawn.append(_rect(x, 1, max(0.0, width - 0.8), 12, name))
        x += width
    spoken = ", ".join(f"{number} {name}" for name, number in parts)
    return _svg(200, 14, f"{label}: {spoken}", drawn, "shares")


def _curve_axes(frame: Frame, rounds: Sequence[int], last: int) -> Iterable[Markup]:
    for share in _GRID:
        yield _line(frame.left - 12, frame.y(share), frame.right + 12, frame.y(share), "grid")
        yield _text(frame.left - 17, frame.y(share) + 4.5, whole_percent(share), "tick end")
    for index, number in enumerate(rounds):
        yield _text(frame.x(index / last), frame.bottom + 19, str(number), "tick middle")
    middle = (frame.left + frame.right) / 2
    yield _text(middle, frame.bottom + 41, "rounds of critique and revision done", "axis-title middle")


def _curve(frame: Frame, points: Sequence[tuple[float, Rate]], line: Series) -> Iterable[Markup]:
    for (x1, a), (x2, b) in pairwise(points):
        yield _line(x1, frame.y(a.rate or 0.0), x2, frame.y(b.rate or 0.0), f"link {line.css}")
    for x, rate in points:
        yield _line(x, frame.y(rate.low), x, frame.y(rate.high), f"whisker {line.css}")
        yield _mark(line.shape, x, frame.y(rate.rate or 0.0), line.css)


def _end_labels(frame: Frame, labels: Sequence[tuple[float, Series, Rate]]) -> Iterable[Markup]:
    """The names at the lines' ends, each at its mark or as far above it as the names below need."""
    limit = frame.bottom
    for y, line, rate in sorted(labels, key=lambda entry: entry[0], reverse=True):
        height = min(y, limit)
        limit = height - 16.0
        words = f"{line.label} {whole_percent(rate.rate)}"
        yield _text(frame.right + 18, height + 4.5, words, f"value start {line.css}")


def _spoken_rounds(rounds: Sequence[int], line: Series) -> str:
    pairs = zip(rounds, line.rates, strict=True)
    return ", ".join(f"round {number} {rate_words(rate)}" for number, rate in pairs if rate is not None)


def _empty(rate: Rate) -> str:
    return " empty" if rate.n == 0 else ""


def _svg(width: float, height: float, label: str, parts: Iterable[Markup], css: str) -> Markup:
    return Markup('<svg class="plot {}" viewBox="0 0 {:g} {:g}" role="img" aria-label="{}">{}</svg>').format(
        css, width, height, plain(label), Markup("").join(parts)
    )


def _line(x1: float, y1: float, x2: float, y2: float, css: str) -> Markup:
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>').format(x1, y1, x2, y2, css)


def _rect(x: float, y: float, width: float, height: float, css: str) -> Markup:
    return Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="part {}"/>').format(
        x, y, width, height, css
    )


def _mark(shape: Shape, x: float, y: float, css: str) -> Markup:
    if shape == "square":
        return Markup('<rect x="{:.1f}" y="{:.1f}" width="7" height="7" class="mark {}"/>').format(
            x - 3.5, y - 3.5, css
        )
    if shape == "triangle":
        corners = f"{x:.1f},{y - 4.6:.1f} {x + 4.6:.1f},{y + 3.4:.1f} {x - 4.6:.1f},{y + 3.4:.1f}"
        return Markup('<polygon points="{}" class="mark {}"/>').format(corners, css)
    if shape == "diamond":
        corners = f"{x:.1f},{y - 5:.1f} {x + 5:.1f},{y:.1f} {x:.1f},{y + 5:.1f} {x - 5:.1f},{y:.1f}"
        return Markup('<polygon points="{}" class="mark {}"/>').format(corners, css)
    return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="4" class="mark {}"/>').format(x, y, css)


def _text(x: float, y: float, words: str, css: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" class="{}">{}</text>').format(x, y, css, plain(words))
