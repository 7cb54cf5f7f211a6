"""Which samples make pairs, and what is said of the others."""

import random

from charter.prefer import form_pairs, pair_samples
from charter.records import Status

from .conftest import make_sample


def texts(*samples: object) -> list[tuple[str, str]]:
    return [(pair.first, pair.second) for pair in form_pairs(samples)]  # type: ignore[arg-type]


def test_neighbours_by_seed_make_disjoint_pairs_whatever_order_they_come_in() -> None:
    samples = [make_sample(f"{request}{seed}", request, seed=seed) for request in "pq" for seed in range(4)]
    expected = {("p0", "p1"), ("p2", "p3"), ("q0", "q1"), ("q2", "q3")}
    assert set(texts(*samples)) == expected
    shuffled = random.Random(1).sample(samples, len(samples))
    assert form_pairs(shuffled) == form_pairs(samples)


def test_each_pair_says_who_wrote_its_responses() -> None:
    (pair,) = form_pairs([make_sample("a", seed=1), make_sample("b", seed=2)])
    assert (pair.first_model, pair.second_model) == ("m", "m")


def test_what_cannot_be_compared_is_left_out_and_counted() -> None:
    pairing = pair_samples(
        [
            make_sample("", "a", seed=1, status=Status.FAILED),
            make_sample("cut", "a", seed=2, finish="length"),
            make_sample("one", "a", seed=3),
            make_sample(" \n", "a", seed=4),
            make_sample("two", "a", seed=5),
            make_sample("three", "a", seed=6),
            make_sample("cut", "b", seed=7, finish="length"),
        ]
    )
    assert [(pair.first, pair.second) for pair in pairing.pairs] == [("one", "two")]
    assert pairing.left_out == {
        "the sample was cut off at its token limit": 2,
        "no other sample of its prompt is left to compare it with": 1,
        "the sample failed": 1,
        "the sample is empty": 1,
    }


def test_equal_texts_are_a_pair_and_a_pair_that_comes_again_is_counted() -> None:
    same = [make_sample("one", seed=seed) for seed in range(4)]
    pairing = pair_samples(same)
    assert [(pair.first, pair.second) for pair in pairing.pairs] == [("one", "one")]
    assert pairing.left_out == {"the same pair of texts is there already": 2}
