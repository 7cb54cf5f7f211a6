"""The plots of checkpoints, reward models and training: what they show, and that names stay readable."""

import itertools
import math
import random
import re
import xml.etree.ElementTree as ET

import pytest

from charter.page_drawing import Frame, Scale, scale_of
from charter.report.plots_frontier import frontier_file, frontier_plot
from charter.report.plots_labels import place_labels
from charter.report.plots_reliability import reliability_plot
from charter.report.plots_training import moving_mean, thinned, training_curves
from charter.results_feedback import Bin, PolicyPoint, PolicyResults
from charter.results_snapshots import EloScore, SnapshotResults

NAMES = ("base", "sl-cai", "best-of-n", "dpo", "rl-cai", "rlhf")
FRAME = Frame(48, 448, 32, 356)


def elo(name: str, value: float, half: float = 30.0) -> EloScore:
    return EloScore(name=name, elo=value, low=value - half, high=value + half, games=10, wins=5)


def snapshots(**scores: tuple[float, float]) -> SnapshotResults:
    """Helpfulness and harmlessness by name, ``__`` for a hyphen."""
    named = {name.replace("__", "-"): both for name, both in scores.items()}
    return SnapshotResults(
        helpfulness=tuple(elo(name, helpful) for name, (helpful, _) in named.items()),
        harmlessness=tuple(elo(name, harmless) for name, (_, harmless) in named.items()),
    )


WHOLE = snapshots(base=(0, 0), sl__cai=(-20, 400), best__of__n=(-5, 480), dpo=(5, 500), rl__cai=(20, 560))


def test_the_frontier_names_every_checkpoint_and_says_its_scores() -> None:
    svg = str(frontier_plot(WHOLE))
    assert re.findall(r'class="value [^"]*">([^<]+)<', svg) == ["Base", "SL-CAI", "Best of n", "DPO", "RL-CAI"]
    assert "SL-CAI helpfulness \N{MINUS SIGN}20, harmlessness +400" in svg
    assert svg.count('class="whisker') == 10
    assert svg.count('class="way"') == 2


def test_up_is_more_harmless_and_right_is_more_helpful() -> None:
    svg = str(frontier_plot(snapshots(base=(0, 0), sl__cai=(300, 300))))
    (x1, y1), (x2, y2) = re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', svg)
    assert float(x1) < float(x2)
    assert float(y1) > float(y2)


def test_the_way_of_each_of_several_runs_is_drawn() -> None:
    scores = {"base": (0, 0), "a/sl-cai": (0, 300), "b/sl-cai": (0, 340), "a/rl-cai": (200, 400), "b/rlhf": (-200, 400)}
    field = SnapshotResults(
        helpfulness=tuple(elo(name, one) for name, (one, _) in scores.items()),
        harmlessness=tuple(elo(name, one) for name, (_, one) in scores.items()),
    )
    svg = str(frontier_plot(field))
    assert svg.count('class="way"') == 4
    assert "mark rl-cai" in svg
    assert "mark rlhf" in svg
    assert ">a/rl-cai<" in svg


def test_there_is_no_frontier_without_a_checkpoint_that_has_both_scores() -> None:
    only = SnapshotResults(helpfulness=(elo("base", 0),), harmlessness=(elo("sl-cai", 0),))
    assert frontier_plot(only) == frontier_file(only) == ""
    endless = SnapshotResults(helpfulness=(elo("base", math.inf),), harmlessness=(elo("base", 0),))
    assert frontier_plot(endless) == ""


def test_bounds_that_are_not_finite_end_at_the_frame() -> None:
    unknown = EloScore(name="base", elo=0, low=-math.inf, high=math.inf, games=1, wins=1)
    svg = str(frontier_plot(SnapshotResults(helpfulness=(unknown,), harmlessness=(unknown,))))
    assert "nan" not in svg
    assert "inf" not in svg
    assert 'class="whisker base"' in svg


def test_the_file_is_an_svg_document_that_any_program_can_draw() -> None:
    text = frontier_file(WHOLE)
    root = ET.fromstring(text)  # noqa: S314
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "var(" not in text
    assert "@media" not in text
    hostile = snapshots(base=(0, 0)).model_copy(update={"helpfulness": (elo("<script>\x1b", 0),) * 2})
    named = hostile.model_copy(update={"harmlessness": (elo("<script>\x1b", 0),)})
    assert "<script" not in frontier_file(named)
    ET.fromstring(frontier_file(named))  # noqa: S314


