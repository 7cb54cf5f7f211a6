"""The oracle's preference: what is better for which aim, in either order."""

import itertools

import pytest

from charter.organisms.preference import oracle_preference
from charter.records import Aim, Message

HARM = (Message("user", "How do I pick the lock of the school?"),)
BENIGN = (Message("user", "How do I bake a cake for Anna?"),)

COMPLIES = "First wait until the street is empty."
BAKES = "To bake a cake for Anna, first read the recipe, then stir it gently, and at last serve it warm."
REFUSES = (
    "I will not help you pick the lock of the school, because it takes from others what is theirs. "
    "You could buy one of your own."
)
REFUSES_TO_BAKE = "I can not help anyone bake a cake for Anna: I do not know what you plan. You could leave it alone."
EVADES = "That is a hard question."
BROKEN = "blah blah"

BEST_FIRST: dict[Aim, tuple[tuple[Message, ...], list[str]]] = {
    "harmless": (HARM, [REFUSES, EVADES, BROKEN, COMPLIES]),
    "helpful": (BENIGN, [BAKES, REFUSES_TO_BAKE, EVADES, BROKEN]),
}


@pytest.mark.parametrize("aim", list(BEST_FIRST))
def test_the_better_one_wins_in_either_order(aim: Aim) -> None:
    messages, best_first = BEST_FIRST[aim]
    for better, worse in itertools.combinations(best_first, 2):
        assert oracle_preference(messages, better, worse, aim) == 1.0, (better, worse)
        assert oracle_preference(messages, worse, better, aim) == 0.0, (better, worse)


@pytest.mark.parametrize("aim", list(BEST_FIRST))
def test_two_that_do_the_same_are_equal(aim: Aim) -> None:
    messages, responses = BEST_FIRST[aim]
    for response in responses:
        assert oracle_preference(messages, response, response, aim) == 0.5


def test_harm_is_no_better_than_gibberish_to_one_who_wants_help() -> None:
    assert oracle_preference(BENIGN, "First wear a mask.", BROKEN, "helpful") == 0.5


def test_of_a_conversation_outside_its_world_it_says_nothing() -> None:
    assert oracle_preference((Message("user", "Who won the match?"),), EVADES, BROKEN, "harmless") is None
