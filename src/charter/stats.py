"""Proportions with their uncertainty: one rate, and the change of a rate on the same prompts."""

from dataclasses import dataclass
from math import sqrt

from charter.records import Rate

CONFIDENCE = 0.95


def wilson(k: int, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Bounds of the two-sided Wilson score interval of the proportion k/n; (0, 1) when ``n`` is 0.

    Unlike a normal interval it has a width at 0 and at n. Wilson (1927), J. Am. Stat. Assoc. 22, 209-212.

    Raises:
        ValueError: not 0 <= k <= n, or not 0 < confidence < 1.
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no proportion")
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence of {confidence} is not between 0 and 1")
    if n == 0:
        return 0.0, 1.0
    from scipy.stats import binomtest  # takes a second to import, and many commands count nothing

    interval = binomtest(k, n).proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high)


def rate(k: int, n: int) -> Rate:
    """The proportion k/n with its 95% Wilson interval.

    Raises:
        ValueError: not 0 <= k <= n.
    """
    low, high = wilson(k, n)
    return Rate(k=k, n=n, rate=k / n if n else None, low=low, high=high)


@dataclass(frozen=True, slots=True)
class Pairs:
    """The same things looked at twice, each time for a property: how many had it when."""

    both: int
    only_before: int
    only_after: int
    neither: int

    @property
    def n(self) -> int:
        """All of them."""
        return self.both + self.only_before + self.only_after + self.neither

    @property
    def difference(self) -> float:
        """Proportion after minus proportion before; ``n`` must not be 0."""
        return (self.only_after - self.only_before) / self.n


def paired_interval(pairs: Pairs, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Bounds of the two-sided interval of ``pairs.difference``; (-1, 1) without pairs.

    Combines the Wilson intervals of the two proportions, allowing for their correlation: method 10 of Newcombe
    (1998), Stat. Med. 17, 2635-2650. Like them it has a width where nothing changed or everything did.
    """
    n = pairs.n
    if n == 0:
        return -1.0, 1.0
    had_before, had_after = pairs.both + pairs.only_before, pairs.both + pairs.only_after
    before, after = had_before / n, had_after / n
    before_low, before_high = wilson(had_before, n, confidence)
    after_low, after_high = wilson(had_after, n, confidence)
    phi = _phi(pairs)
    down = _joint(after - after_low, before_high - before, phi)
    up = _joint(after_high - after, before - before_low, phi)
    return max(-1.0, pairs.difference - down), min(1.0, pairs.difference + up)


def mcnemar(pairs: Pairs) -> float:
    """Two-sided p-value of the exact McNemar test that the proportion did not change; 1 when no pair changed.

    A binomial test of the changed pairs against one half. McNemar (1947), Psychometrika 12, 153-157.
    """
    from scipy.stats import binomtest

    changed = pairs.only_before + pairs.only_after
    return float(binomtest(pairs.only_after, changed).pvalue) if changed else 1.0


def _phi(pairs: Pairs) -> float:
    """The correlation of before and after, with Newcombe's continuity correction where it is positive."""
    had_before, had_after = pairs.both + pairs.only_before, pairs.both + pairs.only_after
    margins = had_before * (pairs.n - had_before) * had_after * (pairs.n - had_after)
    if margins == 0:
        return 0.0
    excess = pairs.both * pairs.neither - pairs.only_before * pairs.only_after
    return (excess if excess < 0 else max(excess - pairs.n / 2, 0.0)) / sqrt(margins)


def _joint(one: float, other: float, phi: float) -> float:
    # Rounding can bring the sum a hair below 0 where both distances are equal and phi is nearly 1.
    return sqrt(max(one**2 - 2 * phi * one * other + other**2, 0.0))
