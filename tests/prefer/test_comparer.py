"""The prefer stage: what the judge is asked, what a label is made of, and that no order of two responses decides it."""

import math
import random
from pathlib import Path
from typing import Any

import pytest

from charter.constitution import load_constitution
from charter.digests import digest
from charter.engine import map_records
from charter.errors import ConfigError
from charter.models.completer import Chat, Completion
from charter.prefer import Comparer
from charter.progress import Progress
from charter.recipe_feedback import PreferConfig
from charter.records import Pair, Preference, Status
from charter.shards import Shards

from .conftest import Odds, Scripted, make_pair

CONSTITUTION = load_constitution("default")
QUESTIONS = {principle.comparison_question: principle for principle in CONSTITUTION.principles}


def odd(chat: Chat) -> tuple[float, float]:
    """Probabilities that no other chat gets, and that lean towards what is shown first."""
    seen = digest([[turn.role, turn.content] for turn in chat.messages])
    a, b = (int(seen[start : start + 4], 16) / 16**4 for start in (0, 4))
    return 0.05 + 0.5 * a, 0.05 + 0.3 * b


def better_is_yes(chat: Chat) -> tuple[float, float]:
    """Prefers the response that begins with yes, a little less where it is shown second."""
    a_is_yes = "\n> yes" in chat.messages[-1].content.partition("RESPONSE B")[0]
    return (0.9, 0.05) if a_is_yes else (0.3, 0.6)


def compare(
    pairs: list[Pair], odds: Odds | None = odd, judge: Scripted | None = None, seed: int = 1, **config: Any
) -> list[Preference]:
    made = PreferConfig(**{"few_shot": "none", **config})
    return Comparer(judge or Scripted(odds), CONSTITUTION, made, seed).work(pairs)


def shown(chat: Chat) -> tuple[str, str]:
    """What a chat of the quoted form shows as A and as B."""
    text = chat.messages[-1].content
    a, b = (text.partition(f"BEGIN RESPONSE {letter} ")[2].split("\n")[1].removeprefix("> ") for letter in "AB")
    return a, b


def question(chat: Chat) -> str:
    return next(line for line in chat.messages[-1].content.split("\n") if line in QUESTIONS)


def test_everything_is_one_call_and_each_pair_is_shown_in_both_orders(pairs: list[Pair]) -> None:
    judge = Scripted(better_is_yes)
    compare(pairs, judge=judge)
    (chats,) = judge.scored
    assert len(chats) == 2 * len(pairs)
    for pair, forward, backward in zip(pairs, chats[::2], chats[1::2], strict=True):
        assert shown(forward) == (pair.first, pair.second)
        assert shown(backward) == (pair.second, pair.first)
        assert question(forward) == question(backward)


def test_the_label_is_the_mean_of_both_orders_probabilities() -> None:
    (preference,) = compare([make_pair("yes", "no")], better_is_yes)
    (vote,) = preference.votes
    assert vote.forward == pytest.approx(0.9 / 0.95)
    assert vote.backward == pytest.approx(0.6 / 0.9)
    assert vote.mass == pytest.approx((0.95 + 0.9) / 2)
    assert preference.p_first == pytest.approx((0.9 / 0.95 + 0.6 / 0.9) / 2)
    assert (preference.status, preference.feedback) == (Status.OK, "ai")
    assert preference.rater == "scripted under the constitution default"
    assert preference.constitution_digest == CONSTITUTION.digest


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"orders": "one"},
        {"principles_per_pair": 3},
        {"principles_per_pair": 3, "orders": "one"},
        {"labels": "hard"},
        {"few_shot": "default"},
        {"few_shot": "organism"},
    ],
    ids=str,
)
def test_swapping_a_pair_flips_its_label(pairs: list[Pair], config: dict[str, Any]) -> None:
    straight = compare(pairs, **config)
    swapped = compare([pair.swapped() for pair in pairs], **config)
    assert len({each.p_first for each in straight}) > 1
    for one, other in zip(straight, swapped, strict=True):
        assert one.p_first is not None
        assert other.p_first == pytest.approx(1 - one.p_first, abs=1e-12)
        assert len(one.votes) == len(other.votes) == config.get("principles_per_pair", 1) or one.pair.aim == "helpful"
        for vote, again in zip(one.swapped().votes, other.votes, strict=True):
            assert vote.principle_id == again.principle_id
            assert (vote.forward, vote.backward) == (
                pytest.approx(again.forward, abs=1e-12),
                pytest.approx(again.backward, abs=1e-12),
            )


def test_swapping_flips_sampled_labels_as_well(pairs: list[Pair]) -> None:
    def answer(chat: Chat) -> Completion:
        return Completion(random.Random(chat.seed).choice(["(A)", "(B)", "neither"]), "stop", 1)

    def labels(asked: list[Pair]) -> list[float | None]:
        return [each.p_first for each in compare(asked, judge=Scripted(None, answer), votes=5)]

    expected = [None if p is None else 1 - p for p in labels(pairs)]
    assert labels([pair.swapped() for pair in pairs]) == pytest.approx(expected, abs=1e-12)


