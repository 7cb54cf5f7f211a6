"""What the tests of preferences share: samples, pairs, and a judge whose every answer is a function of the chat."""

import math
from collections.abc import Callable, Sequence

import pytest

from charter.models.completer import Chat, Completion, OnDone, Sampling
from charter.records import Message, Pair, Prompt, PromptKind, Sample, Status

Odds = Callable[[Chat], tuple[float, float]]
"""The probabilities of "(A)" and "(B)"."""
Answer = Callable[[Chat], Completion]


def length_odds(chat: Chat) -> tuple[float, float]:
    """A judge that likes what has the more x in it, and a little what it is shown first."""
    text = chat.messages[-1].content
    a, b = (text.count(letter * 3) for letter in "xy")
    return (0.9, 0.05) if a > b else (0.3, 0.6)


class Scripted:
    """A judge by script; what it was asked is kept."""

    name = "scripted"

    def __init__(self, odds: Odds | None = None, answer: Answer | None = None, digest: str = "d" * 64) -> None:
        """Without ``odds`` it gives no log-probabilities."""
        self.digest = digest
        self.scored: list[list[Chat]] = []
        self.completed: list[list[Chat]] = []
        self._odds = odds
        self._answer = answer

    def score(self, chats: Sequence[Chat], options: Sequence[Sequence[str]]) -> list[list[float]]:
        assert all(tuple(each) == ("(A)", "(B)") for each in options)
        self.scored.append(list(chats))
        if self._odds is None:
            return [[math.nan, math.nan] for _ in chats]
        return [[math.log(p) if p else -math.inf for p in self._odds(chat)] for chat in chats]

    def complete(self, chats: Sequence[Chat], sampling: Sampling, on_done: OnDone | None = None) -> list[Completion]:
        self.completed.append(list(chats))
        assert self._answer is not None, "this judge is not to be asked for text"
        return [self._answer(chat) for chat in chats]


def make_pair(first: str, second: str, request: str = "How?", kind: PromptKind = "red_team") -> Pair:
    prompt = Prompt(messages=(Message("user", request),), kind=kind)
    return Pair(prompt=prompt, first=first, second=second, first_model="m1", second_model="m2")


def make_sample(
    text: str, request: str = "How?", *, seed: int = 0, status: Status = Status.OK, finish: str = "stop"
) -> Sample:
    return Sample(
        id=f"{request}/{seed}/{text}",
        prompt=Prompt(messages=(Message("user", request),)),
        text=text,
        finish=finish,  # type: ignore[arg-type]
        model_digest="m",
        seed=seed,
        status=status,
    )


@pytest.fixture
def pairs() -> list[Pair]:
    """Twelve pairs, of both aims."""
    kinds: list[PromptKind] = ["red_team", "benign"]
    return [make_pair(f"yes {n}", f"no {n}", f"How {n}?", kinds[n % 2]) for n in range(12)]
