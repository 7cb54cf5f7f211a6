"""A rater and itself: repeats in one order and in both, and which response it was shown first."""

from collections.abc import Callable, Sequence

from charter.agreement.labels import Labels, Source, collect
from charter.agreement.repeats import first_shown, repeats
from charter.records import Pair, Preference, Vote

Make = Callable[..., Preference]
MakePair = Callable[..., Pair]
Counts = tuple[int, int] | None


def measured(*preferences: Preference) -> tuple[Counts, Counts, Counts]:
    """Hits and number of: first shown, repeats in one order, in both."""
    labels: Labels = collect([Source("a", preferences)])
    (rater,) = labels.raters
    rates = (first_shown(labels, rater), *repeats(labels, rater))
    return tuple(None if each is None else (each.k, each.n) for each in rates)  # type: ignore[return-value]


def judged(pair: MakePair, prefer: Make, votes: Sequence[tuple[float | None, float | None]]) -> list[Preference]:
    return [
        prefer(pair(n), 0.6, "judge", feedback="ai", votes=[Vote(principle_id="p", forward=f, backward=b)])
        for n, (f, b) in enumerate(votes)
    ]


def test_a_judge_in_both_orders(pair: MakePair, prefer: Make) -> None:
    # twice the same, twice whatever was first, once whatever was second; one order is missing, one is a tie
    votes = [(0.9, 0.8), (0.1, 0.2), (0.9, 0.2), (0.7, 0.4), (0.3, 0.6), (0.9, None), (0.5, 0.6)]
    shown, same, both = measured(*judged(pair, prefer, votes))
    assert both == (2, 6)
    assert same is None
    assert shown == (1 + 1 + 2 + 2 + 0 + 1 + 0, 12)


def test_swapped_records_measure_the_same(pair: MakePair, prefer: Make) -> None:
    records = judged(pair, prefer, [(0.9, 0.8), (0.9, 0.2), (0.3, 0.6)])
    assert measured(*records) == measured(*(each.swapped() for each in records))


def test_a_person_who_sees_a_pair_again(pair: MakePair, prefer: Make) -> None:
    looks = [
        prefer(pair(1), 1.0, votes=[Vote(forward=1.0)]),
        prefer(pair(1), 1.0, votes=[Vote(forward=1.0)], look=1),
        prefer(pair(1), 0.0, votes=[Vote(backward=0.0)], look=2),
        prefer(pair(2), 0.5, votes=[Vote(forward=0.5)]),
        prefer(pair(2), 0.5, votes=[Vote(backward=0.5)], look=1),
    ]
    shown, same, both = measured(*looks)
    assert same == (1, 1)
    assert both == (1, 3)  # pair 1 twice not; two ties are the same
    assert shown == (3, 3)


def test_other_principles_are_no_repeats(pair: MakePair, prefer: Make) -> None:
    votes = [Vote(principle_id="harm", forward=0.9), Vote(principle_id="law", forward=0.1)]
    assert measured(prefer(pair(1), 0.5, "judge", feedback="ai", votes=votes))[1:] == (None, None)


def test_several_peoples_looks_in_one_label_are_nobodys_repeats(pair: MakePair, prefer: Make) -> None:
    looks = [Vote(forward=1.0), Vote(forward=0.0)]
    assert measured(prefer(pair(1), 0.5, "anna, ben", votes=looks))[1:] == (None, None)
    assert measured(prefer(pair(1), 0.5, "anna", votes=looks))[1:] == ((0, 1), None)


def test_without_looks_nothing_is_known(pair: MakePair, prefer: Make) -> None:
    assert measured(prefer(pair(1), 1.0)) == (None, None, None)
