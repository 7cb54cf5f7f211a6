"""Raters at a desk: what each is shown, what becomes of what each says."""

import threading
from collections.abc import Callable

import pytest

from charter.errors import ConfigError, StageError
from charter.human.desk import SKIPPED, Choice, Desk, State, rater_name
from charter.human.keep import read_kept
from charter.records import Message, Pair, Preference, Prompt, Status

MakeDesk = Callable[..., Desk]


def go_on(desk: Desk, rater: str, choice: Choice | Callable[[State], Choice], count: int | None = None) -> State:
    """Answers ``count`` pairs, or all that there are."""
    state = desk.state(rater)
    while state.task is not None and count != 0:
        said: Choice = choice if isinstance(choice, str) else choice(state)
        kept, state = desk.answer(rater, state.task.id, said, 0.0)
        assert kept
        count = None if count is None else count - 1
    return state


def kept(desk: Desk) -> list[Preference]:
    return read_kept(desk._keep.folder)


def test_the_side_is_not_the_pairs_order(make_desk: MakeDesk) -> None:
    desk = make_desk(40)
    go_on(desk, "ann", lambda state: "left" if state.task and state.task.left.startswith("one") else "right")
    looks = kept(desk)
    assert {each.p_first for each in looks} == {1.0}
    assert {(each.votes[0].forward, each.votes[0].backward) for each in looks} == {(1.0, None), (None, 1.0)}
    assert {(each.rater, each.feedback, each.status) for each in looks} == {("ann", "human", Status.OK)}


@pytest.mark.parametrize(
    ("choice", "label", "status", "reason"),
    [("tie", 0.5, Status.OK, ""), ("skip", None, Status.FAILED, SKIPPED)],
)
def test_a_tie_stays_a_tie_and_a_skip_is_a_failed_record(
    choice: Choice, label: float | None, status: Status, reason: str, make_desk: MakeDesk
) -> None:
    desk = make_desk(3)
    state = go_on(desk, "ann", choice)
    assert {(each.p_first, each.status, each.reason) for each in kept(desk)} == {(label, status, reason)}
    assert (state.done, state.labels) == (3, 3 if choice == "tie" else 0)
    assert desk.counts() == ((3, 3, 3) if choice == "tie" else (0, 0, 3))


def test_the_question_is_what_the_pair_is_compared_for_and_no_model_is_named(make_desk: MakeDesk) -> None:
    pairs = [
        Pair(
            prompt=Prompt(messages=(Message("system", "Be kind."), Message("user", "Hi?")), kind=kind),
            first="one",
            second="two",
            first_model="digest-of-a",
            second_model="digest-of-b",
        )
        for kind in ("red_team", "look_alike")
    ]
    desk = make_desk(pairs)
    questions = []
    state = desk.state("ann")
    while state.task is not None:
        questions.append(state.task.question)
        assert [turn.role for turn in state.task.turns] == ["system", "user"]
        assert "digest-of" not in str(state)
        _, state = desk.answer("ann", state.task.id, "left", None)
    assert sorted(questions) == ["Which response is less harmful?", "Which response is more helpful?"]


def test_texts_are_made_fit_to_be_shown(make_desk: MakeDesk) -> None:
    task = make_desk(1, shown=str.upper).state("ann").task
    assert task is not None
    assert {task.left, task.right, task.turns[0].text} == {"ONE 0", "TWO 0", "QUESTION 0?"}


def test_two_raters_answer_for_themselves(make_desk: MakeDesk) -> None:
    desk = make_desk(6)
    go_on(desk, "ann", "left", 4)
    assert desk.state("bob").done == 0
    go_on(desk, "bob", "tie")
    assert (desk.state("ann").done, desk.state("bob").done) == (4, 6)
    assert desk.raters() == ["ann", "bob"]
    assert len(kept(desk)) == 10
    assert desk.counts() == (10, 6, 6)


def test_many_raters_at_once(make_desk: MakeDesk) -> None:
    desk = make_desk(8)
    threads = [threading.Thread(target=go_on, args=(desk, f"rater {n}", "left")) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept(desk)) == 48
    assert {desk.state(f"rater {n}").done for n in range(6)} == {8}


def test_what_is_answered_in_another_window_is_not_answered_again(make_desk: MakeDesk) -> None:
    desk = make_desk(3)
    task = desk.state("ann").task
    assert task is not None
    assert desk.answer("ann", task.id, "left", 1.0)[0]
    again, state = desk.answer("ann", task.id, "right", 1.0)
    assert not again
    assert state.done == 1
    assert len(kept(desk)) == 1
    with pytest.raises(ConfigError, match="this pair is not one of yours"):
        desk.answer("bob", task.id, "left", 1.0)


def test_undo_brings_the_pair_back_until_there_is_nothing_more(make_desk: MakeDesk) -> None:
    desk = make_desk(5)
    asked = []
    for _ in range(3):
        state = desk.state("ann")
        assert state.task is not None
        asked.append(state.task.id)
        go_on(desk, "ann", "left", 1)
    go_on(desk, "bob", "left", 1)
    for task in reversed(asked):
        undone, state = desk.undo("ann")
        assert undone
        assert state.task is not None
        assert state.task.id == task
    assert not state.can_undo
    assert not desk.undo("ann")[0]
    assert [each.rater for each in kept(desk)] == ["bob"]


def test_a_new_desk_goes_on_where_the_last_one_ended(make_desk: MakeDesk) -> None:
    first = make_desk(9, repeat_share=0.3)
    expected = go_on(first, "ann", "left", 4)
    first.close()
    state = make_desk(9, repeat_share=0.3).state("ann")
    assert state.done == 4
    assert state.task == expected.task
    assert not state.can_undo  # it is in its final form


def test_repeats_tell_how_steady_a_rater_is(make_desk: MakeDesk) -> None:
    desk = make_desk(20, repeat_share=0.5)
    state = go_on(desk, "ann", lambda state: "left" if state.task and state.task.left.startswith("one") else "right")
    assert (state.total, state.alike, state.repeated) == (30, 10, 10)
    state = go_on(desk, "bob", "left")
    assert (state.alike, state.repeated) == (0, 10)


def test_seconds_are_those_measured_but_never_more_than_passed(make_desk: MakeDesk) -> None:
    desk = make_desk(4)
    for seconds in (0.0, 1e9, None, float("nan")):
        task = desk.state("ann").task
        assert task is not None
        desk.answer("ann", task.id, "left", seconds)
    found = [each.seconds for each in desk._looks.values()]
    assert found[0] == 0.0
    assert found[1] is not None
    assert found[1] < 1000
    assert found[2:] == [None, None]


def test_a_closed_desk_keeps_nothing_more(make_desk: MakeDesk) -> None:
    desk = make_desk(2)
    task = desk.state("ann").task
    assert task is not None
    desk.close()
    with pytest.raises(StageError, match="the server has ended"):
        desk.answer("ann", task.id, "left", 1.0)
    with pytest.raises(StageError):
        desk.undo("ann")
    desk.close()


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "a\u202eb", "a\x00b", "ann, bob", "Simulated-1", "\ud800"])
def test_what_cannot_be_a_name(name: str) -> None:
    with pytest.raises(ConfigError, match="name"):
        rater_name(name)


def test_a_name_is_one_person_whatever_its_capitals(make_desk: MakeDesk) -> None:
    desk = make_desk(2)
    assert desk.called("  Zoë  K ") == "Zoë K"
    go_on(desk, "Zoë K", "left", 1)
    assert desk.called("zoe\u0308 k") == "Zoë K"
