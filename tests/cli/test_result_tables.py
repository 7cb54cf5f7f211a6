"""The results of a run on the terminal: every checkpoint within 100 columns, and what was learned from preferences."""

import re

import pytest

from charter.cli.runs_tables import print_results
from charter.results import Change, CheckpointResults, Comparison, Results, RoundResults
from charter.results_feedback import LabelResults, PolicyPoint, PolicyResults, RewardResults
from charter.results_snapshots import Consistency, EloScore, HarmScore, SnapshotResults
from charter.stats import rate

NAMES = ("base", "sl-cai", "best-of-n", "dpo", "rl-cai", "rlhf")
MEASURES = {key: rate(391, 400) for key in ("harmful", "helpful", "evasive", "over_refusal", "broken", "unscored")}
HELD_OUT = {key: rate(150, 200) for key in ("harmful", "refusal", "evasive")}
CHANGE = Change(n=400, difference=-0.815, low=-0.849, high=-0.771, p=1e-9)
LABELS = LabelResults(
    feedback="ai",
    rater="organism under the constitution default",
    pairs=1204,
    labelled=1200,
    ties=3,
    first_shown=rate(620, 1200),
    order_agreement=rate(1080, 1200),
    oracle=rate(990, 1100),
    seconds_per_label=0.0041,
)


def whole(names: tuple[str, ...], labels: LabelResults = LABELS, stopped: str = "") -> Results:
    points = (PolicyPoint(step=1, reward=0.1, kl=0.0, judge=0.84), PolicyPoint(step=9, reward=2.0, kl=3.2, judge=0.97))
    elo = tuple(EloScore(name=name, elo=612.4, low=564, high=670, games=100, wins=50) for name in names)
    change = Comparison(harmful=CHANGE, helpful=CHANGE, held_out={"harmful": CHANGE})
    return Results(
        checkpoints={name: CheckpointResults(**MEASURES, held_out=HELD_OUT) for name in names},
        paired=dict.fromkeys(names[1:], change),
        paired_sl_cai=dict.fromkeys(names[2:], change),
        rounds=(RoundResults(round=0, harmful=rate(80, 100), evasive=rate(1, 100), refusal=rate(5, 100)),),
        labels={"harmless": labels, "helpful": labels},
        reward={"reward": RewardResults(trained_on=1080, held_out=120, accuracy=rate(101, 114), ece=0.0462)},
        policies={"rl-cai": PolicyResults(algorithm="rloo", steps=9, points=points, stopped=stopped)},
        snapshots=SnapshotResults(
            harmlessness=elo,
            helpfulness=elo,
            harm={name: HarmScore(mean=0.5, low=0.4, high=0.6, n=200) for name in names},
            consistency={name: Consistency(groups=9, answers=30, same=0.9, low=0.8, high=0.95) for name in names},
        ),
    )


def printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, results: Results) -> str:
    monkeypatch.setenv("COLUMNS", "100")
    print_results(results)
    return capsys.readouterr().out


def test_six_checkpoints_fit_into_100_columns_and_no_number_is_broken(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = printed(capsys, monkeypatch, whole(NAMES))
    assert max(len(line.rstrip()) for line in shown.splitlines()) <= 100
    heading = next(line for line in shown.splitlines() if "best-of-n" in line)
    assert heading.split() == ["rate", "n", *NAMES]
    harmful = next(line for line in shown.splitlines() if line.split()[:2] == ["harmful", "400"])
    assert harmful.split() == ["harmful", "400", *["97.8%"] * 6]
    assert len(re.findall(r"95\.8-98\.8", shown)) == 6 * 6
    assert shown.count("-84.9, -77.1") == 3 * 5 + 3 * 4
    assert shown.count("+564, +670") == 2 * 6


def test_what_was_learned_from_preferences_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = " ".join(printed(capsys, monkeypatch, whole(NAMES[:5], stopped="reward up, judge down")).split())
    for said in ("1,200 of", "90.0%", "1,080 120 88.6%", "0.046", "0.10 -> 2.00", "0.84 -> 0.97", "reward up,", "+612"):
        assert said in words
    assert "SIMULATED" not in words


def test_what_scores_are_counted_from_has_no_interval(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = NAMES[:2]
    first = EloScore(name=names[0], elo=0, low=0, high=0, games=100, wins=50)
    second = EloScore(name=names[1], elo=12, low=-3, high=27, games=100, wins=52)
    snapshots = SnapshotResults(harmlessness=(first, second))
    shown = printed(capsys, monkeypatch, whole(names).model_copy(update={"snapshots": snapshots}))
    assert "+0" not in shown
    assert "-3, +27" in shown


def test_simulated_raters_are_named_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    labels = LABELS.model_copy(update={"feedback": "simulated", "rater": "3 simulated raters"})
    shown = printed(capsys, monkeypatch, whole(NAMES[:5], labels))
    assert "SIMULATED raters: a program that stands in for people" in shown


def test_a_run_that_ends_with_sl_cai_prints_no_table_without_content(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    both = whole(NAMES[:2])
    fields = ("labels", "reward", "policies", "snapshots", "paired_sl_cai")
    ended = both.model_copy(update={field: type(both).model_fields[field].default for field in fields})
    shown = printed(capsys, monkeypatch, ended)
    titles = [line.strip() for line in shown.splitlines() if re.match(r"\S", line)]
    assert titles == ["Before and after training, with 95% intervals", "After each revision round"]


def test_what_a_run_does_not_know_is_a_dash(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = Results(
        checkpoints={name: CheckpointResults(harmful=rate(0, 0)) for name in NAMES[:3]},
        labels={"harmless": LabelResults()},
        reward={"reward": RewardResults()},
        policies={"dpo": PolicyResults()},
        snapshots=SnapshotResults(harm={"base": HarmScore(mean=0.5, low=0.4, high=0.6, n=2)}),
    )
    shown = printed(capsys, monkeypatch, empty)
    assert "None" not in shown
    assert shown.count("none ") == 3


def test_hostile_names_cannot_drive_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = "[red]x\x1b[2J\u202e"
    labels = LABELS.model_copy(update={"rater": bad, "feedback": bad})
    results = whole((*NAMES[:2], bad), labels, stopped=bad)
    results = results.model_copy(update={"reward": {bad: RewardResults()}, "policies": results.policies})
    shown = printed(capsys, monkeypatch, results)
    assert not set(shown) & set("\x1b\u202e")
    assert "[red]" in shown.replace("\n", "")
