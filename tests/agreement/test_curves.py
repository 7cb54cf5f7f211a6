"""Learning curves: read strictly, and read off."""

import json
from pathlib import Path
from typing import Any

import pytest

from charter.agreement.curves import read_curves, worth_by_curve
from charter.errors import ConfigError
from charter.results_agreement import LearningCurve, LearningPoint

Points = dict[int, float]


def written(path: Path, value: Any) -> Path:
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def curve(feedback: str, points: Points) -> LearningCurve:
    made = tuple(LearningPoint(n=n, accuracy=accuracy) for n, accuracy in points.items())
    return LearningCurve(feedback=feedback, points=made)  # type: ignore[arg-type]


def test_a_file_is_read_in_order(tmp_path: Path) -> None:
    points = [{"n": 200, "accuracy": 0.8, "low": 0.7, "high": 0.9, "seed": 1}, {"n": 100, "accuracy": 0.7}]
    (found,) = read_curves(written(tmp_path / "c.json", {"curves": {"ai": points, "human": []}, "made": "today"}))
    assert (found.feedback, [point.n for point in found.points]) == ("ai", [100, 200])
    assert (found.points[1].low, found.points[0].low) == (0.7, None)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not JSON: "),
        ("[]", "no learning curves: "),
        ({"curves": {"robots": []}}, "no learning curves: key 'curves.robots"),
        ({"curves": {"ai": [{"n": 0, "accuracy": 0.5}]}}, "key 'curves.ai.0.n'"),
        ({"curves": {"ai": [{"n": 5, "accuracy": 1.5}]}}, "key 'curves.ai.0.accuracy'"),
        ({"curves": {"ai": []}}, "the learning curves have no points"),
        ("[" * 100_000, "not JSON: "),
    ],
)
def test_what_is_no_curve_is_one_line(tmp_path: Path, content: Any, said: str) -> None:
    path = written(tmp_path / "c.json", content)
    with pytest.raises(ConfigError) as caught:
        read_curves(path)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.json: cannot be read: No such file or directory; check the path$"):
        read_curves(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("ai", "human", "worth"),
    [
        ({100: 0.7}, {100: 0.6, 400: 0.7}, 4.0),
        ({100: 0.65}, {100: 0.6, 400: 0.7}, 2.0),  # half the way, on a logarithmic scale
        ({50: 0.65, 100: 0.9}, {100: 0.6, 400: 0.7}, 4.0),  # the last point is beyond what people reached
        ({100: 0.7}, {100: 0.6, 200: 0.5, 400: 0.7}, 4.0),  # a dent is noise
        ({100: 0.9}, {100: 0.6, 400: 0.7}, None),
        ({100: 0.5}, {100: 0.6, 400: 0.7}, None),
    ],
)
def test_the_worth_by_training(ai: Points, human: Points, worth: float | None) -> None:
    found = worth_by_curve([curve("ai", ai), curve("simulated", human)])
    assert found == (None if worth is None else pytest.approx(worth))


def test_one_curve_alone_says_nothing() -> None:
    assert worth_by_curve([curve("ai", {100: 0.7})]) is None
    assert worth_by_curve([]) is None
