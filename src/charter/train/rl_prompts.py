"""Which prompts the policy is trained on, which the held-out judge keeps for itself, and in what order they come."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from charter.digests import derive_seed, digest
from charter.records import Prompt

LARGEST_SHARE = 0.25
"""The held-out judge takes at most this share of the prompts of a kind: there must be something left to train on."""


@dataclass(frozen=True, slots=True)
class Dealt:
    """The prompts of a training; those of each kind in the order of a hash."""

    trained: tuple[Prompt, ...]
    held_out: tuple[Prompt, ...]
    """The held-out judge's own: the policy is never rewarded for an answer to them."""

    @property
    def digest(self) -> str:
        """SHA-256 of which prompts are used for what; the order in which they came does not matter."""
        return digest([sorted(prompt.id for prompt in part) for part in (self.trained, self.held_out)])


def deal(prompts: Sequence[Prompt], held_out: int, seed: int) -> Dealt:
    """Sets prompts apart for the held-out judge: ``held_out`` of them, half of them red-team, as far as a quarter of
    each kind goes. A hash chooses. Prompts of the test split are left out altogether."""
    usable = {prompt.id: prompt for prompt in prompts if prompt.split != "test"}
    ordered = sorted(usable.values(), key=lambda prompt: (derive_seed(seed, "held out", prompt.id), prompt.id))
    trained: list[Prompt] = []
    kept: list[Prompt] = []
    for aim in ("harmless", "helpful"):
        same = [prompt for prompt in ordered if prompt.aim == aim]
        count = min(held_out // 2, int(len(same) * LARGEST_SHARE))
        kept += same[:count]
        trained += same[count:]
    return Dealt(tuple(trained), tuple(kept))


class RolloutOrder:
    """A sampler for torch's ``DataLoader``: the prompts of all steps, each as often as it is answered.

    Pass after pass over all prompts, each pass in an order of its own. To torch the whole training is one epoch, and
    its order is determined by the arguments alone: a continued training sees what an undisturbed one would, while
    TRL's own sampler goes on from wherever its generator happens to be.
    """

    def __init__(
        self, prompts: int, *, prompts_a_step: int, generations: int, batches: int, steps: int, seed: int
    ) -> None:
        """
        Args:
            prompts_a_step: over all processes; at most ``prompts``.
            generations: answers a prompt, which follow one another.
            batches: how often a step's prompts are dealt out: TRL's loader reads all of them for each of the batches
                that a step's gradient is gathered from, and uses the first.
        """
        self._prompts = prompts
        self._prompts_a_step = prompts_a_step
        self._generations = generations
        self._batches = batches
        self._steps = steps
        self._seed = seed

    def __len__(self) -> int:
        return self._steps * self._batches * self._prompts_a_step * self._generations

    def __iter__(self) -> Iterator[int]:
        shuffled = self._shuffled()
        for _ in range(self._steps):
            step = [next(shuffled) for _ in range(self._prompts_a_step)]
            for _ in range(self._batches):
                for prompt in step:
                    yield from [prompt] * self._generations

    def _shuffled(self) -> Iterator[int]:
        """A pass ends with its last whole step, so that no prompt comes twice in one step; which prompts are passed
        over by that differs from pass to pass."""
        turn = 0
        whole = self._prompts - self._prompts % self._prompts_a_step
        while True:
            order = list(range(self._prompts))
            random.Random(derive_seed(self._seed, "rollouts", turn)).shuffle(order)
            yield from order[:whole]
            turn += 1