def test_one_order_is_drawn_and_both_come_up() -> None:
    pairs = [make_pair("yes", f"no {n}") for n in range(40)]
    judge = Scripted(better_is_yes)
    preferences = compare(pairs, judge=judge, orders="one")
    assert len(judge.scored[0]) == len(pairs)
    forward = [vote.forward is not None for each in preferences for vote in each.votes]
    backward = [vote.backward is not None for each in preferences for vote in each.votes]
    assert forward == [not each for each in backward]
    assert 8 <= sum(forward) <= 32


def test_principles_are_those_of_the_aim_and_differ_within_a_pair(pairs: list[Pair]) -> None:
    drawn = set()
    for preference in compare(pairs, principles_per_pair=3):
        ids = [vote.principle_id for vote in preference.votes]
        categories = {CONSTITUTION.principle(name).category for name in ids}
        if preference.pair.aim == "helpful":
            assert ids == ["helpful"], "all that there are"
        else:
            assert len(set(ids)) == 3
            assert "helpfulness" not in categories
            drawn |= set(ids)
        given = [vote.p_first for vote in preference.votes]
        assert preference.p_first == pytest.approx(math.fsum(p for p in given if p is not None) / len(given))
    assert len(drawn) > 3


def test_the_recipe_may_name_the_principles(pairs: list[Pair]) -> None:
    preferences = compare(pairs, harmless_principles=("no-fraud",), helpful_principles=("not-evasive",))
    named = {each.pair.aim: each.votes[0].principle_id for each in preferences}
    assert named == {"harmless": "no-fraud", "helpful": "not-evasive"}
    with pytest.raises(ConfigError, match=r"no principle 'no-froud' \(did you mean 'no-fraud'"):
        compare(pairs, harmless_principles=("no-froud",))


def test_hard_labels_are_decided_and_a_tie_stays_a_tie() -> None:
    pairs = [make_pair("yes", "no"), make_pair("no", "yes"), make_pair("no", "nay")]

    def by_yes_alone(chat: Chat) -> tuple[float, float]:
        a, b = (text.startswith("yes") for text in shown(chat))
        return (0.7, 0.1) if a > b else (0.1, 0.7) if b > a else (0.6, 0.2)

    labels = [each.p_first for each in compare(pairs, by_yes_alone, labels="hard")]
    assert labels == [1.0, 0.0, 0.5], "what only its place decides is decided by nothing"


def test_equal_texts_are_a_tie_that_no_judge_is_asked_about() -> None:
    judge = Scripted()
    preferences = compare([make_pair("same", "same\n"), make_pair("", " ")], judge=judge)
    assert [(each.p_first, each.votes, each.status) for each in preferences] == [(0.5, (), Status.OK)] * 2
    assert judge.scored == judge.completed == []


def test_a_judge_that_answers_neither_fails_the_preference_and_says_so(pairs: list[Pair]) -> None:
    for preference in compare(pairs, lambda chat: (1e-6, 2e-6)):
        assert preference.status is Status.FAILED
        assert preference.p_first is None
        assert preference.reason.startswith("the judge answered with neither option")
        assert preference.votes[0].mass == pytest.approx(3e-6)


def test_an_order_that_was_not_answered_leaves_the_other() -> None:
    pair = make_pair("yes", "no")
    (preference,) = compare([pair], lambda chat: (0.6, 0.2) if shown(chat)[0] == "yes" else (0.0, 0.0))
    (vote,) = preference.votes
    assert (vote.forward, vote.backward) == (pytest.approx(0.75), None)
    assert vote.reason.startswith("the judge answered with neither option")
    assert preference.p_first == pytest.approx(0.75)


def test_without_log_probabilities_the_judge_votes_and_that_is_said_once(
    pairs: list[Pair], caplog: pytest.LogCaptureFixture
) -> None:
    def answer(chat: Chat) -> Completion:
        yes = "A" if shown(chat)[0].startswith("yes") else "B"
        return Completion({0: f"({yes})", 1: "(A)", 2: "I cannot say"}[chat.seed % 3], "stop", 2)

    judge = Scripted(None, answer)
    comparer = Comparer(judge, CONSTITUTION, PreferConfig(few_shot="none", votes=9), 1)
    preferences = comparer.work(pairs) + comparer.work(pairs)
    assert [len(call) for call in judge.completed] == [9 * 2 * len(pairs)] * 2
    assert len({chat.seed for chat in judge.completed[0]}) == len(judge.completed[0])
    assert len(judge.scored) == 1, "a server without log-probabilities is not asked for them again"
    assert all(each.p_first is not None and 0 < each.p_first <= 1 for each in preferences)
    assert {vote.mass for each in preferences for vote in each.votes} == {None}
    assert preferences[: len(pairs)] == preferences[len(pairs) :]
    (record,) = caplog.records
    assert record.getMessage() == (
        "scripted gave no log-probabilities for 24 of 24 comparisons: the label of each of these is the share of 9 "
        "sampled answers instead"
    )


