"""What is kept between calls, and that it is bounded."""

import torch

from charter.models.hf_kept import KeptPrefixes, KeptRow, KeptRows
from charter.models.hf_rows import Span


def span(tokens: tuple[int, ...]) -> Span:
    """A span whose values are its tokens."""
    values = torch.tensor(tokens, dtype=torch.float32).view(1, 1, -1, 1)
    return Span(values, -values)


def row(prompt: tuple[int, ...], answer: tuple[int, ...], shared: int = 0) -> KeptRow:
    tokens = prompt + answer
    return KeptRow(tokens, len(prompt), shared, span(tokens[:shared]) if shared else None, span(tokens[shared:]))


def test_prefixes_leave_when_there_is_no_room_the_least_recently_used_first() -> None:
    computed: list[tuple[int, ...]] = []

    def compute(tokens: tuple[int, ...]) -> Span:
        computed.append(tokens)
        return span(tokens)

    kept = KeptPrefixes(limit=80, token_bytes=8)
    one, two, three = (1, 1, 1, 1), (2, 2, 2, 2), (3, 3, 3, 3)
    for tokens in (one, two, one, three, one, two):
        assert kept.get(tokens, compute).keys.flatten().tolist() == list(tokens)
    assert computed == [one, two, three, two]
    kept.clear()
    kept.get(two, compute)
    assert computed[-1] == two
    assert len(computed) == 5


def test_a_prefix_larger_than_the_room_serves_its_call() -> None:
    kept = KeptPrefixes(limit=8, token_bytes=8)
    assert len(kept.get((1, 2, 3), span)) == 3


def test_a_chat_continues_the_row_whose_prompt_and_answer_it_begins_with() -> None:
    kept = KeptRows(1000, 1)
    for known in (row((1, 2), (3, 4, 5)), row((1, 2), (3, 9, 9)), row((1, 2, 3, 4, 4), (7,)), row((2,), (8, 8))):
        kept.add(known)
    found = kept.longest((1, 2, 3, 4, 6, 6))
    assert found is not None
    assert (found[0].tokens, found[1]) == ((1, 2, 3, 4, 5), 4)
    found = kept.longest((1, 2, 3, 9, 9, 0))
    assert found is not None
    assert (found[0].tokens, found[1]) == ((1, 2, 3, 9, 9), 5)


def test_a_chat_that_merely_begins_alike_continues_nothing() -> None:
    kept = KeptRows(1000, 1)
    kept.add(row((1, 2, 3), (4, 5)))
    assert kept.longest((1, 2, 9, 9)) is None
    assert kept.longest((1, 2, 3)) is None
    assert kept.longest((1, 2, 3, 9)) is None
    assert KeptRows(10, 1).longest((1, 2)) is None


def test_the_last_token_of_a_chat_is_always_computed() -> None:
    kept = KeptRows(1000, 1)
    kept.add(row((1, 2), (3, 4, 5)))
    found = kept.longest((1, 2, 3, 4))
    assert found is not None
    assert found[1] == 3


def test_rows_are_kept_while_there_is_room() -> None:
    kept = KeptRows(80, 8)
    assert kept.room_for(6)
    assert not kept.room_for(5)
    assert kept.room_for(4)
    assert not kept.room_for(1)


def test_a_part_of_a_row_may_reach_into_what_it_shared() -> None:
    known = row((1, 2, 3, 4), (5, 6), shared=3)

    def part(start: int, stop: int) -> list[float]:
        found: list[float] = known.span(start, stop).keys.flatten().tolist()
        return found

    assert part(0, 6) == [1, 2, 3, 4, 5, 6]
    assert part(2, 5) == [3, 4, 5]
    assert part(3, 4) == [4]
    assert part(4, 6) == [5, 6]
    assert known.span(1, 5).values.flatten().tolist() == [-2, -3, -4, -5]
