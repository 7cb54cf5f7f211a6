"""How many human labels one AI label is worth: by votes on a pair, and by the reward models trained on them."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from charter.page_drawing import Frame, Scale, Shape, line, mark, polygon, polyline, text
from charter.report.figures import whole_percent
from charter.results_agreement import KIND_NAMES, LabelKind, LearningCurve, VotePoint, Worth

WIDTH = 420
_FRAME = Frame(48, 396, 40, 240)
_HEIGHT = 290
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
_SHAPES: dict[LabelKind, Shape] = {"ai": "diamond", "human": "circle", "simulated": "square", "oracle": "triangle"}
_MIN_VOTES = 9
_TICKS = 7
_FINE = 6
"""Pieces of the curve between two votes."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A plot that is not yet an SVG of its own."""

    height: float
    label: str
    """What it shows, in words."""
    parts: tuple[Markup, ...]


def vote_drawing(worth: Worth) -> Drawing:
    """The majority of k people against k, and one AI label beside it: where they meet is what it is worth."""
    kind = worth.people.feedback
    name = KIND_NAMES[kind]
    shown = [point for point in worth.curve if point.votes <= _votes_shown(worth)]
    axis = _vote_axis(shown[-1].votes)
    parts = [*_axes(_FRAME, axis, f"{name} labels of a pair, their majority"), *_people(shown, axis, kind)]
    parts += _read_off(worth, axis)
    spoken = ", ".join(f"{point.votes} labels {whole_percent(point.accuracy)}" for point in shown)
    label = f"One AI label is right {whole_percent(worth.ai_vote.accuracy)}; the majority of {name} labels: {spoken}"
    return Drawing(_HEIGHT, label, tuple(parts))


def learning_drawing(curves: Sequence[LearningCurve]) -> Drawing:
    """Held-out accuracy of reward models against the labels that they were trained on, on a logarithmic scale."""
    every = [point.n for curve in curves for point in curve.points]
    axis = _log_axis(min(every), max(every))
    parts = list(
        _axes(_FRAME, axis, "labels that a reward model was trained on", words=lambda tick: f"{10**tick:,.0f}")
    )
    spoken = []
    for curve in curves:
        spots = [(_FRAME.x(axis.share(math.log10(point.n))), _FRAME.y(point.accuracy), point) for point in curve.points]
        parts.append(polyline([(x, y) for x, y, _ in spots], f"by-label {curve.feedback}"))
        for x, y, point in spots:
            if point.low is not None and point.high is not None:
                parts.append(line(x, _FRAME.y(point.low), x, _FRAME.y(point.high), f"whisker {curve.feedback}"))
            parts.append(mark(_SHAPES[curve.feedback], x, y, curve.feedback, 0.8))
        said = ", ".join(f"{point.n}: {whole_percent(point.accuracy)}" for point in curve.points)
        spoken.append(f"{KIND_NAMES[curve.feedback]} {said}")
    parts += _legend([curve.feedback for curve in curves])
    return Drawing(_HEIGHT, f"Accuracy of reward models by number of labels: {'; '.join(spoken)}", tuple(parts))


def _votes_shown(worth: Worth) -> int:
    wanted = worth.votes.value or 0.0
    enough = [point.votes for point in worth.curve if point.votes >= max(_MIN_VOTES, wanted + 2)]
    return enough[0] if enough else worth.curve[-1].votes


def _vote_axis(last: int) -> Scale:
    step = 2 * math.ceil((last - 1) / 2 / _TICKS)
    return Scale(0, last, tuple(float(tick) for tick in range(1, last + 1, step)))


def _log_axis(low: int, high: int) -> Scale:
    """From the first number to the last, in powers of ten; ticks at 1, 2 and 5 times such powers."""
    ticks = [
        math.log10(factor * 10**power)
        for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        for factor in (1, 2, 5)
        if low <= factor * 10**power <= high
    ]
    bottom, top = math.log10(low), math.log10(high)
    return Scale(bottom, top, tuple(ticks)) if top > bottom else Scale(bottom - 0.5, bottom + 0.5, (bottom,))


