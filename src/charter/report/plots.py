"""The page's plots of proportions.

They are always drawn on the whole scale from 0 to 100%: a truncated axis makes small changes look large.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from charter.page_drawing import Frame, Shape, line, mark, rect, svg, text
from charter.records import Rate
from charter.report.checkpoints import Look, look_of, on_the_way
from charter.report.figures import rate_words, whole_percent

_GRID = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a plot over the rounds."""

    label: str
    css: str
    shape: Shape
    rates: tuple[Rate | None, ...]
    """One a round, from round 0; None where there is none."""


_STRIP = Frame(12, 248, 4, 22)
_PANEL = Frame(48, 124, 12, 88)
_CURVE = Frame(54, 318, 14, 208)


def key(look: Look) -> Markup:
    """A checkpoint's mark alone, to stand before its name."""
    return Markup('<svg class="key" viewBox="0 0 14 14" aria-hidden="true">{}</svg>').format(
        mark(look.shape, 7, 7, look.css, 1.15)
    )


def strip(rate: Rate | None, look: Look, label: str, reference: float | None = None) -> Markup:
    """A mark with its interval on one line from 0 to 100%; ``reference`` is what it is to be compared with."""
    middle = (_STRIP.top + _STRIP.bottom) / 2
    parts = [line(_STRIP.x(share), 0, _STRIP.x(share), 26, "grid") for share in _GRID]
    if reference is not None:
        parts.append(line(_STRIP.x(reference), 0, _STRIP.x(reference), 26, "reference"))
    if rate is not None:
        whisker = f"whisker {look.css}" + _empty(rate)
        parts.append(line(_STRIP.x(rate.low), middle, _STRIP.x(rate.high), middle, whisker))
        if rate.rate is not None:
            parts.append(mark(look.shape, _STRIP.x(rate.rate), middle, look.css))
    return svg(260, 26, f"{label}: {rate_words(rate) if rate else 'no data'}", parts, "strip")


def strip_axis() -> Markup:
    """The scale above a column of strips."""
    shares = (0.0, 0.5, 1.0)
    parts = [text(_STRIP.x(share), 12, whole_percent(share), "tick middle") for share in shares]
    return svg(260, 16, "Scale from 0 to 100 percent", parts, "strip axis")


def panel(rates: Mapping[str, Rate | None], label: str) -> Markup:
    """One of the small multiples: a mark a checkpoint from left to right; a line joins those on the way to the last
    policy. The first and the last have their numbers beside them."""
    frame = _PANEL
    parts = [line(frame.left - 18, frame.y(share), frame.right + 18, frame.y(share), "grid") for share in (0, 0.5, 1)]
    names = list(rates)
    places = {name: frame.x(place / max(1, len(names) - 1)) for place, name in enumerate(names)}
    known = {name: rate for name, rate in rates.items() if rate is not None}
    way = [
        (places[name], frame.y(rate.rate)) for name, rate in known.items() if on_the_way(name) and rate.rate is not None
    ]
    parts += [line(*one, *other, "link") for one, other in pairwise(way)]
    for name, rate in known.items():
        parts += _point(frame, places[name], rate, look_of(name))
    for name, anchor, offset in ((names[0], "end", -9), (names[-1], "start", 9)) if names else ():
        parts += _end_of_panel(frame, places[name] + offset, known.get(name), look_of(name), anchor)
        parts.append(text(places[name], frame.bottom + 18, look_of(name).title, "tick middle"))
    spoken = "; ".join(f"{look_of(name).title} {rate_words(rate)}" for name, rate in known.items())
    return svg(172, 110, f"{label}: {spoken or 'no data'}", parts, "panel")