def test_a_judge_that_fails_is_no_vote(pairs: list[Pair]) -> None:
    judge = Scripted(None, lambda chat: Completion("", "stop", 0, "HTTP 413: too long"))
    assert {each.reason for each in compare(pairs, judge=judge)} == {"the judge failed: HTTP 413: too long"}


def test_votes_that_name_neither_are_no_label(pairs: list[Pair]) -> None:
    judge = Scripted(None, lambda chat: Completion("Both are lovely.", "stop", 3))
    reasons = {each.reason for each in compare(pairs, judge=judge, votes=4)}
    assert reasons == {"the judge answered with neither option: in 4 samples"}


def test_reasoning_comes_first_is_kept_and_clamps_the_label() -> None:
    def think(chat: Chat) -> Completion:
        return Completion(f"Of {shown(chat)[0]} I think well.", "stop", 5)

    def odds(chat: Chat) -> tuple[float, float]:
        asked, reasoning, choose = chat.messages[-3:]
        assert [asked.role, reasoning.role, choose.role] == ["user", "assistant", "user"]
        assert "without choosing yet" in asked.content
        a_is_yes = reasoning.content == "Of yes I think well."
        return (0.99, 0.01) if a_is_yes else (0.05, 0.95)

    judge = Scripted(odds, think)
    (preference,) = compare([make_pair("yes", "no")], judge=judge, reasoning=True, few_shot="default")
    assert preference.p_first == 0.6
    (vote,) = preference.votes
    assert (vote.forward, vote.backward) == (pytest.approx(0.99), pytest.approx(0.95))
    assert vote.reasoning == "Of yes I think well.\n\nOf no I think well."
    (swapped,) = compare([make_pair("no", "yes")], judge=judge, reasoning=True, clamp=(0.2, 0.8))
    assert swapped.p_first == 0.2
    (hard,) = compare([make_pair("no", "yes")], judge=judge, reasoning=True, labels="hard")
    assert hard.p_first == 0.0


@pytest.mark.parametrize(
    ("completion", "reason"),
    [
        (Completion("", "stop", 0, "no room"), "the judge's reasoning failed: no room"),
        (Completion(" \n", "stop", 1), "the judge's reasoning is empty"),
    ],
)
def test_without_its_reasoning_there_is_no_label(completion: Completion, reason: str) -> None:
    judge = Scripted(odd, lambda chat: completion)
    (preference,) = compare([make_pair("yes", "no")], judge=judge, reasoning=True)
    assert (preference.p_first, preference.reason) == (None, reason)
    assert judge.scored == []


def test_the_id_is_of_everything_that_the_label_depends_on() -> None:
    pair = make_pair("yes", "no")

    def identity(seed: int = 1, judge: str = "d" * 64, constitution: str = "default", **config: Any) -> str:
        comparer = Comparer(Scripted(digest=judge), load_constitution(constitution), PreferConfig(**config), seed)
        return comparer.identify(pair)

    changes: list[dict[str, Any]] = [
        {},
        {"seed": 2},
        {"judge": "e" * 64},
        {"principles_per_pair": 2},
        {"orders": "one"},
        {"labels": "hard"},
        {"few_shot": "none"},
        {"few_shot": "organism"},
        {"reasoning": True},
        {"clamp": (0.3, 0.7)},
        {"votes": 3},
        {"harmless_principles": ("no-harm",)},
        {"helpful_principles": ("not-evasive",)},
    ]
    ids = [identity(**change) for change in changes]
    assert len(set(ids)) == len(ids)
    assert identity(red_team=5, judge="d" * 64) == ids[0], "how many pairs there are changes none of them"
    comparer = Comparer(Scripted(), CONSTITUTION, PreferConfig(), 1)
    assert comparer.identify(pair.swapped()) != comparer.identify(pair) == ids[0]


def test_what_is_there_is_not_asked_again(pairs: list[Pair], tmp_path: Path) -> None:
    judge = Scripted(odd)
    comparer = Comparer(judge, CONSTITUTION, PreferConfig(few_shot="none"), 1)
    shards = Shards(tmp_path / "prefer", Preference)

    def run(some: list[Pair]) -> None:
        map_records(
            some,
            shards,
            identify=comparer.identify,
            work=comparer.work,
            shard_size=5,
            progress=Progress(quiet=True),
            label="prefer",
        )

    run(pairs[:5])
    run(pairs)
    asked = [shown(chat)[0] for call in judge.scored for chat in call]
    assert len(asked) == len(set(asked)) == 2 * len(pairs)
    assert shards.read() == sorted(comparer.work(pairs), key=lambda each: each.id)
