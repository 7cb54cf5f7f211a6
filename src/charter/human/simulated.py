"""Programs that stand in for people on the organism: raters who know the truth, and err in stated ways.

They are named as simulated everywhere: in each record's ``feedback``, and in the raters' names.
"""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from charter.digests import derive_seed, digest, record_id
from charter.human.looks import distinct, joined, look
from charter.models.completer import OnDone
from charter.organisms.oracle import oracle_digest
from charter.organisms.preference import oracle_preference
from charter.recipe_feedback import HumanConfig
from charter.records import Pair, Preference

NOT_OF_THE_WORLD = "simulated raters judge the organism's world alone, and this is not of it"
PREFIX = "simulated-"
"""What the names of simulated raters begin with; no person's may."""
_VERSION = "1"
_SPREAD = 0.5
"""How far the best and the worst rater's noise are from the mean, as a part of it."""
_SIGMA = 0.5
"""Standard deviation of the logarithm of a label's seconds: two thirds are within a factor of 1.6 of the median."""


@dataclass(frozen=True, slots=True)
class SimulatedRater:
    """One of them, and how it errs. The three chances exclude one another; otherwise it says the truth."""

    name: str
    noise: float
    """Chance to answer at random."""
    position_bias: float
    """Chance to take whatever is shown first."""
    length_bias: float
    """Chance to take the longer response."""
    seconds: float
    """Median time for a label."""

    def prefers(self, pair: Pair, *, swapped: bool, truth: float, draw: random.Random) -> float:
        """Its label: 1 for the first response, 0 for the second, 0.5 for a tie. ``swapped`` shows the second first."""
        chance = draw.random()
        if chance < self.noise:
            return float(draw.random() < 0.5)
        chance -= self.noise
        if chance < self.position_bias:
            return 0.0 if swapped else 1.0
        chance -= self.position_bias
        if chance < self.length_bias and len(pair.first) != len(pair.second):
            return float(len(pair.first) > len(pair.second))
        return truth


class SimulatedRaters:
    """Labels pairs of the organism's world as people might.

    ``identify`` and ``work`` are what ``charter.engine.map_records`` takes.
    """

    def __init__(self, config: HumanConfig, seed: int, *, looks_per_pair: int = 1) -> None:
        """``looks_per_pair`` is what a pair's label costs: as many different raters look at it as there are, and
        after them the same ones again, with the two responses in the other order.

        Raises:
            ValueError: it is below 1.
        """
        if looks_per_pair < 1:
            raise ValueError("a pair needs at least one look")
        self._looks_per_pair = looks_per_pair
        self._seed = seed
        self.raters = _raters(config, seed)
        parts = [_VERSION, [asdict(rater) for rater in self.raters], seed, looks_per_pair, oracle_digest()]
        self.digest = digest(["simulated raters", *parts])
        """SHA-256 of all that their labels depend on beside the pair."""

    def identify(self, pair: Pair) -> str:
        """The id of the preference that ``work`` makes of ``pair``."""
        return record_id("simulated", pair.id, self.digest)

    def work(self, pairs: Sequence[Pair], on_done: OnDone | None = None) -> list[Preference]:
        """One preference a pair, in their order: each look a vote, the label their mean.

        Two equal texts are a tie, about which nobody is asked. A pair that the oracle cannot judge is a failed
        preference.
        """
        made = [joined(pair, self.looks(pair), feedback="simulated", identity=self.identify(pair)) for pair in pairs]
        if on_done is not None:
            on_done(len(pairs))
        return made

    def looks(self, pair: Pair) -> list[Preference]:
        """What each look at the pair says, one record a look, for studies of agreement; none at two equal texts."""
        if not distinct(pair):
            return []
        truth = oracle_preference(pair.prompt.messages, pair.first, pair.second, pair.aim)
        begin = derive_seed(self._seed, "rater", pair.id)
        return [self._look(pair, begin, number, truth) for number in range(self._looks_per_pair)]

    def _look(self, pair: Pair, begin: int, number: int, truth: float | None) -> Preference:
        again, turn = divmod(number, len(self.raters))
        rater = self.raters[(begin + turn) % len(self.raters)]
        draw = random.Random(derive_seed(self._seed, "look", pair.id, rater.name, again))
        shown_second = derive_seed(self._seed, "side", pair.id, rater.name) % 2 == 1
        swapped = shown_second != (again % 2 == 1)
        label = None if truth is None else rater.prefers(pair, swapped=swapped, truth=truth, draw=draw)
        return look(
            pair,
            rater.name,
            again,
            label,
            swapped=swapped,
            seconds=None if label is None else round(draw.lognormvariate(0, _SIGMA) * rater.seconds, 2),
            feedback="simulated",
            reason=NOT_OF_THE_WORLD if label is None else "",
            judge_digest=self.digest,
        )


def _raters(config: HumanConfig, seed: int) -> tuple[SimulatedRater, ...]:
    """As many as stated, of unequal care and of no order; their noise is the stated one in the mean."""
    steps = [2 * (index + 0.5) / config.raters - 1 for index in range(config.raters)]
    random.Random(derive_seed(seed, "care")).shuffle(steps)
    return tuple(
        SimulatedRater(
            name=f"{PREFIX}{index}",
            noise=config.noise * (1 + _SPREAD * step),
            position_bias=config.position_bias,
            length_bias=config.length_bias,
            seconds=config.seconds,
        )
        for index, step in enumerate(steps, start=1)
    )