def round_curve(rounds: Sequence[int], series: Sequence[Series]) -> Markup:
    """Proportions over the rounds of critique and revision, each with its interval and its name at its end."""
    frame, last = _CURVE, max(1, len(rounds) - 1)
    parts = list(_curve_axes(frame, rounds, last))
    labels: list[tuple[float, Series, Rate]] = []
    for place, one in enumerate(series):
        dodge = 5.0 * (place - (len(series) - 1) / 2)  # so that whiskers stand side by side
        points = [
            (frame.x(index / last) + dodge, rate)
            for index, rate in enumerate(one.rates)
            if rate is not None and rate.rate is not None
        ]
        parts.extend(_curve(frame, points, one))
        if points:
            end = points[-1][1]
            labels.append((frame.y(end.rate or 0.0), one, end))
    parts.extend(_end_labels(frame, labels))
    spoken = "; ".join(f"{one.label} {_spoken_rounds(rounds, one)}" for one in series)
    return svg(420, 256, f"Behaviour after each round: {spoken or 'no data'}", parts, "curve")


def shares_bar(parts: Sequence[tuple[str, int]], label: str) -> Markup:
    """A bar of 100% cut in proportion to the counts; each part's class is its name."""
    total = sum(number for _, number in parts)
    drawn, x = [rect(0.0, 1, 200, 12, "empty")], 0.0
    for name, number in parts:
        width = 200 * number / total if total else 0.0
        if width:
            drawn.append(rect(x, 1, max(0.0, width - 0.8), 12, name))
        x += width
    spoken = ", ".join(f"{number} {name}" for name, number in parts)
    return svg(200, 14, f"{label}: {spoken}", drawn, "shares")


def _point(frame: Frame, x: float, rate: Rate, look: Look) -> Iterable[Markup]:
    yield line(x, frame.y(rate.low), x, frame.y(rate.high), f"whisker {look.css}" + _empty(rate))
    if rate.rate is not None:
        yield mark(look.shape, x, frame.y(rate.rate), look.css)


def _end_of_panel(frame: Frame, x: float, rate: Rate | None, look: Look, anchor: str) -> Iterable[Markup]:
    if rate is not None and rate.rate is not None:
        yield text(x, frame.y(rate.rate) + 4.5, whole_percent(rate.rate), f"value {anchor} {look.css}")


def _curve_axes(frame: Frame, rounds: Sequence[int], last: int) -> Iterable[Markup]:
    for share in _GRID:
        yield line(frame.left - 12, frame.y(share), frame.right + 12, frame.y(share), "grid")
        yield text(frame.left - 17, frame.y(share) + 4.5, whole_percent(share), "tick end")
    for index, number in enumerate(rounds):
        yield text(frame.x(index / last), frame.bottom + 19, str(number), "tick middle")
    middle = (frame.left + frame.right) / 2
    yield text(middle, frame.bottom + 41, "rounds of critique and revision done", "axis-title middle")


def _curve(frame: Frame, points: Sequence[tuple[float, Rate]], of: Series) -> Iterable[Markup]:
    for (x1, a), (x2, b) in pairwise(points):
        yield line(x1, frame.y(a.rate or 0.0), x2, frame.y(b.rate or 0.0), f"link {of.css}")
    for x, rate in points:
        yield line(x, frame.y(rate.low), x, frame.y(rate.high), f"whisker {of.css}")
        yield mark(of.shape, x, frame.y(rate.rate or 0.0), of.css)


def _end_labels(frame: Frame, labels: Sequence[tuple[float, Series, Rate]]) -> Iterable[Markup]:
    """The names at the lines' ends, each at its mark or as far above it as the names below need."""
    limit = frame.bottom
    for y, of, rate in sorted(labels, key=lambda entry: entry[0], reverse=True):
        height = min(y, limit)
        limit = height - 16.0
        words = f"{of.label} {whole_percent(rate.rate)}"
        yield text(frame.right + 18, height + 4.5, words, f"value start {of.css}")


def _spoken_rounds(rounds: Sequence[int], of: Series) -> str:
    pairs = zip(rounds, of.rates, strict=True)
    return ", ".join(f"round {number} {rate_words(rate)}" for number, rate in pairs if rate is not None)


def _empty(rate: Rate) -> str:
    return " empty" if rate.n == 0 else ""
