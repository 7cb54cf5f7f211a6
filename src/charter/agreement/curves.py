"""Learning curves of reward models, as ``benchmarks/label_curves.py`` writes them: what training makes of labels."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from charter.errors import ConfigError
from charter.results_agreement import LabelKind, LearningCurve, LearningPoint


class _Point(BaseModel):
    model_config = ConfigDict(extra="ignore")

    n: int = Field(ge=1)
    accuracy: float = Field(ge=0, le=1)
    low: float | None = Field(None, ge=0, le=1)
    high: float | None = Field(None, ge=0, le=1)


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore")

    curves: dict[LabelKind, list[_Point]]


def read_curves(path: Path) -> tuple[LearningCurve, ...]:
    """The curves of ``{"curves": {"ai": [{"n": 64, "accuracy": 0.71, "low": 0.66, "high": 0.76}, ...], ...}}``.

    Raises:
        ConfigError: no such file, not JSON, of another form, or without a point.
    """
    try:
        found = _File.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}; check the path") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(
            f"{path}: no learning curves: key '{'.'.join(map(str, first['loc']))}': {first['msg']}; write "
            '{"curves": {"ai": [{"n": 64, "accuracy": 0.7}, ...], "human": [...]}}'
        ) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: not JSON: {error}; name the file that benchmarks/label_curves.py wrote") from error
    curves = tuple(
        LearningCurve(
            feedback=kind,
            points=tuple(
                LearningPoint(n=point.n, accuracy=point.accuracy, low=point.low, high=point.high)
                for point in sorted(points, key=lambda point: point.n)
            ),
        )
        for kind, points in found.curves.items()
        if points
    )
    if not curves:
        raise ConfigError(
            f"{path}: the learning curves have no points; name the file that benchmarks/label_curves.py wrote"
        )
    return curves


def worth_by_curve(curves: Sequence[LearningCurve]) -> float | None:
    """Human labels that make as good a reward model as one AI label, at the most AI labels whose accuracy the human
    curve reaches; None where the curves have no such point.

    Between points, the human curve is taken to be straight in the logarithm of the number of labels.
    """
    by_kind = {curve.feedback: curve.points for curve in curves}
    ai, people = by_kind.get("ai"), by_kind.get("human") or by_kind.get("simulated")
    if not ai or not people:
        return None
    n, accuracy = np.array([point.n for point in people]), np.maximum.accumulate([point.accuracy for point in people])
    for point in reversed(ai):
        if accuracy[0] < point.accuracy <= accuracy[-1]:
            return float(np.exp(np.interp(point.accuracy, accuracy, np.log(n)))) / point.n
    return None
