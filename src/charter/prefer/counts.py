"""What the labels of a stage come to: how many, how sure, how much the order decides, and how often they are right."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import fsum

from charter.records import Aim, Message, Preference, Rate, Status, Vote
from charter.results_feedback import LabelResults
from charter.stats import rate

Oracle = Callable[[Sequence[Message], str, str, Aim], float | None]
"""The true preference for the first of two responses: 1, 0, or 0.5; None where it cannot be told."""


def label_results(preferences: Iterable[Preference], oracle: Oracle | None = None) -> dict[str, LabelResults]:
    """The figures of each aim (harmless, helpful) that any pair has, whatever order ``preferences`` come in."""
    by_aim: dict[str, list[Preference]] = {}
    for preference in preferences:
        by_aim.setdefault(preference.pair.aim, []).append(preference)
    return {aim: _results(of_aim, oracle) for aim, of_aim in sorted(by_aim.items())}


def _results(preferences: Sequence[Preference], oracle: Oracle | None) -> LabelResults:
    labels = [each.p_first for each in preferences if each.p_first is not None]
    votes = [vote for each in preferences for vote in each.votes]
    failed = Counter(_stem(each.reason) for each in preferences if each.status is Status.FAILED)
    return LabelResults(
        feedback="/".join(sorted({each.feedback for each in preferences})),
        rater=_raters(preferences),
        pairs=len(preferences),
        labelled=len(labels),
        ties=labels.count(0.5),
        failed=dict(sorted(failed.items(), key=lambda item: (-item[1], item[0]))),
        first_shown=_first_shown(votes),
        order_agreement=_order_agreement(votes),
        mass=_mean([vote.mass for vote in votes if vote.mass is not None]),
        confidence=_mean([2 * abs(p - 0.5) for p in labels]),
        oracle=None if oracle is None else _agreement(preferences, oracle),
        seconds_per_label=_mean([each.seconds for each in preferences if each.seconds is not None]),
    )


def _stem(reason: str) -> str:
    """The kind of failure, without the particulars after the colon."""
    return reason.partition(":")[0] or "no reason given"


def _raters(preferences: Sequence[Preference]) -> str:
    """The judge's name, or the only person's; else how many they are. Labels of several people list their names."""
    listed = [[each.rater] if each.feedback == "ai" else each.rater.split(",") for each in preferences]
    names = {name.strip() for of_label in listed for name in of_label if name.strip()}
    return names.pop() if len(names) == 1 else f"{len(names)} raters"


def _first_shown(votes: Sequence[Vote]) -> Rate | None:
    """How often what was shown first was preferred, of the looks that preferred one."""
    looks = [p for vote in votes for p in (vote.forward, _other(vote.backward)) if p is not None and p != 0.5]
    return rate(sum(p > 0.5 for p in looks), len(looks)) if looks else None


def _other(p: float | None) -> float | None:
    return None if p is None else 1 - p


def _order_agreement(votes: Sequence[Vote]) -> Rate | None:
    """How often both orders preferred the same response, of the votes that preferred one in each."""
    pairs = [(vote.forward, vote.backward) for vote in votes if vote.forward is not None and vote.backward is not None]
    decided = [(forward, backward) for forward, backward in pairs if 0.5 not in (forward, backward)]
    agree = sum((forward > 0.5) == (backward > 0.5) for forward, backward in decided)
    return rate(agree, len(decided)) if decided else None


def _agreement(preferences: Sequence[Preference], oracle: Oracle) -> Rate:
    right = total = 0
    for each in preferences:
        if each.p_first is None or each.p_first == 0.5:
            continue
        true = oracle(each.pair.prompt.messages, each.pair.first, each.pair.second, each.pair.aim)
        if true in (0.0, 1.0):
            total += 1
            right += (each.p_first > 0.5) == (true == 1.0)
    return rate(right, total)


def _mean(values: Sequence[float]) -> float | None:
    return fsum(values) / len(values) if values else None
