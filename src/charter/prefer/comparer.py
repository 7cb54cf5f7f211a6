"""The prefer stage: which of two responses is better, by a judge model's own probabilities under the constitution."""

from collections.abc import Sequence
from dataclasses import asdict
from math import fsum
from typing import Final

from charter.constitution import Constitution, Principle
from charter.digests import derive_seed, digest, record_id
from charter.models.completer import Completer, OnDone
from charter.prefer.asking import REASONING, VOTING, Asker
from charter.prefer.few_shot import load_few_shot
from charter.prefer.looks import LEAST_MASS, Look
from charter.prefer.principles import Principles
from charter.prefer.templates import OPTIONS, TEMPLATE_VERSION, Template
from charter.recipe_feedback import PreferConfig
from charter.records import Pair, Preference, Status, Vote

TIE: Final = 1e-9
"""A label this near to one half is one half: what parts them is the rounding of a mean."""


class Comparer:
    """Makes a ``Preference`` of every pair; ``identify`` and ``work`` are what ``charter.engine.map_records`` takes.

    Follows §4 of arXiv 2212.08073; what differs, and why, is listed in ``docs/prefer.md``. Nothing that is
    drawn at random depends on which response of a pair is its first: the swapped pair gets the swapped label.
    """

    def __init__(self, completer: Completer, constitution: Constitution, config: PreferConfig, seed: int) -> None:
        """
        Raises:
            ConfigError: unusable principles, or an unusable few-shot file.
        """
        few_shot = load_few_shot(config.few_shot, reasoning=config.reasoning)
        self._config = config
        self._seed = seed
        self._principles = Principles.select(constitution, config)
        self._template = Template(few_shot, reasoning=config.reasoning)
        self._asker = Asker(completer, reasoning=config.reasoning, votes=config.votes)
        self._constitution_digest = constitution.digest
        self.judge_label = f"{completer.name} under the constitution {constitution.name}"
        """Who labels, for people."""
        self.digest = digest(
            [
                "comparer",
                completer.digest,
                constitution.digest,
                self._principles.as_json(),
                [TEMPLATE_VERSION, OPTIONS, LEAST_MASS, TIE, asdict(REASONING), asdict(VOTING)],
                few_shot.digest,
                [config.principles_per_pair, config.orders, config.labels, config.votes],
                [config.reasoning, config.clamp],
                seed,
            ]
        )
        """SHA-256 of all that a label depends on beside the pair."""

    def identify(self, pair: Pair) -> str:
        """The id of the preference that ``work`` makes of ``pair``: a hash of all that determines it."""
        return record_id("preference", pair.id, self.digest)

    def work(self, pairs: Sequence[Pair], on_done: OnDone | None = None) -> list[Preference]:
        """One preference a pair, in the order of ``pairs``.

        All orders of all principles of all pairs are one call of the completer, so that it can batch them.
        """
        looks = [[] if is_tie(pair) else self._looks(pair) for pair in pairs]
        self._asker.ask([look for of_pair in looks for look in of_pair])
        preferences = [self._preference(pair, of_pair) for pair, of_pair in zip(pairs, looks, strict=True)]
        if on_done:
            on_done(len(pairs))
        return preferences

    def _looks(self, pair: Pair) -> list[Look]:
        """Every look at the pair: its principles, each in the orders asked for."""
        low, high = sorted([(pair.first, pair.first_model), (pair.second, pair.second_model)])
        # The same for a pair and its swapped one.
        seed = derive_seed(self._seed, "compare", pair.prompt.id, low, high)
        first_is_low = (pair.first, pair.first_model) == low
        principles = self._principles.draw(pair.aim, derive_seed(seed, "principle"), self._config.principles_per_pair)
        return [
            self._look(
                pair, principle, low_shown_first == first_is_low, derive_seed(seed, principle.id, low_shown_first)
            )
            for principle in principles
            for low_shown_first in self._orders(derive_seed(seed, principle.id, "order"), first_is_low)
        ]

    def _orders(self, seed: int, first_is_low: bool) -> list[bool]:
        """Whether the lower of the two texts is shown first, for each order asked; forward before backward."""
        return [first_is_low, not first_is_low] if self._config.orders == "both" else [seed % 2 == 0]

    def _look(self, pair: Pair, principle: Principle, forward: bool, seed: int) -> Look:
        shown = (pair.first, pair.second) if forward else (pair.second, pair.first)
        turns = self._template.ask(pair.prompt.messages, *shown, principle.comparison_question)
        return Look(pair, principle, forward, seed, turns)

    def _preference(self, pair: Pair, looks: Sequence[Look]) -> Preference:
        by_principle: dict[str, list[Look]] = {}
        for look in looks:
            by_principle.setdefault(look.principle.id, []).append(look)
        votes = tuple(_vote(of_principle) for of_principle in by_principle.values())
        given = [p for vote in votes if (p := vote.p_first) is not None]
        answered = is_tie(pair) or bool(given)
        return Preference(
            id=self.identify(pair),
            pair=pair,
            p_first=self._label(given) if answered else None,
            votes=votes,
            feedback="ai",
            rater=self.judge_label,
            judge_digest=self.digest,
            constitution_digest=self._constitution_digest,
            status=Status.OK if answered else Status.FAILED,
            reason="" if answered else votes[0].reason,
        )

    def _label(self, given: Sequence[float]) -> float:
        """The mean of what the votes say, a tie where there are none, in the form that the recipe asks for."""
        p = fsum(given) / len(given) if given else 0.5
        if abs(p - 0.5) <= TIE:
            return 0.5
        if self._config.labels == "hard":
            return float(p > 0.5)
        if self._config.reasoning:
            low, high = self._config.clamp
            return min(max(p, low), high)
        return p


def is_tie(pair: Pair) -> bool:
    """Whether the two say the same, so that no judge need be asked."""
    return pair.first.strip() == pair.second.strip()


def _vote(looks: Sequence[Look]) -> Vote:
    """The looks under one principle as one vote."""
    by_order = {look.forward: look for look in looks}
    forward, backward = (by_order[order].p_first if order in by_order else None for order in (True, False))
    masses = [look.mass for look in looks if look.mass is not None]
    return Vote(
        principle_id=looks[0].principle.id,
        forward=forward,
        backward=backward,
        mass=fsum(masses) / len(masses) if masses else None,
        reasoning="\n\n".join(look.reasoning for look in looks if look.reasoning),
        reason=next((look.reason for look in looks if look.reason), ""),
    )
