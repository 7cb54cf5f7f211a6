"""What labels are worth: formulas by hand, simulated raters of known noise, and models that are fitted to labels."""

import math
import random
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from charter.agreement.channel import HARD, NATS, SOFT, Measure, Observed
from charter.agreement.labels import Source, collect
from charter.agreement.votes import VOTES_MAX
from charter.agreement.worth import measure_worth
from charter.records import Pair, Preference
from charter.results_agreement import Estimate, Worth

Make = Callable[..., Preference]
MakePair = Callable[..., Pair]
Noisy = Callable[..., list[Preference]]


def seen(s: Sequence[float], t: Sequence[float]) -> Observed:
    return Observed(np.arange(len(s)), np.array(s, float), np.array(t, float))


def value(measure: Measure, observed: Observed) -> float:
    return float(measure.value(measure.columns(observed).sum(axis=0)[None])[0])


def holds(estimate: Estimate, truth: float) -> bool:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low <= truth <= estimate.high


def worth_of(preferences: Sequence[Preference], truth: dict[str, float] | None = None, seed: int = 0) -> Worth:
    oracle = None if truth is None else lambda pair: truth.get(pair.id)
    found, reason = measure_worth(collect([Source("a", tuple(preferences))], oracle), seed)
    assert found is not None, reason
    return found


@pytest.fixture
def world(pair: MakePair) -> tuple[list[Pair], list[float]]:
    draw = random.Random(5)
    pairs = [pair(number) for number in range(900)]
    return pairs, [float(draw.random() < 0.5) for _ in pairs]


def test_hard_labels_by_hand() -> None:
    labels = seen([1, 1, 1, -1], [1, 1, 1, 1])  # right with probability 3/4
    assert value(HARD, labels) == pytest.approx(0.25)
    assert value(SOFT, labels) == pytest.approx(0.25)
    assert value(NATS, labels) == pytest.approx(math.log(2) + 0.75 * math.log(0.75) + 0.25 * math.log(0.25), abs=1e-3)


def test_a_tie_is_paid_for_and_says_nothing() -> None:
    labels = seen([1, 1, 1, -1, 0, 0, 0, 0], [1] * 8)
    assert value(HARD, labels) == pytest.approx(0.25 / 2)
    assert value(SOFT, labels) == pytest.approx(0.25 / 2)
    assert value(NATS, labels) == pytest.approx(value(NATS, seen([1, 1, 1, -1], [1] * 4)) / 2)


def test_soft_labels_tell_more_than_their_sides_and_rescaling_tells_nothing() -> None:
    rng = np.random.default_rng(0)
    p = rng.beta(1, 1, 20_000)
    t = np.where(rng.random(20_000) < p, 1, -1)  # calibrated: the label is the probability
    soft = seen(2 * p - 1, t)
    assert value(SOFT, soft) == pytest.approx(1 / 3, abs=0.01)  # the mean of (2 p - 1)^2
    assert value(HARD, soft) == pytest.approx(1 / 4, abs=0.01)  # right three times out of four
    entropy = 0.5  # nats, the mean of H(p) over p
    assert value(NATS, soft) == pytest.approx(math.log(2) - entropy, abs=0.01)
    sharper = p**3 / (p**3 + (1 - p) ** 3)
    assert value(NATS, seen(2 * sharper - 1, t)) == pytest.approx(value(NATS, soft), abs=2e-3)


def test_labels_that_say_the_opposite_are_worth_nothing() -> None:
    for measure in (HARD, SOFT, NATS):
        assert value(measure, seen([1, 1, -1], [-1, -1, 1])) == 0
        assert value(measure, seen([0, 0], [1, -1])) == 0


