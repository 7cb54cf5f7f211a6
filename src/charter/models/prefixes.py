"""Which requests share how long a beginning: what is shared is computed once.

The grouping depends on the requests of one call alone, never on what was cached before: so a call gives the same
batches, and with them the same bits, whatever calls came before it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MIN_SHARED = 32
"""Tokens; a shorter shared beginning is computed for each request, for a separate pass would cost more."""
TOKENS_PER_STEP = 64
"""What one more decoding step costs, in prompt tokens that could be computed instead; rough, for CPU and GPU alike."""

Tokens = Sequence[int]


@dataclass(frozen=True, slots=True)
class Group:
    """Requests that begin with the same tokens."""

    shared: int
    """Number of tokens that all of them begin with; 0 when too few to be worth a pass of their own."""
    members: tuple[int, ...]
    """Indices of the requests."""


def group_by_prefix(prompts: Sequence[Tokens], steps: int) -> list[Group]:
    """Groups by shared beginning; every request is in one group.

    ``steps`` is how long each group is decoded for: a group of its own must save more than that costs. Each member
    keeps at least one token outside the shared beginning, because the last token's logits are its own.
    """
    order = sorted(range(len(prompts)), key=lambda index: (tuple(prompts[index]), index))
    groups: list[Group] = []
    if order:
        _divide(prompts, order, steps * TOKENS_PER_STEP, groups)
    return groups


def common_length(first: Tokens, second: Tokens) -> int:
    """Number of tokens that both begin with."""
    length = min(len(first), len(second))
    if first[:length] == second[:length]:
        return length
    return next(index for index in range(length) if first[index] != second[index])


def _divide(prompts: Sequence[Tokens], order: list[int], cost: int, groups: list[Group]) -> None:
    """Makes ``order`` (sorted) into groups, taking out each part that shares much more."""
    shared = _shared(prompts, order)
    rest: list[int] = []
    for part in _parts(prompts, order, shared):
        saved = (len(part) - 1) * (_shared(prompts, part) - shared)
        if len(part) < len(order) and saved > cost:
            _divide(prompts, part, cost, groups)
        else:
            rest += part
    if rest:
        worth = shared >= MIN_SHARED and len(rest) > 1
        groups.append(Group(shared if worth else 0, tuple(rest)))


def _parts(prompts: Sequence[Tokens], order: list[int], shared: int) -> Iterator[list[int]]:
    """The members that go on with the same token, together."""
    part: list[int] = []
    for index in order:
        if part and prompts[part[-1]][shared : shared + 1] != prompts[index][shared : shared + 1]:
            yield part
            part = []
        part.append(index)
    if part:
        yield part


def _shared(prompts: Sequence[Tokens], order: list[int]) -> int:
    """What the first and the last of a sorted list share is what all of them share."""
    shortest = min(len(prompts[index]) for index in order)
    return min(common_length(prompts[order[0]], prompts[order[-1]]), shortest - 1)
