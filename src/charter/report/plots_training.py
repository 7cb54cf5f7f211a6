"""How the training of a policy went: one panel a measure, one above the other, over the same steps."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from markupsafe import Markup

from charter.page_drawing import Frame, Scale, line, mark, polyline, scale_of, svg, text
from charter.report.figures import number, whole_percent
from charter.results_feedback import PolicyPoint, PolicyResults
from charter.stats import rate

SMOOTHED = 40
"""Points from which on a curve is drawn as a moving mean, with the points themselves faint behind it."""
_MOST_POINTS = 300
_LEFT, _RIGHT, _WIDTH = 52, 352, 420
_HEIGHT, _PITCH, _TOP = 62, 100, 22


@dataclass(frozen=True, slots=True)
class _Panel:
    """One measure of a policy's training."""

    field: str
    title: str
    axis: Literal["free", "from zero", "share"]
    decimals: int = 2

    def values(self, points: Sequence[PolicyPoint]) -> list[tuple[int, float]]:
        """Step and value, where there is one."""
        found = [(point.step, getattr(point, self.field)) for point in points]
        return [(step, value) for step, value in found if value is not None and math.isfinite(value)]

    def scale(self, values: Sequence[float]) -> Scale:
        """The axis that holds them."""
        if self.axis == "share":
            return Scale(0.0, 1.0, (0.0, 0.5, 1.0))
        low = 0.0 if self.axis == "from zero" and min(values) >= 0 else min(values)
        return scale_of(low, max(values), ticks=3, whole=True)

    def words(self, value: float) -> str:
        """A value as it is written."""
        return whole_percent(value) if self.axis == "share" else number(value, self.decimals)


_PANELS = (
    _Panel("loss", "loss, nats a pair", "from zero", 3),
    _Panel("accuracy", "pairs whose better response the policy favours", "share"),
    _Panel("reward", "reward, mean a completion", "free"),
    _Panel("judge", "held-out judge: probes answered well", "share"),
    _Panel("kl", "KL from the reference, nats a completion", "from zero"),
    _Panel("length", "length, tokens a completion", "from zero", 0),
    _Panel("entropy", "entropy of the next token, nats", "from zero"),
)


def training_curves(policy: PolicyResults, name: str) -> Markup:
    """The panels that the policy has numbers for; empty where it has none."""
    shown = [panel for panel in _PANELS if panel.field != "loss" or policy.algorithm == "dpo"]
    panels = [(panel, values) for panel in shown if (values := panel.values(policy.points))]
    if not panels:
        return Markup("")
    steps = scale_of(0, max(policy.steps, *(values[-1][0] for _, values in panels)), ticks=5)
    sizes = {point.step: point.judge_n for point in policy.points}
    parts: list[Markup] = []
    for place, (panel, values) in enumerate(panels):
        frame = Frame(_LEFT, _RIGHT, _TOP + place * _PITCH, _TOP + place * _PITCH + _HEIGHT)
        parts += _drawn(panel, values, frame, steps, sizes if panel.field == "judge" else {})
    bottom = _TOP + (len(panels) - 1) * _PITCH + _HEIGHT
    if policy.stopped:
        x = _LEFT + steps.share(policy.steps) * (_RIGHT - _LEFT)
        parts += [line(x, _TOP, x, bottom, "reference"), text(x, bottom + 34, "kept", "tick middle")]
    for tick in steps.ticks:
        parts.append(text(_LEFT + steps.share(tick) * (_RIGHT - _LEFT), bottom + 18, steps.label(tick), "tick middle"))
    parts.append(text(_RIGHT + 8, bottom + 18, "step", "axis-title start"))
    spoken = "; ".join(
        f"{panel.title} from {panel.words(values[0][1])} to {panel.words(values[-1][1])}" for panel, values in panels
    )
    return svg(_WIDTH, bottom + 40, f"Training of {name}: {spoken}", parts, "training")


def _drawn(
    panel: _Panel, values: Sequence[tuple[int, float]], frame: Frame, steps: Scale, sizes: dict[int, int | None]
) -> Iterator[Markup]:
    scale = panel.scale([value for _, value in values])
    yield text(frame.left, frame.top - 9, panel.title, "axis-title start")
    for tick in scale.ticks:
        y = frame.y(scale.share(tick))
        yield line(frame.left, y, frame.right, y, "grid")
        yield text(
            frame.left - 7, y + 4.5, panel.words(tick) if panel.axis == "share" else scale.label(tick), "tick end"
        )

    def spots(pairs: Sequence[tuple[int, float]]) -> list[tuple[float, float]]:
        return [(frame.x(steps.share(step)), frame.y(scale.share(value))) for step, value in thinned(pairs)]

    main = values
    if len(values) >= SMOOTHED:
        yield polyline(spots(values), "raw")
        main = list(zip((step for step, _ in values), moving_mean([value for _, value in values]), strict=True))
    if len(main) > 1:
        yield polyline(spots(main), "trace")
    if len(main) <= 30:
        for (step, value), (x, y) in zip(main, spots(main), strict=True):
            if n := sizes.get(step):
                interval = rate(round(value * n), n)
                yield line(x, frame.y(interval.low), x, frame.y(interval.high), "whisker trace")
            yield mark("circle", x, y, "trace", 0.7)
    x, y = spots(main)[-1]
    yield text(min(x, frame.right) + 9, y + 4.5, panel.words(main[-1][1]), "value start")


def moving_mean(values: Sequence[float]) -> list[float]:
    """The mean of each value and its neighbours within a twentieth of the curve; fewer at its ends."""
    reach = max(1, len(values) // 40)
    sums = [0.0, *accumulate(values)]
    bounds = [(max(0, place - reach), min(len(values), place + reach + 1)) for place in range(len(values))]
    return [(sums[end] - sums[start]) / (end - start) for start, end in bounds]


def thinned(points: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """At most about ``_MOST_POINTS`` of the points, evenly, the last one among them: more cannot be told apart."""
    every = max(1, math.ceil(len(points) / _MOST_POINTS))
    return [point for place, point in enumerate(points) if place % every == 0 or place == len(points) - 1]
