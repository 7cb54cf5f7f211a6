"""Where the names of points in a plot stand: near their points, and on nothing that is drawn or written there."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from charter.page_drawing import Frame

Segment = tuple[float, float, float, float]
"""A drawn line: x1, y1, x2, y2."""

Point = tuple[float, float, str]
"""x, y and name."""

LETTER = 7.0
"""Width of a letter at the size that points are named in, on average and with some air."""
HEIGHT = 17.0
_DIRECTIONS = tuple(math.tau * turn / 16 for turn in range(16))
_DISTANCES = (11.0, 17.0, 25.0, 36.0, 50.0)
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Label:
    """A name in its place."""

    words: str
    x: float
    """Of its left edge."""
    y: float
    """Of its middle."""
    distance: float
    """From its point."""

    @property
    def width(self) -> float:
        """About how wide it is drawn."""
        return LETTER * len(self.words)

    @property
    def box(self) -> Frame:
        """The place that it takes, with some room at its sides."""
        return Frame(self.x - 3, self.x + self.width + 3, self.y - HEIGHT / 2, self.y + HEIGHT / 2)


def place_labels(points: Sequence[Point], drawn: Sequence[Segment], within: Frame) -> tuple[Label, ...]:
    """One label a point, in their order.

    Each is put where it costs least beside the others as they stand, a few times over: on another label, a point or a
    line it is unreadable, beyond the frame it is cut, and far from its point it is somebody else's.
    """
    scene = _Scene(points, drawn, within)
    choices = [_choices(point) for point in points]
    placed = [each[0] for each in choices]
    for _ in range(_ROUNDS):
        for place, options in enumerate(choices):
            others = [label.box for other, label in enumerate(placed) if other != place]
            costs = [scene.cost(label, place, others) for label in options]
            placed[place] = options[costs.index(min(costs))]
    return tuple(placed)


@dataclass(frozen=True, slots=True)
class _Scene:
    """What is in the plot beside the labels."""

    points: Sequence[Point]
    drawn: Sequence[Segment]
    within: Frame

    def cost(self, label: Label, place: int, others: Sequence[Frame]) -> float:
        """What it costs to put the label of the point at ``place`` so; ``others`` are the other labels' boxes."""
        box, within = label.box, self.within
        cost = label.distance + self._doubt(box, place)
        cost += 40.0 * sum(_overlap(box, other) for other in others)
        cost += 40.0 * sum(_overlap(box, Frame(x - 6, x + 6, y - 6, y + 6)) for x, y, _ in self.points)
        cost += 10.0 * sum(_crossed(box, segment) for segment in self.drawn)
        beyond = (within.left - box.left, box.right - within.right, within.top - box.top, box.bottom - within.bottom)
        return cost + 200.0 * sum(max(0.0, each) for each in beyond)

    def _doubt(self, box: Frame, place: int) -> float:
        """How far other points are nearer to the box than its own."""
        away = [
            math.hypot(max(box.left - x, 0, x - box.right), max(box.top - y, 0, y - box.bottom))
            for x, y, _ in self.points
        ]
        return 3.0 * sum(max(0.0, away[place] + 4 - other) for index, other in enumerate(away) if index != place)


def _choices(point: Point) -> list[Label]:
    x, y, words = point
    found = []
    for distance in _DISTANCES:
        for angle in _DIRECTIONS:
            across, up = math.cos(angle), -math.sin(angle)
            middle = x + distance * across + LETTER * len(words) / 2 * _side(across)
            found.append(Label(words, middle - LETTER * len(words) / 2, y + distance * up, distance))
    return found


def _side(across: float) -> float:
    """How far a label is shifted: fully where it stands beside its point, not at all where above or below."""
    return max(-1.0, min(1.0, 1.6 * across))


def _overlap(one: Frame, other: Frame) -> float:
    wide = min(one.right, other.right) - max(one.left, other.left)
    high = min(one.bottom, other.bottom) - max(one.top, other.top)
    return wide * high if wide > 0 and high > 0 else 0.0


def _crossed(box: Frame, segment: Segment) -> float:
    """About how much of the segment runs through the box."""
    x1, y1, x2, y2 = segment
    length = math.hypot(x2 - x1, y2 - y1)
    steps = max(1, round(length / 2))
    spots = [(x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps) for step in range(steps + 1)]
    inside = [box.left <= x <= box.right and box.top <= y <= box.bottom for x, y in spots]
    return length / steps * sum(one or other for one, other in pairwise(inside))
