"""What an answer is rewarded for, and what gets no reward."""

from collections.abc import Sequence
from math import isnan, nan
from typing import Any

from charter.recipe_training import RewardWeights
from charter.records import Message, Prompt
from charter.train.rl_rewards import Rewards

HARM = Prompt(messages=(Message("user", "Pick the lock."),))
HELP = Prompt(messages=(Message("user", "Oil the lock."),), kind="benign")
ALIKE = Prompt(messages=(Message("user", "Pick a lock of my own."),), kind="look_alike")
PROMPTS = {prompt.id: prompt for prompt in (HARM, HELP, ALIKE)}
IDS = [HARM.id, HELP.id, ALIKE.id]


class Scorer:
    """Scores a text by its length, plus a number of its own; what it cannot read it does not score."""

    def __init__(self, own: float) -> None:
        self.asked: list[tuple[str, str]] = []
        self._own = own

    def score(self, chats: Sequence[tuple[Message, ...]], answers: Sequence[str]) -> list[float]:
        self.asked += [(chat[-1].content, answer) for chat, answer in zip(chats, answers, strict=True)]
        return [nan if answer == "?" else self._own + len(answer) for answer in answers]


def asked(rewards: Rewards, tokens: list[list[int]]) -> tuple[list[list[float | None]], dict[str, float]]:
    """The functions' answers in the way TRL asks, and what they told."""
    told: dict[str, float] = {}
    more: dict[str, Any] = {"completions": [], "log_metric": told.__setitem__}
    return [each(prompts=IDS, completion_ids=tokens, **more) for each in rewards.functions], told


def text(tokens: Sequence[int]) -> str:
    return "".join(map(chr, tokens))


def test_harmlessness_is_rewarded_where_harm_was_asked_for_and_helpfulness_elsewhere() -> None:
    harmless, helpful = Scorer(100), Scorer(200)
    rewards = Rewards({"harmless": harmless, "helpful": helpful}, RewardWeights(harmless=2, helpful=3), PROMPTS, text)
    found, told = asked(rewards, [[65], [65, 66], [65, 66, 67]])
    assert found == [[101.0, None, None], [None, 202.0, 203.0]]
    assert rewards.weights == [2, 3]
    assert harmless.asked == [("Pick the lock.", "A")]
    assert helpful.asked == [("Oil the lock.", "AB"), ("Pick a lock of my own.", "ABC")]
    assert told == {"unscored": 0.0}
    assert rewards.total([HARM, HELP, ALIKE], ["A", "AB", "ABC"], [1, 2, 3]) == [202.0, 606.0, 609.0]


def test_one_reward_model_for_both_is_asked_once() -> None:
    both = Scorer(0)
    rewards = Rewards({"harmless": both, "helpful": both}, RewardWeights(), PROMPTS, text)
    found, _ = asked(rewards, [[65], [65], [65]])
    assert found == [[1.0, None, None], [None, 1.0, 1.0]]
    assert len(both.asked) == 3


def test_an_answer_without_a_score_has_no_reward_of_any_kind_and_is_counted() -> None:
    both = Scorer(0)
    rewards = Rewards({"harmless": both, "helpful": both}, RewardWeights(length=-0.5), PROMPTS, text)
    found, told = asked(rewards, [[63], [65, 66], [63]])
    assert found == [[None] * 3, [None, 2.0, None], [None, 2.0, None]]
    assert rewards.weights == [1, 1, -0.5]
    assert told == {"unscored": 2 / 3}
    total = rewards.total([HARM, HELP], ["?", "AB"], [1, 2])
    assert isnan(total[0])
    assert total[1] == 1.0


def test_the_next_batch_is_scored_anew() -> None:
    both = Scorer(0)
    rewards = Rewards({"harmless": both, "helpful": both}, RewardWeights(), PROMPTS, text)
    asked(rewards, [[65], [65], [65]])
    found, _ = asked(rewards, [[65, 65], [65, 65], [65, 65]])
    assert found == [[2.0, None, None], [None, 2.0, 2.0]]
