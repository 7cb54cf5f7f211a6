"""Two recipes are told apart by what they make a run do."""

import pytest

from charter.recipe import Expectation, ModelConfig, Recipe, ReviseConfig
from charter.recipe_diff import recipe_differences, recipe_digest


@pytest.mark.parametrize(
    ("recipe", "shown"),
    [
        (Recipe(seed=1), ["seed 0 -> 1"]),
        (
            Recipe(model=ModelConfig(revision="v1", batch_size=1)),
            ["model.revision none -> 'v1'", "model.batch_size 128 -> 1"],
        ),
        (Recipe(revise=ReviseConfig(principles=("a", "b"))), ["revise.principles [] -> ['a', 'b']"]),
        (Recipe(constitution="x" * 80), [f"constitution 'default' -> '{'x' * 58}…"]),
    ],
)
def test_differences_are_named_with_both_values(recipe: Recipe, shown: list[str]) -> None:
    assert [str(difference) for difference in recipe_differences(Recipe(), recipe)] == shown
    assert recipe_digest(recipe) != recipe_digest(Recipe())


def test_words_about_a_recipe_make_no_difference() -> None:
    other = Recipe(description="better said", expects=Expectation(hardware="a laptop"))
    assert recipe_differences(Recipe(), other) == ()
    assert recipe_digest(other) == recipe_digest(Recipe())
