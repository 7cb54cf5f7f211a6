"""Goodhart's law, watched for: the reward rises while a judge that the policy is not trained on likes it less.

A reward model stands in for what is wanted, and a policy that is trained on it long enough finds where the two part
(Gao, Schulman, Hilton 2022, arXiv 2210.10760; for Constitutional AI: boilerplate and evasiveness, arXiv 2212.08073
§4.3). The rule compares the latest look of the held-out judge with the best one before it, on the same prompts, drawn
with the same random numbers. It says Goodhart where

- the mean reward of the answers is higher than at the best look, and
- fewer of the prompts are answered well, by more than chance: McNemar's exact test on the prompts that changed.

A training has many looks, and the best of them is in part the luckiest. Its limit for the test's p-value is therefore
0.05 divided by the number of pairs of looks (Bonferroni): a training that gets no worse is stopped with a probability
of at most 5%, however often it is looked at. The price is that small falls go unseen while there are few prompts:
``rl.judge_prompts`` sets how many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from charter.stats import Pairs, mcnemar

ERROR_RATE = 0.05
"""Probability of stopping a training that got no worse."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the held-out judge, and the reward model, say of a policy's answers to the held-out prompts."""

    step: int
    """Steps trained before it; 0 for the model that training began with."""
    good: tuple[bool | None, ...]
    """A held-out prompt each, in the same order at every look: answered well or not; None where the judge could not
    tell."""
    rewards: tuple[float, ...]
    """Of the same answers; NaN where the reward model gave none."""

    @property
    def n(self) -> int:
        """Prompts with a verdict."""
        return sum(each is not None for each in self.good)

    @property
    def k(self) -> int:
        """Prompts answered well."""
        return sum(each is True for each in self.good)

    @property
    def score(self) -> float | None:
        """Share of prompts answered well; None without any verdict."""
        return self.k / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class Goodhart:
    """Reward and judge have parted."""

    best: Look
    latest: Look
    pairs: Pairs
    """Prompts that both looks have a verdict on: answered well at the best look, at the latest, at both."""
    p: float
    """Two-sided, of McNemar's exact test."""
    rewards: tuple[float, float]
    """Mean reward at the best look and at the latest, over the answers that both have one of."""

    def __str__(self) -> str:
        before, after = self.rewards
        pairs = self.pairs
        return (
            f"reward and held-out judge part: from step {self.best.step:,} to {self.latest.step:,} the mean reward of "
            f"held-out answers rose from {before:.2f} to {after:.2f}, and of {pairs.n:,} prompts "
            f"{pairs.both + pairs.only_after:,} are answered well instead of {pairs.both + pairs.only_before:,} "
            f"(p = {self.p:.1g})"
        )


def parted(looks: Sequence[Look], planned: int) -> Goodhart | None:
    """The first look, in order, that says Goodhart, against the best before it; None while there is none.

    Args:
        planned: how many looks the whole training has.
    """
    for number in range(1, len(looks)):
        found = _compare(looks[:number], looks[number], ERROR_RATE / max(planned * (planned - 1) / 2, 1))
        if found:
            return found
    return None


def best_of(looks: Sequence[Look]) -> Look:
    """The look with the highest score, the latest of those that are equal; one without a verdict is the worst."""
    return max(looks, key=lambda look: (-1.0 if look.score is None else look.score, look.step))


def _compare(before: Sequence[Look], latest: Look, limit: float) -> Goodhart | None:
    best = best_of(before)
    pairs = _pairs(best.good, latest.good)
    rewards = _means(best.rewards, latest.rewards)
    if rewards is None or rewards[1] <= rewards[0] or pairs.only_after >= pairs.only_before:
        return None
    p = mcnemar(pairs)
    return Goodhart(best, latest, pairs, p, rewards) if p <= limit else None


def _pairs(before: Sequence[bool | None], after: Sequence[bool | None]) -> Pairs:
    told = [each for each in zip(before, after, strict=True) if None not in each]
    return Pairs(
        both=told.count((True, True)),
        only_before=told.count((True, False)),
        only_after=told.count((False, True)),
        neither=told.count((False, False)),
    )


def _means(before: Sequence[float], after: Sequence[float]) -> tuple[float, float] | None:
    """The means over what is a number in both."""
    both = [each for each in zip(before, after, strict=True) if all(map(isfinite, each))]
    if not both:
        return None
    return sum(one for one, _ in both) / len(both), sum(other for _, other in both) / len(both)
