"""Whether a reward model means what it says: predicted probability against the labels, bin by bin."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from charter.page_drawing import Frame, line, mark, svg, text
from charter.report.figures import probability
from charter.results_feedback import Bin

_FRAME = Frame(48, 308, 32, 292)
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_SMALLEST, _LARGEST = 0.8, 2.6
"""Sizes of the marks of one pair and of the fullest bin: their areas are in proportion to the pairs."""


def reliability_plot(bins: Sequence[Bin], name: str) -> Markup:
    """One mark a bin that holds pairs, on the diagonal where prediction and labels agree."""
    frame = _FRAME
    parts = []
    for tick in _TICKS:
        parts += [
            line(frame.x(tick), frame.top, frame.x(tick), frame.bottom, "grid"),
            line(frame.left, frame.y(tick), frame.right, frame.y(tick), "grid"),
            text(frame.x(tick), frame.bottom + 17, probability(tick), "tick middle"),
            text(frame.left - 7, frame.y(tick) + 4.5, probability(tick), "tick end"),
        ]
    parts.append(line(frame.left, frame.bottom, frame.right, frame.top, "reference"))
    parts.append(text(frame.right, frame.bottom + 40, "predicted \N{RIGHTWARDS ARROW}", "axis-title end"))
    parts.append(text(4, 14, "\N{UPWARDS ARROW} labelled", "axis-title start"))
    spoken, fullest = [], max((each.n for each in bins), default=1) or 1
    for each in bins:
        if each.n and each.predicted is not None and each.observed is not None:
            x, y = frame.x(each.predicted), frame.y(each.observed)
            parts.append(line(x, frame.y(each.predicted), x, y, "miss"))
            parts.append(mark("circle", x, y, "trace", max(_SMALLEST, _LARGEST * math.sqrt(each.n / fullest))))
            spoken.append(f"predicted {each.predicted:.2f}, labelled {each.observed:.2f} ({each.n} pairs)")
    return svg(320, 338, f"Reliability of {name}: {'; '.join(spoken) or 'no data'}", parts, "reliability")