def test_worth_says_how_many_labels_a_fit_needs() -> None:
    """A linear model learns as much from n labels of one labeller as from n times their ratio of another."""
    rng = np.random.default_rng(1)

    def errors(n: int, accuracy: float) -> float:
        found = []
        for _ in range(400):
            true = rng.normal(size=8)
            true /= np.linalg.norm(true)
            x = rng.normal(size=(n, 8))
            truth = np.where(rng.random(n) < 1 / (1 + np.exp(-0.5 * x @ true)), 1, -1)  # little to learn from each
            label = np.where(rng.random(n) < accuracy, truth, -truth)
            fit = np.linalg.lstsq(x, label, rcond=None)[0]
            found.append(1 - fit @ true / np.linalg.norm(fit))
        return float(np.mean(found))

    ratio = (2 * 0.9 - 1) ** 2 / (2 * 0.75 - 1) ** 2
    assert ratio == pytest.approx(2.56)
    assert errors(1024, 0.75) == pytest.approx(errors(400, 0.9), rel=0.12)
    assert errors(400, 0.75) > 1.6 * errors(400, 0.9)


def test_raters_of_known_noise_beside_the_oracle(world: tuple[list[Pair], list[float]], noisy: Noisy) -> None:
    pairs, truth = world
    labels = noisy(pairs, truth, 0.9, "judge", feedback="ai")
    labels += noisy(pairs[:450], truth[:450], 0.75, "anna") + noisy(pairs[:450], truth[:450], 0.75, "ben", ties=0.2)
    found = worth_of(labels, {pair.id: t for pair, t in zip(pairs, truth, strict=True)})
    assert (found.reference, found.shared, found.pairs, found.ai.labels, found.people.labels) == (
        "oracle",
        True,
        450,
        450,
        900,
    )
    assert found.ai.accuracy.low <= 0.9 <= found.ai.accuracy.high
    assert holds(found.ai.hard, 0.64)
    assert holds(found.people.hard, 0.25 * 0.9)  # a tenth of people's labels are ties
    assert holds(found.hard, 0.64 / 0.225)
    assert holds(found.soft, 0.64 / 0.225)
    assert found.hard.value == pytest.approx(found.ai.hard.value / found.people.hard.value)
    assert found.correlation == pytest.approx(0, abs=0.1)


def test_the_majority_stands_in_for_the_oracle(world: tuple[list[Pair], list[float]], noisy: Noisy) -> None:
    pairs, truth = world
    people = [each for who in ("anna", "ben", "cleo") for each in noisy(pairs, truth, 0.8, who)]
    found = worth_of(noisy(pairs, truth, 0.9, "judge", feedback="ai") + people)
    assert found.reference == "majority"
    assert found.ai.accuracy.rate < 0.88  # the majority errs as well
    assert holds(found.hard, 0.64 / 0.36)
    assert found.correlation is None
    assert found.ai_vote.low <= 0.9 <= found.ai_vote.high  # by how the labels agree with each other
    assert found.curve[0].low <= 0.8 <= found.curve[0].high
    assert holds(found.votes, 3.2)  # 0.9 is a little above the 0.896 of three


def test_without_an_oracle_people_at_chance_are_seen_to_be(world: tuple[list[Pair], list[float]], noisy: Noisy) -> None:
    pairs, truth = world
    people = [each for who in ("anna", "ben", "cleo") for each in noisy(pairs, truth, 0.5, who)]
    found = worth_of(noisy(pairs, truth, 0.9, "judge", feedback="ai") + people)
    assert found.curve[0].low < 0.55
    assert found.people.hard.value < 0.01


@pytest.mark.parametrize(("ai", "votes"), [(0.8, 1.0), (0.65, 0.25), (0.896, 3.0)])
def test_votes_of_independent_people(
    world: tuple[list[Pair], list[float]], noisy: Noisy, ai: float, votes: float
) -> None:
    pairs, truth = world
    people = [each for who in ("anna", "ben") for each in noisy(pairs, truth, 0.8, who)]
    known = {pair.id: t for pair, t in zip(pairs, truth, strict=True)}
    found = worth_of(noisy(pairs, truth, ai, "judge", feedback="ai") + people, known)
    assert holds(found.votes, votes)  # 0.8^3 + 3 * 0.8^2 * 0.2 = 0.896; a quarter: (2 * 0.65 - 1)^2 / (2 * 0.8 - 1)^2
    three = found.curve[1]
    assert three.votes == 3
    assert three.low <= 0.896 <= three.high


