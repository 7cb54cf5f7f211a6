"""Which principles a pair is compared under: a weighted draw from those for what it is compared for."""

from dataclasses import dataclass
from typing import Final

from charter.constitution import Constitution, Principle, load_constitution, sample_principle
from charter.digests import derive_seed
from charter.errors import ConfigError
from charter.recipe_feedback import PreferConfig
from charter.records import Aim

HELPFULNESS: Final = "helpfulness"
"""The category of principles that responses to ordinary prompts are compared by."""
FALLBACK_ID: Final = "default-helpful"
"""Stands for the default constitution's principle of helpfulness, where a constitution has none of its own."""


@dataclass(frozen=True, slots=True)
class Principles:
    """The principles to draw from, by aim."""

    of: dict[Aim, tuple[Principle, ...]]

    @classmethod
    def select(cls, constitution: Constitution, config: PreferConfig) -> "Principles":
        """Those that the recipe names; else the category decides.

        Raises:
            ConfigError: an unknown id, one whose weight is 0, or nothing to compare red-team prompts by.
        """
        every = constitution.select()
        about_help = tuple(item for item in every if item.category == HELPFULNESS)
        helpful = constitution.select(config.helpful_principles) if config.helpful_principles else about_help
        others = tuple(item for item in every if item.category != HELPFULNESS)
        harmless = constitution.select(config.harmless_principles) if config.harmless_principles else others
        if not harmless:
            raise ConfigError(
                f"constitution '{constitution.name}' has only principles of category {HELPFULNESS}, and red-team "
                "prompts are compared by others; add one, or name them in prefer.harmless_principles"
            )
        return cls({"harmless": harmless, "helpful": helpful or (_fallback(),)})

    def draw(self, aim: Aim, seed: int, count: int) -> tuple[Principle, ...]:
        """So many different ones, or all that there are; the same for the same seed."""
        left = list(self.of[aim])
        drawn: list[Principle] = []
        while left and len(drawn) < count:
            drawn.append(sample_principle(left, derive_seed(seed, len(drawn))))
            left.remove(drawn[-1])
        return tuple(drawn)

    def as_json(self) -> dict[str, list[list[object]]]:
        """What a draw, and the question asked, depend on."""
        return {
            aim: [[item.id, item.comparison_question, item.weight] for item in items] for aim, items in self.of.items()
        }


def _fallback() -> Principle:
    return load_constitution("default").principle("helpful").model_copy(update={"id": FALLBACK_ID})
