"""What a stage learned from, and how principles share in it."""

from dataclasses import replace

import pytest

from charter.records import Outcome, Preference, Vote
from charter.trace.lessons import NO_PRINCIPLE, preference_lessons, sft_lessons, word_shares
from charter.training_data import training_data

from .conftest import HELPFUL, PREFERENCES, REVISIONS, made, preference, prompt, revision


def test_every_example_of_the_training_has_its_record() -> None:
    for which in ("all", "last"):
        found = sft_lessons(REVISIONS, HELPFUL, which)  # type: ignore[arg-type]
        examples = training_data(REVISIONS, HELPFUL, which).examples  # type: ignore[arg-type]
        assert [(each.prompt.messages, each.text) for each in found] == [
            (each.prompt, each.answer) for each in examples
        ]
        assert all(each.lesson.texts == ((each.text, 1.0),) for each in found)
    assert {each.kind for each in found} == {"revision", "helpful"}


def test_of_all_rounds_each_text_has_the_rounds_that_led_to_it() -> None:
    found = [each for each in sft_lessons(REVISIONS, [], "all") if each.record is REVISIONS[0]]
    assert sorted((each.rounds, each.text) for each in found) == [
        (1, "I will not help with that, it harms."),
        (2, "I will not help with that."),
    ]


def test_a_principle_has_the_words_that_it_brought_in() -> None:
    of = revision(
        "Pick the lock.",
        made("I will not pick the lock", "p"),
        made("no text", "q", Outcome.INVALID),
        made("I will not pick the lock today friend", "r"),
        made("It stays", "s", Outcome.UNCHANGED),
        response="So pick the lock",
    )
    assert word_shares(of, 1) == {"p": 1.0}
    assert word_shares(of, 4) == pytest.approx({"p": 3 / 5, "r": 2 / 5})


def test_a_word_that_went_and_came_back_is_the_last_ones() -> None:
    of = revision("Pick.", made("a b", "p"), made("a c", "q"), made("a b", "r"), response="x")
    assert word_shares(of, 3) == {"p": 0.5, "r": 0.5}


def test_what_only_deletes_is_credited_for_what_went() -> None:
    of = revision("Pick.", made("x y", "p"), response="x y z")
    assert word_shares(of, 1) == {"p": 1.0}
    twice = revision("Pick.", made("a b c d", "p"), made("a b c", "q"), response="a b c d e f g")
    assert word_shares(twice, 2) == {"p": 3 / 4, "q": 1 / 4}
    taken_back = revision("Pick.", made("a new", "p"), made("a", "q"), response="a b")
    assert word_shares(taken_back, 2) == {"p": 1 / 2, "q": 1 / 2}
    rewritten = revision("Pick.", made("a b", "p"), made("a c", "q"), response="a b d")
    assert word_shares(rewritten, 2) == {"q": 1.0}  # a word that was brought in says more than those that went


def test_what_no_round_changed_has_no_principle() -> None:
    of = revision("Pick.", made("x  y z", "p"), made("no text", "q", Outcome.INVALID), response="x y z")
    assert word_shares(of, 2) == {NO_PRINCIPLE: 1.0}
    assert all(each.credits == {NO_PRINCIPLE: 1.0} for each in sft_lessons([], HELPFUL, "all"))


def test_the_better_response_is_pulled_up_and_the_other_down() -> None:
    found = {each.record.id: each for each in preference_lessons(PREFERENCES)}
    assert set(found) == {PREFERENCES[0].id, PREFERENCES[1].id}  # neither the tie nor the failed one
    first = found[PREFERENCES[0].id]
    assert first.text == PREFERENCES[0].pair.second
    assert [weight for _, weight in first.texts] == pytest.approx([-0.8, 0.8])
    assert first.credits == {"no-theft": 1.0}
    assert preference_lessons([PREFERENCES[0].swapped()])[0].text == first.text


def test_prompts_of_the_test_are_no_lessons() -> None:
    assert not preference_lessons([preference(prompt("Steal.", split="test"), "No.", "Yes.", 0.9)])


def test_principles_of_an_ensemble_share_and_people_have_none() -> None:
    votes = (Vote(principle_id="p", forward=0.9), Vote(principle_id="q", forward=0.8), Vote(principle_id="r"))
    (asked,) = preference_lessons([_with(PREFERENCES[1], votes)])
    assert asked.credits == {"p": 0.5, "q": 0.5}
    (human,) = preference_lessons([_with(PREFERENCES[1], (Vote(forward=0.8),))])
    assert human.credits == {NO_PRINCIPLE: 1.0}


def _with(of: Preference, votes: tuple[Vote, ...]) -> Preference:
    return replace(of, votes=votes)
