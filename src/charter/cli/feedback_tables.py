"""Tables of what a run learned from preferences, on the terminal: labels, reward models, policies, snapshots."""

from collections.abc import Callable, Iterable
from textwrap import fill, shorten

from rich.table import Table

from charter.cli.checkpoint_tables import NOTHING, stacked_rate
from charter.cli.tables import row, table
from charter.results import Results
from charter.results_snapshots import EloScore

_LONGEST, _WIDTH = 64, 18
"""Characters of a labeller's name that are shown, and of its column: a model is called after its folder."""


def feedback_tables(results: Results) -> list[Table]:
    """Labels, reward models, policies and snapshots, as far as the run came."""
    parts: tuple[tuple[object, Callable[[Results], Table]], ...] = (
        (results.labels, _labels),
        (results.reward, _reward),
        (results.policies, _policies),
        (results.snapshots.harmlessness or results.snapshots.helpfulness or results.snapshots.harm, _snapshots),
    )
    return [draw(results) for there, draw in parts if there]


def _labels(results: Results) -> Table:
    simulated = any(labels.feedback == "simulated" for labels in results.labels.values())
    title = "Labels (SIMULATED raters: a program that stands in for people)" if simulated else "Labels"
    shares = ("both orders\nagree", "shown first\npreferred", "agrees with\nthe oracle")
    made = table("compared for", "by", "labelled", "ties", *shares, "time each", title=title)
    for aim, labels in results.labels.items():
        who = f"{labels.feedback}\n{fill(shorten(labels.rater, _LONGEST, placeholder='...'), _WIDTH)}"
        rates = (labels.order_agreement, labels.first_shown, labels.oracle)
        each = NOTHING if labels.seconds_per_label is None else f"{labels.seconds_per_label:.2g} s"
        counts = f"{labels.labelled:,} of\n{labels.pairs:,}", f"{labels.ties:,}"
        row(made, aim, who, *counts, *map(stacked_rate, rates), each)
    return made


def _reward(results: Results) -> Table:
    shares = ("accuracy", "agrees with\nthe oracle", "longer\npreferred")
    columns = ("trained on", "held out", *shares, "calibration\nerror")
    made = table("reward model", *columns, title="Reward model, on preferences kept back")
    for name, reward in results.reward.items():
        rates = (reward.accuracy, reward.oracle, reward.longer_wins)
        error = NOTHING if reward.ece is None else f"{reward.ece:.3f}"
        row(made, name, f"{reward.trained_on:,}", f"{reward.held_out:,}", *map(stacked_rate, rates), error)
    return made


def _policies(results: Results) -> Table:
    columns = ("by", "steps", "loss", "reward", "KL", "held-out\njudge", "stopped early")
    made = table("policy", *columns, title="Policy training, from its first step to its last")
    for name, policy in results.policies.items():
        courses = [_course(policy.points, field) for field in ("loss", "reward", "kl", "judge")]
        row(made, name, policy.algorithm, f"{policy.steps:,}", *courses, policy.stopped or "no")
    return made


def _course(points: Iterable[object], field: str) -> str:
    """From the first value to the last."""
    values = [value for point in points if (value := getattr(point, field)) is not None]
    return f"{values[0]:.2f} -> {values[-1]:.2f}" if values else NOTHING


def _snapshots(results: Results) -> Table:
    snapshots = results.snapshots
    columns = ("harmlessness,\nElo", "helpfulness,\nElo", "harm score,\n0-4", "not evasive", "same decision")
    made = table("checkpoint", *columns, title="Checkpoints against one another, with 95% intervals")
    for name in results.checkpoints:
        elo = [
            next((_elo(one) for one in scores if one.name == name), NOTHING)
            for scores in (snapshots.harmlessness, snapshots.helpfulness)
        ]
        harm, same = snapshots.harm.get(name), snapshots.consistency.get(name)
        row(
            made,
            name,
            *elo,
            f"{harm.mean:.2f}\n{harm.low:.2f}-{harm.high:.2f}" if harm else NOTHING,
            stacked_rate(snapshots.non_evasive.get(name)),
            f"{same.same:.1%}\n{100 * same.low:.1f}-{100 * same.high:.1f}" if same else NOTHING,
        )
    return made


def _elo(score: EloScore) -> str:
    """The first checkpoint is at 0 by definition, and has no interval."""
    if score.low == score.high == 0:
        return "0"
    return f"{score.elo:+.0f}\n{score.low:+.0f}, {score.high:+.0f}"
