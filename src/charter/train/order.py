"""The order in which examples are seen: shuffled anew each epoch, with examples of like length in one step."""

import random
from collections.abc import Iterator, Sequence

from charter.digests import derive_seed

STEPS_SORTED_TOGETHER = 16
"""Examples of this many steps are sorted by length among themselves. More saves little padding, and would put texts of
one kind (short refusals, long lists) into steps of their own."""


def epoch_order(lengths: Sequence[int], step_size: int, seed: int, epoch: int) -> list[int]:
    """Indices of all examples in the order of that epoch, determined by the arguments alone.

    ``step_size`` is the number of examples in one step, over all processes.
    """
    rng = random.Random(derive_seed(seed, "order", epoch))
    indices = list(range(len(lengths)))
    rng.shuffle(indices)
    pool = step_size * STEPS_SORTED_TOGETHER
    steps: list[list[int]] = []
    for start in range(0, len(indices), pool):
        ordered = sorted(indices[start : start + pool], key=lambda index: (lengths[index], index))
        steps += [ordered[first : first + step_size] for first in range(0, len(ordered), step_size)]
    rest = steps.pop() if steps and len(steps[-1]) < step_size else []
    rng.shuffle(steps)
    return [index for step in (*steps, rest) for index in step]


class LengthGrouped:
    """A sampler for torch's ``DataLoader``: :func:`epoch_order`, epoch by epoch.

    transformers' own sampler of this kind draws from the global generator, so that a training resumed in its second
    epoch sees another order than one that was never interrupted.
    """

    def __init__(self, lengths: Sequence[int], step_size: int, seed: int) -> None:
        self._lengths = lengths
        self._step_size = step_size
        self._seed = seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Called by the trainer at the start of each epoch, counted from 0."""
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        return iter(epoch_order(self._lengths, self._step_size, self._seed, self._epoch))
