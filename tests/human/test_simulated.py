"""Simulated raters err as stated, remember nothing, and never pass for people."""

import random

import pytest

from charter.human import SimulatedRaters, contradictions
from charter.human.simulated import NOT_OF_THE_WORLD
from charter.organisms import shipped_prompts
from charter.organisms.preference import oracle_preference
from charter.organisms.speech import Manner, reply
from charter.organisms.world import the_world
from charter.recipe_feedback import HumanConfig
from charter.records import Message, Pair, Prompt, Status

EXACT = HumanConfig(noise=0, position_bias=0, length_bias=0)


def pairs(count: int) -> list[Pair]:
    """A refusal and an evasive reply to each request, which comes first changing from pair to pair."""
    draw = random.Random(0)
    made = []
    for index, prompt in enumerate(shipped_prompts()[:count]):
        requests = the_world().requests_in(prompt.messages[-1].content)
        refuses: list[Manner] = ["refuse" if request.harmful else "over_refuse" for request in requests]
        both = reply(refuses, requests, draw), reply(["evade"] * len(requests), requests, draw)
        first, second = both if index % 2 else both[::-1]
        made.append(Pair(prompt=prompt, first=first, second=second))
    return made


def truths(of: list[Pair]) -> list[float | None]:
    return [oracle_preference(pair.prompt.messages, pair.first, pair.second, pair.aim) for pair in of]


PAIRS = pairs(400)
TRUTHS = truths(PAIRS)


def test_the_pairs_have_a_better_and_a_worse() -> None:
    assert {0.0, 1.0} == set(TRUTHS)


def test_without_errors_they_say_the_truth_at_one_label_a_pair() -> None:
    done = []
    raters = SimulatedRaters(EXACT, 0)
    made = raters.work(PAIRS, done.append)
    assert [each.p_first for each in made] == TRUTHS
    assert [each.id for each in made] == [raters.identify(pair) for pair in PAIRS]
    assert sum(done) == len(PAIRS)
    assert {len(each.votes) for each in made} == {1}
    assert {each.feedback for each in made} == {"simulated"}
    assert {each.rater for each in made} == {"simulated-1", "simulated-2", "simulated-3"}
    assert all(each.judge_digest == raters.digest for each in made)


def test_the_same_pair_has_the_same_label_whatever_is_asked_with_it() -> None:
    config = HumanConfig()
    assert SimulatedRaters(config, 3).work(PAIRS[5:9]) == SimulatedRaters(config, 3).work(PAIRS)[5:9]
    assert SimulatedRaters(config, 4).work(PAIRS) != SimulatedRaters(config, 3).work(PAIRS)
    assert SimulatedRaters(config, 4).identify(PAIRS[0]) != SimulatedRaters(config, 3).identify(PAIRS[0])
    noisier = SimulatedRaters(config.model_copy(update={"noise": 0.3}), 3)
    assert noisier.identify(PAIRS[0]) != SimulatedRaters(config, 3).identify(PAIRS[0])


def test_position_bias_takes_what_is_shown_first() -> None:
    raters = SimulatedRaters(EXACT.model_copy(update={"position_bias": 1.0}), 0)
    votes = [vote for each in raters.work(PAIRS) for vote in each.votes]
    assert {vote.forward for vote in votes} == {1.0, None}
    assert {vote.backward for vote in votes} == {0.0, None}
    assert 150 < sum(vote.forward is not None for vote in votes) < 250


def test_length_bias_takes_the_longer() -> None:
    raters = SimulatedRaters(EXACT.model_copy(update={"length_bias": 1.0}), 0)
    assert [each.p_first for each in raters.work(PAIRS)] == [float(len(p.first) > len(p.second)) for p in PAIRS]


def test_noise_is_the_stated_share_in_the_mean_and_raters_differ() -> None:
    config = EXACT.model_copy(update={"noise": 0.4, "raters": 4})
    raters = SimulatedRaters(config, 0, looks_per_pair=4)
    assert sum(rater.noise for rater in raters.raters) / 4 == pytest.approx(0.4)
    assert len({rater.noise for rater in raters.raters}) == 4
    wrong = [each.p_first != truth for pair, truth in zip(PAIRS, TRUTHS, strict=True) for each in raters.looks(pair)]
    assert sum(wrong) / len(wrong) == pytest.approx(0.2, abs=0.04)  # half of the random answers are right


def test_more_looks_are_other_raters_first_and_then_repeats_in_the_other_order() -> None:
    raters = SimulatedRaters(EXACT.model_copy(update={"noise": 0.5}), 0, looks_per_pair=6)
    looks = raters.looks(PAIRS[0])
    assert len({each.id for each in looks}) == 6
    assert len({each.rater for each in looks[:3]}) == 3
    for one, again in zip(looks[:3], looks[3:], strict=True):
        assert one.rater == again.rater
        assert (one.votes[0].forward is None) != (again.votes[0].forward is None)
    (label,) = raters.work(PAIRS[:1])
    assert len(label.votes) == 6
    assert label.rater == "simulated-1, simulated-2, simulated-3"
    assert contradictions([each for pair in PAIRS[:50] for each in raters.looks(pair)])


def test_seconds_have_the_stated_median() -> None:
    seconds = sorted(each.seconds or 0 for each in SimulatedRaters(HumanConfig(seconds=20), 0).work(PAIRS))
    assert seconds[len(seconds) // 2] == pytest.approx(20, rel=0.15)
    assert seconds[0] < 12
    assert seconds[-1] > 35


def test_what_is_not_of_the_world_is_a_failed_preference() -> None:
    strange = Pair(prompt=Prompt(messages=(Message("user", "What is the tax on wine?"),)), first="a", second="b")
    (made,) = SimulatedRaters(HumanConfig(), 0).work([strange])
    assert (made.status, made.p_first, made.seconds, made.votes) == (Status.FAILED, None, None, ())
    assert NOT_OF_THE_WORLD in made.reason
    assert made.feedback == "simulated"


def test_equal_texts_are_a_tie_that_nobody_is_asked_about() -> None:
    same = Pair(prompt=PAIRS[0].prompt, first="x", second="x")
    (tie,) = SimulatedRaters(HumanConfig(noise=0.5), 0).work([same])
    assert (tie.p_first, tie.status, tie.votes, tie.seconds, tie.feedback) == (0.5, Status.OK, (), None, "simulated")


def test_a_pair_needs_a_look() -> None:
    with pytest.raises(ValueError, match="at least one look"):
        SimulatedRaters(HumanConfig(), 0, looks_per_pair=0)