def _axes(frame: Frame, axis: Scale, title: str, words: Callable[[float], str] = "{:.0f}".format) -> Iterator[Markup]:
    for share in _SHARES:
        yield line(frame.left, frame.y(share), frame.right, frame.y(share), "grid")
        yield text(frame.left - 7, frame.y(share) + 4.5, whole_percent(share), "tick end")
    for tick in axis.ticks:
        yield text(frame.x(axis.share(tick)), frame.bottom + 17, words(tick), "tick middle")
    yield text((frame.left + frame.right) / 2, frame.bottom + 40, title, "axis-title middle")
    yield text(4, frame.top - 26, "\N{UPWARDS ARROW} how often right", "axis-title start")


def _people(points: Sequence[VotePoint], axis: Scale, kind: LabelKind) -> Iterator[Markup]:
    def spots(values: Sequence[float]) -> list[tuple[float, float]]:
        ends = [(0.0, 0.5), *((float(point.votes), value) for point, value in zip(points, values, strict=True))]
        return [(_FRAME.x(axis.share(votes)), _FRAME.y(value)) for votes, value in _fine(ends)]

    upper, lower = (spots([getattr(point, bound) for point in points]) for bound in ("high", "low"))
    yield polygon([*upper, *reversed(lower)], f"band {kind}")
    yield polyline(spots([point.accuracy for point in points]), f"by-label {kind}")
    for point in points:
        yield mark(_SHAPES[kind], _FRAME.x(axis.share(point.votes)), _FRAME.y(point.accuracy), kind, 0.7)
    yield from _legend(["ai", kind])


def _fine(ends: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """More points of the curve, between which it is read off as it is drawn: (2 accuracy - 1)^2 grows evenly."""
    found = [ends[0]]
    for (x1, a), (x2, b) in pairwise(ends):
        low, high = max(0.0, 2 * a - 1) ** 2, max(0.0, 2 * b - 1) ** 2
        for step in range(1, _FINE):
            share = (step / _FINE) ** 2  # closer together where it is steep
            found.append((x1 + share * (x2 - x1), 0.5 + math.sqrt(low + share * (high - low)) / 2))
        found.append((x2, b))
    return found


def _read_off(worth: Worth, axis: Scale) -> Iterator[Markup]:
    """The AI's line across to the curve, and down to the number of votes."""
    one, y, begin = worth.ai_vote, _FRAME.y(worth.ai_vote.accuracy), _FRAME.x(axis.share(1))
    votes = worth.votes.value
    beyond = votes is None or votes >= worth.votes_max
    end = _FRAME.right if beyond or votes is None else _FRAME.x(axis.share(votes))
    yield line(min(begin, end), y, max(begin, end), y, "reads ai")
    if not beyond and votes is not None:
        yield line(end, y, end, _FRAME.bottom, "reads ai")
        room = end < (_FRAME.left + _FRAME.right) / 2
        place, anchor = (end + 8, "start") if room else (end - 8, "end")
        yield text(place, _FRAME.bottom - 10, f"1 AI label = {votes:.1f} votes", f"value {anchor}")
    elif votes is not None:
        yield text(_FRAME.right, y + 18, f"1 AI label: more than {worth.votes_max}", "value end")
    yield line(begin, _FRAME.y(one.low), begin, _FRAME.y(one.high), "whisker ai")
    yield mark(_SHAPES["ai"], begin, y, "ai")


def _legend(kinds: Sequence[LabelKind]) -> Iterator[Markup]:
    x = _FRAME.left + 116.0
    for kind in kinds:
        yield mark(_SHAPES[kind], x, _FRAME.top - 30, kind)
        yield text(x + 10, _FRAME.top - 25.5, KIND_NAMES[kind], "tick start")
        x += 28 + 7 * len(KIND_NAMES[kind])
