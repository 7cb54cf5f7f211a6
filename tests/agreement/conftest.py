"""Preferences of made-up raters, whose errors are known."""

import random
from collections.abc import Callable, Sequence

import pytest

from charter.digests import record_id
from charter.records import Feedback, Message, Pair, Preference, Prompt, Status, Vote

Prefer = Callable[..., Preference]


def pair_of(number: int, prompt: int | None = None, kind: str = "red_team") -> Pair:
    """The pair of that number, of the prompt of that number (its own where none is given)."""
    asked = Message("user", f"request {number if prompt is None else prompt}")
    return Pair(prompt=Prompt(messages=(asked,), kind=kind), first=f"one {number}", second=f"two {number}")  # type: ignore[arg-type]


def prefer_pair(
    pair: Pair,
    p_first: float | None,
    rater: str = "anna",
    *,
    feedback: Feedback = "human",
    digest: str = "",
    votes: Sequence[Vote] = (),
    seconds: float | None = None,
    look: int = 0,
) -> Preference:
    """One label."""
    return Preference(
        id=record_id("test", pair.id, rater, digest, look),
        pair=pair,
        p_first=p_first,
        votes=tuple(votes),
        feedback=feedback,
        rater=rater,
        judge_digest=digest,
        seconds=seconds,
        status=Status.FAILED if p_first is None else Status.OK,
    )


@pytest.fixture
def pair() -> Callable[..., Pair]:
    """``pair(number, prompt=None, kind="red_team")``"""
    return pair_of


@pytest.fixture
def prefer() -> Prefer:
    """``prefer(pair, p_first, rater="anna", ...)``"""
    return prefer_pair


@pytest.fixture
def noisy() -> Callable[..., list[Preference]]:
    """``noisy(pairs, truths, accuracy, rater, ...)``: a rater who is right with that probability."""

    def label(
        pairs: Sequence[Pair],
        truths: Sequence[float],
        accuracy: float,
        rater: str,
        *,
        ties: float = 0.0,
        seed: int = 0,
        feedback: Feedback = "human",
    ) -> list[Preference]:
        draw = random.Random(f"{rater} {seed}")
        said = []
        for truth in truths:
            if draw.random() < ties:
                said.append(0.5)
            else:
                said.append(truth if draw.random() < accuracy else 1 - truth)
        return [prefer_pair(pair, p, rater, feedback=feedback) for pair, p in zip(pairs, said, strict=True)]

    return label
