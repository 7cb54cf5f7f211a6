"""What the pages' plots are drawn with: inline SVG without script or style attributes, which their policy forbids.

Colours come from a page's style sheet through classes, so that a plot follows the dark scheme and the printer. Each
``viewBox`` is about as wide as a telephone, so that text keeps its size there and grows on a larger screen.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from charter.page_text import plain

Shape = Literal["circle", "square", "triangle", "diamond", "wedge"]

_CORNERS: dict[Shape, tuple[tuple[float, float], ...]] = {
    "square": ((-3.5, -3.5), (3.5, -3.5), (3.5, 3.5), (-3.5, 3.5)),
    "triangle": ((0, -4.6), (4.6, 3.4), (-4.6, 3.4)),
    "diamond": ((0, -5), (5, 0), (0, 5), (-5, 0)),
    "wedge": ((-4.6, -3.4), (4.6, -3.4), (0, 4.6)),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of the drawing in which shares of its sides are plotted; y grows downwards."""

    left: float
    right: float
    top: float
    bottom: float

    def x(self, share: float) -> float:
        """Where ``share`` (0 to 1) of the width lies."""
        return self.left + share * (self.right - self.left)

    def y(self, share: float) -> float:
        """Where ``share`` of the height lies, 0 at the bottom."""
        return self.bottom - share * (self.bottom - self.top)


@dataclass(frozen=True, slots=True)
class Scale:
    """The values along an axis."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def share(self, value: float) -> float:
        """How far along the axis ``value`` lies, 0 to 1; what lies beyond an end is drawn at it."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    def label(self, tick: float) -> str:
        """The tick with as many decimals as tell it from its neighbours."""
        step = self.ticks[1] - self.ticks[0] if len(self.ticks) > 1 else 1.0
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        text = f"{abs(tick):,.{decimals}f}"
        return f"\N{MINUS SIGN}{text}" if tick < 0 and float(text.replace(",", "")) else text


def scale_of(low: float, high: float, ticks: int = 4, whole: bool = False) -> Scale:
    """A scale from ``low`` to ``high`` with about as many ticks, at round values.

    ``whole`` widens it to the ticks around both ends.
    """
    if high <= low:
        low, high = low - (abs(low) or 1.0) / 2, high + (abs(high) or 1.0) / 2
    step = _round_step((high - low) / ticks)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    if whole:
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        low, high = first * step, last * step
    return Scale(low, high, tuple(place * step for place in range(first, last + 1)))


def _round_step(width: float) -> float:
    """1, 2 or 5 times a power of ten, not below ``width``."""
    power = 10.0 ** math.floor(math.log10(width))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= width * (1 - 1e-9))


def svg(width: float, height: float, label: str, parts: Iterable[Markup], css: str) -> Markup:
    """The drawing; ``label`` says in words what it shows."""
    return Markup('<svg class="plot {}" viewBox="0 0 {:g} {:g}" role="img" aria-label="{}">{}</svg>').format(
        css, width, height, plain(label), Markup("").join(parts)
    )


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> Markup:
    """A straight line."""
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>').format(x1, y1, x2, y2, css)


def polyline(points: Sequence[tuple[float, float]], css: str) -> Markup:
    """A line through the points."""
    return Markup('<polyline points="{}" class="{}"/>').format(_joined(points), css)


def polygon(points: Sequence[tuple[float, float]], css: str) -> Markup:
    """An area with those corners."""
    return Markup('<polygon points="{}" class="{}"/>').format(_joined(points), css)


def rect(x: float, y: float, width: float, height: float, css: str) -> Markup:
    """A part of a bar."""
    return Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="part {}"/>').format(
        x, y, width, height, css
    )


def mark(shape: Shape, x: float, y: float, css: str, size: float = 1.0) -> Markup:
    """A data point."""
    if shape == "circle":
        return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{:g}" class="mark {}"/>').format(x, y, 4 * size, css)
    return polygon([(x + size * dx, y + size * dy) for dx, dy in _CORNERS[shape]], f"mark {css}")


def text(x: float, y: float, words: str, css: str) -> Markup:
    """A line of text whose baseline is at ``y``."""
    return Markup('<text x="{:.1f}" y="{:.1f}" class="{}">{}</text>').format(x, y, css, plain(words))


def _joined(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
