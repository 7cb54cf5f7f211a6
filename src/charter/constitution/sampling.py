"""Drawing a principle: weighted, and the same for the same seed on any machine."""

import random
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate

from charter.constitution.model import Principle
from charter.errors import ConfigError


def sample_principle(principles: Sequence[Principle], seed: int) -> Principle:
    """One of the principles, each as likely as its share of the weights; unequal seeds draw with replacement.

    Raises:
        ConfigError: no principle has a weight above 0.
    """
    drawable = [principle for principle in principles if principle.weight > 0]
    if not drawable:
        raise ConfigError("no principle to draw from; select at least one with a weight above 0")
    up_to = list(accumulate(principle.weight for principle in drawable))
    # random() of a seed is the one thing that Python promises to keep between versions; choices() is not.
    point = random.Random(seed).random() * up_to[-1]
    return drawable[bisect(up_to, point, hi=len(drawable) - 1)]
