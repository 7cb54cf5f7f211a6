"""Every rater has an order and sides of their own; what comes twice comes later, and the other way round."""

from hypothesis import given, settings
from hypothesis import strategies as st

from charter.human.showings import GAP, chosen, showings
from charter.records import Message, Pair, Prompt

PAIRS = [Pair(prompt=Prompt(messages=(Message("user", f"q{n}"),)), first="one", second="two") for n in range(300)]


@settings(max_examples=40)
@given(st.integers(0, 60), st.floats(0, 1), st.integers(0, 5))
def test_every_pair_comes_and_repeats_come_later_and_swapped(count: int, share: float, seed: int) -> None:
    shown = showings(PAIRS[:count], "ann", seed, share)
    first = {each.pair.id: (place, each) for place, each in enumerate(shown) if each.number == 0}
    again = [(place, each) for place, each in enumerate(shown) if each.number == 1]
    assert set(first) == {pair.id for pair in PAIRS[:count]}
    assert len({each.id for each in shown}) == len(shown) == count + len(again)
    assert len(again) == min(round(share * count), max(count - GAP, 0))
    for place, each in again:
        before, original = first[each.pair.id]
        between = {other.pair.id for other in shown[before + 1 : place]}
        assert len(between) >= GAP
        assert each.swapped != original.swapped


def test_orders_and_sides_are_drawn_anew_for_every_rater_and_seed() -> None:
    ann, bob, other = (showings(PAIRS, rater, seed, 0.1) for rater, seed in (("ann", 0), ("bob", 0), ("ann", 1)))
    assert ann == showings(list(reversed(PAIRS)), "ann", 0, 0.1)
    sides = {each.pair.id: each.swapped for each in ann if each.number == 0}
    for another in (bob, other):
        assert [each.pair.id for each in another] != [each.pair.id for each in ann]
        same = [sides[each.pair.id] == each.swapped for each in another if each.number == 0]
        assert 100 < sum(same) < 200
    assert 100 < sum(sides.values()) < 200


def test_a_limit_takes_the_same_pairs_for_everybody_and_a_subset() -> None:
    some, more = chosen(PAIRS, 20, 0), chosen(list(reversed(PAIRS)), 50, 0)
    assert len(some) == 20
    assert {pair.id for pair in some} < {pair.id for pair in more}
    assert len(chosen(PAIRS, None, 0)) == len(PAIRS)
    assert chosen(PAIRS, 20, 1) != some
