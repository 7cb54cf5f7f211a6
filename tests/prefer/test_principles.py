"""Which principles a pair may be compared under."""

from collections import Counter

import pytest

from charter.constitution import Constitution, load_constitution
from charter.errors import ConfigError
from charter.prefer import Principles
from charter.recipe_feedback import PreferConfig

DEFAULT = load_constitution("default")


def constitution(*categories: str, weight: float = 1.0) -> Constitution:
    source = DEFAULT.principles[0].model_copy(update={"weight": weight})
    items = [source.model_copy(update={"id": f"p{n}", "category": name}) for n, name in enumerate(categories)]
    return DEFAULT.model_copy(update={"name": "mine", "principles": tuple(items)})


def ids(principles: Principles, aim: str) -> list[str]:
    return [item.id for item in principles.of[aim]]  # type: ignore[index]


def test_the_category_decides_where_the_recipe_names_none() -> None:
    principles = Principles.select(constitution("theft", "helpfulness", "general"), PreferConfig())
    assert (ids(principles, "harmless"), ids(principles, "helpful")) == (["p0", "p2"], ["p1"])


def test_a_constitution_that_says_nothing_of_helpfulness_gets_the_shipped_question() -> None:
    principles = Principles.select(constitution("theft"), PreferConfig())
    (fallback,) = principles.of["helpful"]
    assert fallback.id == "default-helpful"
    assert fallback.comparison_question == DEFAULT.principle("helpful").comparison_question


def test_a_constitution_of_helpfulness_alone_cannot_compare_for_harmlessness() -> None:
    only = constitution("helpfulness")
    with pytest.raises(ConfigError, match="'mine' has only principles of category helpfulness"):
        Principles.select(only, PreferConfig())
    assert ids(Principles.select(only, PreferConfig(harmless_principles=("p0",))), "harmless") == ["p0"]


def test_draws_are_weighted_and_without_replacement() -> None:
    heavy = constitution("general", "theft", "fraud")
    items = (heavy.principles[0].model_copy(update={"weight": 8.0}), *heavy.principles[1:])
    principles = Principles.select(heavy.model_copy(update={"principles": items}), PreferConfig())
    first = Counter(principles.draw("harmless", seed, 1)[0].id for seed in range(600))
    assert 0.75 < first["p0"] / 600 < 0.85
    for seed in range(30):
        drawn = [item.id for item in principles.draw("harmless", seed, 2)]
        assert len(set(drawn)) == 2
        assert [item.id for item in principles.draw("harmless", seed, 2)] == drawn
        assert {item.id for item in principles.draw("harmless", seed, 9)} == {"p0", "p1", "p2"}