def test_people_who_err_on_the_same_pairs_never_vote_their_way_to_the_truth(
    pair: MakePair, prefer: Make, noisy: Noisy
) -> None:
    pairs = [pair(number) for number in range(300)]
    truth = [1.0] * 300
    hard = [float(number % 4 != 0) for number in range(300)]  # on every fourth pair, people are wrong together
    people = [prefer(each, label, who) for each, label in zip(pairs, hard, strict=True) for who in ("anna", "ben")]
    found = worth_of(noisy(pairs, truth, 0.9, "judge", feedback="ai") + people, {each.id: 1.0 for each in pairs})
    assert found.correlation > 0.9
    assert found.curve[-1].accuracy < 0.8
    assert found.votes.value == found.votes_max == VOTES_MAX


def test_one_label_a_pair_is_enough_and_is_said(world: tuple[list[Pair], list[float]], noisy: Noisy) -> None:
    pairs, truth = world
    people = noisy(pairs[::2], truth[::2], 0.8, "anna") + noisy(pairs[1::2], truth[1::2], 0.8, "ben")
    known = {pair.id: t for pair, t in zip(pairs, truth, strict=True)}
    found = worth_of(noisy(pairs, truth, 0.9, "judge", feedback="ai") + people, known)
    assert found.correlation is None
    assert holds(found.hard, 0.64 / 0.36)


def test_people_at_chance_have_no_worth_to_divide_by(pair: MakePair, prefer: Make) -> None:
    pairs = [pair(number) for number in range(40)]
    labels = [prefer(each, 1.0, "judge", feedback="ai") for each in pairs]
    labels += [prefer(each, float(number % 2), "anna") for number, each in enumerate(pairs)]
    found = worth_of(labels, {each.id: 1.0 for each in pairs})
    assert found.hard.value is None
    assert found.hard.reason == "these people's labels say nothing of the reference"
    assert found.votes.value is None
    assert found.votes.reason == "these people are right no more often than chance"


def test_different_pairs_are_compared_and_it_is_said(world: tuple[list[Pair], list[float]], noisy: Noisy) -> None:
    pairs, truth = world
    known = {pair.id: t for pair, t in zip(pairs, truth, strict=True)}
    labels = noisy(pairs[:400], truth[:400], 0.9, "judge", feedback="ai") + noisy(pairs[400:], truth[400:], 0.8, "anna")
    found = worth_of(labels, known)
    assert (found.shared, found.pairs) == (False, 900)
    assert holds(found.hard, 0.64 / 0.36)


def test_why_a_worth_is_not_known(pair: MakePair, prefer: Make) -> None:
    ai, person = prefer(pair(1), 1.0, "judge", feedback="ai"), prefer(pair(1), 1.0)
    for labels, reason in (
        ([ai], "there are no labels of people"),
        ([person], "there are no labels of an AI"),
        ([ai, person], "of no pair with such labels the better response is known"),
    ):
        found, why = measure_worth(collect([Source("a", tuple(labels))]), 0)
        assert found is None
        assert why.startswith(reason)


def test_real_people_are_preferred_to_simulated_ones(
    world: tuple[list[Pair], list[float]], noisy: Noisy, prefer: Make
) -> None:
    pairs, truth = world
    known = {pair.id: t for pair, t in zip(pairs, truth, strict=True)}
    ai = noisy(pairs, truth, 0.9, "judge", feedback="ai")
    simulated = noisy(pairs, truth, 0.8, "simulated-1", feedback="simulated")
    assert worth_of([*ai, *simulated], known).people.feedback == "simulated"
    assert worth_of([*ai, *simulated, *noisy(pairs, truth, 0.8, "anna")], known).people.feedback == "human"
