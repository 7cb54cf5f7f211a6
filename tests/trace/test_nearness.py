"""Which texts are near: exact cases, and what makes no difference."""

import numpy as np
import pytest

from charter.trace.nearness import READ, Nearness, grams

TEXTS = ("Pick the lock of the school", "Bake a cake for Ann", "", "Как испечь хлеб?", "如何烤面包")


def test_a_text_is_nearest_to_itself() -> None:
    for place, text in enumerate(TEXTS):
        near = Nearness(TEXTS).to(text)
        if text:
            assert near[place] == pytest.approx(1)
            assert int(np.argmax(near)) == place
        else:
            assert not near.any()


def test_case_punctuation_and_space_make_no_difference() -> None:
    assert Nearness(["pick the lock"]).to("  PICK, the\n lock!?")[0] == pytest.approx(1)


def test_nothing_in_common_is_0() -> None:
    assert Nearness(["abcdef"]).to("uvwxyz")[0] == 0
    assert Nearness(["abcdef"]).to("a")[0] == 0
    assert Nearness([]).to("abc").shape == (0,)


def test_rare_words_weigh_more_than_common_ones() -> None:
    near = Nearness(["how do i bake bread", "how do i forge money", "how do i sing", "how do i swim"]).to(
        "you forge, how do i"
    )
    assert int(np.argmax(near)) == 1


def test_the_end_of_a_long_text_counts() -> None:
    assert Nearness(["forge money"]).to("x " * READ + "forge money")[0] > 0
    assert Nearness(["forge money"]).to("forge money" + " x" * READ)[0] == 0


def test_the_cosine_is_that_of_the_weighted_counts() -> None:
    texts = ["abcab", "abc"]
    found = Nearness(texts).to("abca")
    places = [dict(zip(*map(list, grams(text)), strict=True)) for text in (*texts, "abca")]
    rarity = {
        place: np.log(3 / (1 + sum(place in each for each in places[:2]))) + 1 for each in places for place in each
    }
    vectors = [{place: count * rarity[place] for place, count in each.items()} for each in places]

    def cosine(one: dict[int, float], other: dict[int, float]) -> float:
        lengths = [np.sqrt(sum(value**2 for value in each.values())) for each in (one, other)]
        return float(sum(value * other.get(place, 0) for place, value in one.items()) / np.prod(lengths))

    assert found == pytest.approx([cosine(vectors[2], vectors[0]), cosine(vectors[2], vectors[1])])
