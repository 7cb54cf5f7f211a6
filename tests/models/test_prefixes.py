"""Which requests share a beginning."""

import random

from hypothesis import given
from hypothesis import strategies as st

from charter.models.prefixes import MIN_SHARED, common_length, group_by_prefix

FEW_SHOT = tuple(range(100, 200))


def test_requests_with_the_same_examples_are_one_group() -> None:
    prompts = [(*FEW_SHOT, 1, 2), (*FEW_SHOT, 3), (*FEW_SHOT, 1, 5, 6)]
    (group,) = group_by_prefix(prompts, 10)
    assert group.shared == 100
    assert sorted(group.members) == [0, 1, 2]


def test_too_short_a_beginning_is_not_worth_a_pass() -> None:
    prompts = [(*FEW_SHOT[: MIN_SHARED - 1], last) for last in range(5)]
    assert [group.shared for group in group_by_prefix(prompts, 10)] == [0]


def test_each_keeps_a_token_of_its_own() -> None:
    assert [group.shared for group in group_by_prefix([FEW_SHOT, FEW_SHOT], 10)] == [99]
    assert [group.shared for group in group_by_prefix([FEW_SHOT[:50], FEW_SHOT], 10)] == [49]


def test_one_request_shares_with_nobody() -> None:
    assert [group.shared for group in group_by_prefix([FEW_SHOT], 10)] == [0]
    assert group_by_prefix([], 10) == []


def test_a_part_that_shares_much_more_is_a_group_of_its_own_where_that_pays() -> None:
    system = [(900 + kind, *range(1000)) for kind in (0, 1)]
    prompts = [(*system[index % 2], 2000 + index) for index in range(20)]
    assert sorted(group.shared for group in group_by_prefix(prompts, 10)) == [1001, 1001]
    assert [group.shared for group in group_by_prefix(prompts, 1000)] == [0]


@given(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=80), max_size=12), st.integers(0, 3))
def test_every_request_is_in_one_group_and_has_its_beginning(prompts: list[list[int]], steps: int) -> None:
    groups = group_by_prefix(prompts, steps)
    assert sorted(index for group in groups for index in group.members) == list(range(len(prompts)))
    for group in groups:
        first = prompts[group.members[0]]
        assert all(prompts[index][: group.shared] == first[: group.shared] for index in group.members)
        assert all(len(prompts[index]) > group.shared for index in group.members)


def test_the_order_of_requests_does_not_matter() -> None:
    prompts = [(*FEW_SHOT[: 40 + index % 3], index) for index in range(12)]
    shuffled = prompts[:]
    random.Random(0).shuffle(shuffled)

    def content(of: list[tuple[int, ...]]) -> list[tuple[int, list[tuple[int, ...]]]]:
        return sorted((group.shared, sorted(of[index] for index in group.members)) for group in group_by_prefix(of, 1))

    assert content(prompts) == content(shuffled)


def test_common_length() -> None:
    assert common_length((1, 2, 3), (1, 2, 4)) == 2
    assert common_length((1, 2), (1, 2, 4)) == 2
    assert common_length((), (1,)) == 0
