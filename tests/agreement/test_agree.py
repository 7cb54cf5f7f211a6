"""Agreement of two raters and of many: by hand on few pairs, and on simulated raters whose errors are known."""

import random
from collections.abc import Callable

import pytest

from charter.agreement.agree import ALL, alphas, between_kinds, pairwise
from charter.agreement.labels import Labels, Source, collect
from charter.records import Pair, Preference
from charter.results_agreement import Alpha, PairAgreement

Make = Callable[..., Preference]
MakePair = Callable[..., Pair]
Noisy = Callable[..., list[Preference]]


def labels_of(*preferences: Preference) -> Labels:
    return collect([Source("a", preferences)])


def two(pair: MakePair, prefer: Make, said: list[tuple[float, float]]) -> PairAgreement:
    both = [
        prefer(pair(number), p, rater)
        for number, labels in enumerate(said)
        for rater, p in zip(("anna", "ben"), labels, strict=True)
    ]
    (found,) = pairwise(labels_of(*both), seed=0)
    return found


def truths(n: int) -> list[float]:
    draw = random.Random(1)
    return [float(draw.random() < 0.5) for _ in range(n)]


def test_by_hand(pair: MakePair, prefer: Make) -> None:
    # four agreements, two disagreements, one tie against a side, one tie of both
    found = two(pair, prefer, [(1, 1), (1, 0.9), (0, 0), (0.2, 0), (1, 0), (0, 1), (0.5, 1), (0.5, 0.5)])
    assert (found.one, found.other, found.pairs, found.ties) == ("anna", "ben", 8, 2)
    assert (found.accuracy.k, found.accuracy.n) == (4, 6)
    # each pair in both orders: anna ties 2 of 8 and takes either side 3 times, ben ties once and takes them 3.5 times
    expected = 2 * (3 / 8) * (3.5 / 8) + (2 / 8) * (1 / 8)
    assert found.kappa.value == pytest.approx((5 / 8 - expected) / (1 - expected))
    assert found.kappa.low < found.kappa.value < found.kappa.high


def test_without_ties_kappa_is_twice_the_accuracy_less_one(pair: MakePair, prefer: Make) -> None:
    found = two(pair, prefer, [(1, 1)] * 7 + [(1, 0)] * 3)  # first always: the order of a file says nothing
    assert found.accuracy.rate == pytest.approx(0.7)
    assert found.kappa.value == pytest.approx(0.4)


def test_storing_pairs_the_other_way_round_changes_nothing(pair: MakePair, noisy: Noisy) -> None:
    pairs, truth = [pair(number) for number in range(80)], truths(80)
    said = [noisy(pairs, truth, accuracy, rater, ties=0.1) for rater, accuracy in (("anna", 0.8), ("ben", 0.7))]
    plain = [each for labels in said for each in labels]
    turned = [each.swapped() if number % 3 else each for number, each in enumerate(plain)]
    assert pairwise(labels_of(*plain), 0) == pairwise(labels_of(*turned), 0)
    assert alphas(labels_of(*plain), 0) == alphas(labels_of(*reversed(turned)), 0)


