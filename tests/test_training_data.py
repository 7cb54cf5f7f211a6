"""What becomes an example, what is left out and counted, and what the digest depends on."""

import random
from dataclasses import replace

from charter.records import Message, Outcome, Prompt, Revision, Round, Sample, Status
from charter.training_data import LeftOut, Source, counted, training_data

SYSTEM = Message("system", "Answer briefly.")
CHAT = (SYSTEM, Message("user", "Hello."), Message("assistant", "Hi."), Message("user", "Pick the lock."))
PROMPT = Prompt(messages=CHAT)


def made(text: str, outcome: Outcome = Outcome.REVISED) -> Round:
    return Round(principle_id="p", critique="It harms.", revision=text, outcome=outcome)


def revision(*rounds: Round, identity: str = "r", prompt: Prompt = PROMPT, status: Status = Status.OK) -> Revision:
    return Revision(
        id=identity,
        prompt=prompt,
        response="Push the pins.",
        rounds=rounds,
        constitution_digest="c",
        model_digest="m",
        seed=0,
        status=status,
    )


def sample(text: str, identity: str = "s", finish: str = "stop", status: Status = Status.OK) -> Sample:
    return Sample(
        id=identity,
        prompt=Prompt(messages=(Message("user", "Bake a cake."),), kind="benign"),
        text=text,
        finish=finish,  # type: ignore[arg-type]
        model_digest="m",
        seed=0,
        status=status,
    )


def test_every_round_that_revised_gives_an_example() -> None:
    data = training_data([revision(made("Better."), made("Best."))], [])
    assert {each.answer for each in data.examples} == {"Better.", "Best."}
    assert all(each.prompt == CHAT and each.source is Source.REVISION for each in data.examples)
    assert not data.left_out


def test_unchanged_and_invalid_rounds_give_none_and_are_counted() -> None:
    rounds = (made("Push the pins.", Outcome.UNCHANGED), made("It harms.", Outcome.INVALID), made("No."))
    data = training_data([revision(*rounds)], [])
    assert [each.answer for each in data.examples] == ["No."]
    assert data.left_out == {LeftOut.UNCHANGED: 1, LeftOut.INVALID: 1}


def test_a_text_that_comes_back_in_one_record_is_taken_once() -> None:
    data = training_data([revision(made("A."), made("B."), made(" A.\n"))], [])
    assert sorted(each.answer for each in data.examples) == ["A.", "B."]
    assert data.left_out == {LeftOut.REPEATED: 1}


def test_the_same_text_of_two_records_is_taken_twice() -> None:
    other = Prompt(messages=(Message("user", "Pick my lock."),))
    data = training_data([revision(made("No.")), revision(made("No."), identity="q", prompt=other)], [])
    assert len(data.examples) == 2
    again = training_data([], [sample("Stir.", "s1"), sample("Stir.", "s2")])
    assert len(again.examples) == 2


def test_last_takes_the_text_in_force_at_the_end() -> None:
    invalid_end = revision(made("A."), made("B."), made("critique", Outcome.INVALID))
    assert [each.answer for each in training_data([invalid_end], [], "last").examples] == ["B."]


def test_last_leaves_out_a_record_that_nothing_revised() -> None:
    untouched = revision(made("Push the pins.", Outcome.UNCHANGED), made("", Outcome.INVALID))
    data = training_data([untouched], [], "last")
    assert not data.examples
    assert data.left_out == {LeftOut.NOT_REVISED: 1}


def test_failed_records_empty_and_cut_off_samples_are_left_out_and_counted() -> None:
    data = training_data(
        [revision(status=Status.FAILED), revision(made("  \n"), identity="e")],
        [
            sample("", "f", status=Status.FAILED),
            sample("Stir the", "c", finish="length"),
            sample(" \n", "e"),
            sample("Stir."),
        ],
    )
    assert [(each.answer, each.source) for each in data.examples] == [("Stir.", Source.HELPFUL)]
    assert data.left_out == {LeftOut.FAILED: 2, LeftOut.CUT_OFF: 1, LeftOut.EMPTY: 2}
    assert data.sources == {Source.REVISION: 0, Source.HELPFUL: 1}


def test_a_test_prompt_is_never_trained_on() -> None:
    kept = replace(PROMPT, split="test")
    data = training_data(
        [revision(made("No."), prompt=kept)], [replace(sample("Stir."), prompt=replace(PROMPT, split="test"))]
    )
    assert not data.examples
    assert data.left_out == {LeftOut.TEST_PROMPT: 2}


def test_the_order_of_the_records_changes_neither_examples_nor_digest() -> None:
    revisions = [revision(made(f"A{i}."), made(f"B{i}."), identity=f"r{i}") for i in range(9)]
    samples = [sample(f"S{i}.", f"s{i}") for i in range(9)]
    data = training_data(revisions, samples)
    random.Random(0).shuffle(revisions)
    random.Random(1).shuffle(samples)
    again = training_data(revisions, samples)
    assert again.examples == data.examples
    assert again.digest == data.digest
    assert [each.id for each in data.examples] == sorted(each.id for each in data.examples)


def test_the_digest_depends_on_every_text() -> None:
    digests = {
        training_data([revision(made(text), prompt=prompt)], [sample(helpful)]).digest
        for text in ("A.", "B.")
        for prompt in (PROMPT, Prompt(messages=CHAT[1:]))
        for helpful in ("S.", "T.")
    }
    assert len(digests) == 8


def test_counts_in_words() -> None:
    assert counted({LeftOut.UNCHANGED: 1200, LeftOut.CUT_OFF: 1}) == "1,200 unchanged, 1 cut off"
