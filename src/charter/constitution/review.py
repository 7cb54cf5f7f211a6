"""What a valid constitution may still regret: weights that drown the others, requests too long, texts twice."""

from collections.abc import Iterator
from dataclasses import dataclass

from charter.constitution.model import Constitution, Principle
from charter.terminal import neutral

LONG_REQUEST = 60
"""Words: a small model loses the thread of a longer request."""
LARGE_SHARE = 0.5
WIDE_RATIO = 20.0

_REQUESTS = ("critique_request", "revision_request", "comparison_question")


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to look at."""

    principle_id: str
    """Empty when it concerns the constitution as a whole."""
    what: str


def review(constitution: Constitution) -> tuple[Remark, ...]:
    """Everything that is allowed and yet seldom meant, in the order of the principles."""
    return (
        *_of_weights(constitution),
        *_of_repeats(constitution),
        *(remark for principle in constitution.principles for remark in _of_texts(principle)),
    )


def _of_weights(constitution: Constitution) -> Iterator[Remark]:
    drawn = constitution.select()
    weights = [principle.weight for principle in drawn]
    if max(weights) > WIDE_RATIO * min(weights):
        yield Remark("", f"weights from {min(weights):g} to {max(weights):g}: some principles are hardly ever drawn")
    for principle in constitution.principles:
        if not principle.weight:
            yield Remark(principle.id, "weight 0: it is never drawn")
        elif len(drawn) > 2 and principle.weight > LARGE_SHARE * sum(weights):
            yield Remark(principle.id, f"drawn in {principle.weight / sum(weights):.0%} of all rounds")


def _of_repeats(constitution: Constitution) -> Iterator[Remark]:
    for field in _REQUESTS[::2]:  # the same revision request may well serve two principles
        first: dict[str, str] = {}
        for principle in constitution.principles:
            other = first.setdefault(" ".join(getattr(principle, field).casefold().split()), principle.id)
            if other != principle.id:
                yield Remark(principle.id, f"{field} is that of '{other}' again")


def _of_texts(principle: Principle) -> Iterator[Remark]:
    for field in _REQUESTS:
        text = getattr(principle, field)
        words = len(text.split())
        if words > LONG_REQUEST:
            yield Remark(principle.id, f"{field} has {words} words; over {LONG_REQUEST}, small models lose the thread")
        if neutral(text) != text:
            yield Remark(principle.id, f"{field} holds invisible or control characters")
    if principle.critique_request == principle.revision_request:
        yield Remark(principle.id, "critique_request and revision_request are the same text")