def test_simulated_raters_agree_as_their_noise_says(pair: MakePair, noisy: Noisy) -> None:
    pairs, truth = [pair(number, number // 2) for number in range(1500)], truths(1500)
    accuracies = {"anna": 0.9, "ben": 0.8, "cleo": 0.6}
    labels = labels_of(*(each for who, a in accuracies.items() for each in noisy(pairs, truth, a, who)))
    for found in pairwise(labels, 0):
        a, b = accuracies[found.one], accuracies[found.other]
        same = a * b + (1 - a) * (1 - b)
        assert found.prompts == 750
        assert found.accuracy.low <= same <= found.accuracy.high
        assert found.kappa.low <= 2 * same - 1 <= found.kappa.high
    (alpha,) = alphas(labels, 0)
    mean = sum((2 * a - 1) * (2 * b - 1) for a, b in ((0.9, 0.8), (0.9, 0.6), (0.8, 0.6))) / 3
    assert (alpha.of, alpha.raters, alpha.pairs) == (ALL, 3, 1500)
    assert alpha.nominal.low <= mean <= alpha.nominal.high
    assert alpha.interval.value == pytest.approx(alpha.nominal.value, abs=0.01)  # two values alone: the same thing


def test_missing_labels_are_left_out_pair_by_pair(pair: MakePair, prefer: Make) -> None:
    anna = [prefer(pair(number), 1.0, "anna") for number in range(10)]
    ben = [prefer(pair(number), float(number != 5), "ben") for number in range(4, 8)]
    cleo = [prefer(pair(20), 1.0, "cleo")]
    labels = labels_of(*anna, *ben, *cleo)
    (found,) = pairwise(labels, 0)
    assert (found.one, found.other, found.pairs, found.accuracy.k) == ("anna", "ben", 4, 3)
    (alpha,) = alphas(labels, 0)
    assert (alpha.raters, alpha.pairs) == (3, 4)
    assert alpha.nominal.value == pytest.approx(1 - (8 - 1) * 2 / (64 - 32))  # by hand: 8 values, 2 of 8 unequal


def test_raters_who_never_disagree_may_still_do_so_on_other_pairs(pair: MakePair, prefer: Make) -> None:
    few, many = (two(pair, prefer, [(float(n % 2), float(n % 2)) for n in range(size)]) for size in (6, 60))
    assert few.kappa.value == many.kappa.value == 1
    assert few.kappa.low < many.kappa.low < 1 == many.kappa.high
    assert few.kappa.low == pytest.approx(2 * few.accuracy.low - 1)  # Wilson's bound, as kappa


def test_who_always_says_tie_has_no_kappa_and_the_reason(pair: MakePair, prefer: Make) -> None:
    found = two(pair, prefer, [(0.5, 0.5)] * 12)
    assert found.kappa.value is None
    assert found.kappa.reason == "chance agreement is complete: all labels are the same"
    assert (found.accuracy.n, found.accuracy.rate) == (0, None)
    labels = labels_of(*(prefer(pair(n), 0.5, who) for n in range(12) for who in ("anna", "ben")))
    (alpha,) = alphas(labels, 0)
    assert alpha.nominal.value is alpha.interval.value is None


def test_one_or_two_prompts_give_no_interval(pair: MakePair, prefer: Make) -> None:
    both = [prefer(pair(n, 0), float(n > 2 or who == "ben"), who) for n in range(9) for who in ("anna", "ben")]
    (found,) = pairwise(labels_of(*both), 0)
    assert (found.prompts, found.kappa.low, found.kappa.high) == (1, None, None)
    assert found.kappa.value is not None
    assert found.kappa.reason == "n is too small for an interval: 1 prompt"
    both = [prefer(pair(n), 1.0, who) for n in range(2) for who in ("anna", "ben")]
    (found,) = pairwise(labels_of(*both), 0)
    assert (found.kappa.value, found.kappa.low) == (1.0, None)
    assert found.kappa.reason == "n is too small for an interval: 2 prompts"


def test_who_always_contradict_each_other_have_no_interval_and_a_reason_that_is_true(
    pair: MakePair, prefer: Make
) -> None:
    found = two(pair, prefer, [(1.0, 0.0)] * 60)
    assert (found.kappa.value, found.kappa.low) == (pytest.approx(-1), None)
    assert "nothing varies" in found.kappa.reason
    assert found.accuracy.high == pytest.approx(0.06, abs=0.01)


def test_interval_alpha_counts_how_far_soft_labels_are_apart(pair: MakePair, prefer: Make) -> None:
    near = [
        prefer(pair(n), p + step, who) for n, p in enumerate([0.1, 0.9] * 20) for who, step in (("a", 0), ("b", 0.05))
    ]
    far = [
        prefer(pair(n), p, who)
        for n, (p, q) in enumerate([(0.1, 0.45), (0.9, 0.55)] * 20)
        for who, p in (("a", p), ("b", q))
    ]
    alpha: dict[str, Alpha] = {name: alphas(labels_of(*some), 0)[0] for name, some in (("near", near), ("far", far))}
    assert alpha["near"].nominal.value == alpha["far"].nominal.value == 1
    assert alpha["far"].interval.value < 0.6
    assert alpha["near"].interval.value > 0.98


def test_kinds_of_raters_are_compared_as_wholes(pair: MakePair, prefer: Make) -> None:
    ai = [prefer(pair(n), 1.0, "judge", feedback="ai") for n in range(6)]
    people = [prefer(pair(n), float(n > 0), f"person {n % 2}") for n in range(6)]
    (found,) = between_kinds(labels_of(*ai, *people), 0)
    assert (found.one, found.other, found.pairs, found.accuracy.k) == ("AI", "human", 6, 5)
    assert [each.of for each in alphas(labels_of(*ai, *people), 0)] == [ALL, "human"]
    assert between_kinds(labels_of(*ai, *people[::2]), 0) == ()  # one of each: that is in the other table