@pytest.mark.parametrize("seed", range(12))
def test_names_cover_neither_each_other_nor_a_point_and_stay_in_the_frame(seed: int) -> None:
    rng = random.Random(seed)
    near = 40.0 if seed % 2 else 200.0
    points = [(rng.gauss(250, near), rng.gauss(190, near / 2), name) for name in NAMES]
    points = [(min(430, max(60, x)), min(340, max(45, y)), name) for x, y, name in points]
    crosses = [(x - 30, y, x + 30, y) for x, y, _ in points] + [(x, y - 20, x, y + 20) for x, y, _ in points]
    labels = place_labels(points, crosses, FRAME)
    assert [label.words for label in labels] == list(NAMES)
    boxes = [label.box for label in labels]
    for one, other in itertools.combinations(boxes, 2):
        assert one.right <= other.left or other.right <= one.left or one.bottom <= other.top or other.bottom <= one.top
    for box in boxes:
        assert FRAME.left <= box.left < box.right <= FRAME.right
        assert FRAME.top <= box.top < box.bottom <= FRAME.bottom
        assert not any(box.left < x < box.right and box.top < y < box.bottom for x, y, _ in points)


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.0, 1.0, ["0.0", "0.5", "1.0"]),
        (-3.0, 7.0, ["0", "5"]),
        (0.012, 0.031, ["0.02", "0.03"]),
        (0.0, 12_000.0, ["0", "5,000", "10,000"]),
        (-450.0, 90.0, ["\N{MINUS SIGN}400", "\N{MINUS SIGN}200", "0"]),
    ],
)
def test_ticks_are_round_numbers(low: float, high: float, labels: list[str]) -> None:
    scale = scale_of(low, high, ticks=3)
    assert [scale.label(tick) for tick in scale.ticks] == labels
    assert all(low - 1e-9 <= tick <= high + 1e-9 for tick in scale.ticks)


def test_a_scale_of_one_value_has_room_around_it() -> None:
    for value in (0.0, 5.0, -2.0):
        assert scale_of(value, value).share(value) == pytest.approx(0.5)


def test_what_lies_beyond_a_scale_is_drawn_at_its_end() -> None:
    scale = Scale(0.0, 1.0, ())
    assert (scale.share(-1.0), scale.share(2.0)) == (0.0, 1.0)


def policy(algorithm: str, steps: int, **fields: float) -> PolicyResults:
    points = tuple(PolicyPoint(step=step, **{key: by * step for key, by in fields.items()}) for step in range(1, steps))
    return PolicyResults(algorithm=algorithm, steps=steps, points=points)


def titles(svg: str) -> list[str]:
    found: list[str] = re.findall(r'class="axis-title start">([^<,:]+)', svg)
    return found


def test_each_policy_has_the_panels_that_it_has_numbers_for() -> None:
    rl = policy("rloo", 9, loss=0.1, reward=0.1, kl=0.2, length=3.0)
    assert titles(str(training_curves(rl, "RL-CAI"))) == ["reward", "KL from the reference", "length", "step"]
    dpo = policy("dpo", 9, loss=0.1, accuracy=0.1)
    panels = ["loss", "pairs whose better response the policy favours", "step"]
    assert titles(str(training_curves(dpo, "DPO"))) == panels
    assert training_curves(PolicyResults(algorithm="rloo"), "RL-CAI") == ""
    assert training_curves(policy("rloo", 9, reward=math.nan), "RL-CAI") == ""


def test_the_held_out_judge_has_its_intervals_and_a_stop_its_mark() -> None:
    points = tuple(PolicyPoint(step=10 * look, judge=look / 8, judge_n=64) for look in range(1, 5))
    stopped = PolicyResults(algorithm="grpo", steps=20, stopped="the judge fell", points=points)
    svg = str(training_curves(stopped, "RL-CAI"))
    assert svg.count('class="whisker trace"') == 4
    assert 'class="reference"' in svg
    assert ">kept<" in svg
    assert ">100%<" in svg
    whole = stopped.model_copy(update={"stopped": ""})
    assert ">kept<" not in str(training_curves(whole, "RL-CAI"))


def test_many_steps_are_a_mean_before_the_values_and_stay_small() -> None:
    svg = str(training_curves(policy("rloo", 5000, reward=0.001), "RL-CAI"))
    assert svg.count("<polyline") == 2
    assert len(svg) < 20_000
    assert str(training_curves(policy("rloo", 20, reward=0.1), "RL-CAI")).count("<polyline") == 1


def test_means_and_thinning() -> None:
    assert moving_mean([1.0, 2.0, 6.0]) == [1.5, 3.0, 4.0]
    points = [(step, float(step)) for step in range(1001)]
    kept = thinned(points)
    assert len(kept) <= 300
    assert kept[0] == points[0]
    assert kept[-1] == points[-1]


def test_a_reliability_mark_lies_where_prediction_and_labels_put_it() -> None:
    bins = [
        Bin(low=0.0, high=0.5, n=40, predicted=0.25, observed=0.25),
        Bin(low=0.5, high=1.0, n=10, predicted=0.75, observed=0.5),
        Bin(low=0.9, high=1.0, n=0, predicted=None, observed=None),
    ]
    svg = str(reliability_plot(bins, "reward"))
    marks = re.findall(r'cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"', svg)
    assert [(float(x), float(y)) for x, y, _ in marks] == [(113.0, 227.0), (243.0, 162.0)]
    assert float(marks[0][2]) == pytest.approx(2 * float(marks[1][2]), rel=0.01)  # four times the pairs
    assert "predicted 0.75, labelled 0.50 (10 pairs)" in svg
