"""How far a rater agrees with itself when it sees a pair again, and how far it goes by the order shown."""

import itertools
from collections import defaultdict

import numpy as np

from charter.agreement.agree import sums_by
from charter.agreement.labels import FIRST, TIE, Labels, Look, Rater, category
from charter.records import Rate
from charter.stats_bootstrap import cluster_rate


def first_shown(labels: Labels, rater: Rater) -> Rate | None:
    """Of the looks that preferred a response, those that preferred the one shown first; None without such looks."""
    said = _said(rater)
    hits = [
        (look.item, float((what == FIRST) == look.first_shown))
        for look, what in zip(rater.looks, said, strict=True)
        if what != TIE
    ]
    return _rate(labels, hits)


def repeats(labels: Labels, rater: Rater) -> tuple[Rate | None, Rate | None]:
    """Of every two looks at one item with one question, how often they say the same: in one order, in both orders.

    None where no item was looked at twice so.
    """
    groups: dict[tuple[int, str], list[tuple[Look, int]]] = defaultdict(list)
    for look, what in zip(rater.looks, _said(rater), strict=True):
        groups[look.item, look.question].append((look, what))
    same_order: list[tuple[int, float]] = []
    both_orders: list[tuple[int, float]] = []
    for (item, _), looks in groups.items():
        for (one, said), (other, answered) in itertools.combinations(looks, 2):
            into = same_order if one.first_shown == other.first_shown else both_orders
            into.append((item, float(said == answered)))
    return _rate(labels, same_order), _rate(labels, both_orders)


def _said(rater: Rater) -> list[int]:
    found: list[int] = category(np.array([look.p for look in rater.looks], dtype=np.float64)).tolist()
    return found


def _rate(labels: Labels, hits: list[tuple[int, float]]) -> Rate | None:
    if not hits:
        return None
    items, values = np.array([item for item, _ in hits]), np.array([value for _, value in hits])
    sums = sums_by(labels.prompt_of_N[items], np.stack([values, np.ones_like(values)], axis=1))
    return cluster_rate(sums[:, 0], sums[:, 1])
