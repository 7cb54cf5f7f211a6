"""What one rater is shown, in which order, and which response on which side: all of it drawn by hashes of a seed."""

from collections.abc import Sequence
from dataclasses import dataclass

from charter.digests import derive_seed
from charter.human.looks import look_id
from charter.records import Pair

GAP = 5
"""Other pairs, at least, between a pair and its repeat."""
_SPREAD = 25
"""A repeat comes at most this much later still."""


@dataclass(frozen=True, slots=True)
class Showing:
    """One look that a rater is asked for."""

    id: str
    """The id of the record that it leads to."""
    pair: Pair
    number: int
    """0 for the first look at the pair, 1 for the repeat."""
    swapped: bool
    """The pair's second response is shown on the left, as A."""


def chosen(pairs: Sequence[Pair], limit: int | None, seed: int) -> tuple[Pair, ...]:
    """At most ``limit`` of the pairs, the same for every rater; a smaller limit takes a subset of a larger one's."""
    return tuple(sorted(pairs, key=lambda pair: (derive_seed(seed, "annotate", pair.id), pair.id))[:limit])


def showings(pairs: Sequence[Pair], rater: str, seed: int, repeat_share: float) -> tuple[Showing, ...]:
    """Every pair in this rater's own order, and a share of them a second time, later and with the sides exchanged."""

    def draw(what: str, pair: Pair) -> int:
        return derive_seed(seed, what, rater, pair.id)

    ordered = sorted(pairs, key=lambda pair: (draw("order", pair), pair.id))
    places = [(float(place), _showing(pair, rater, 0, draw("side", pair))) for place, pair in enumerate(ordered)]
    early = sorted(enumerate(ordered[:-GAP]), key=lambda each: draw("repeat", each[1]))
    for place, pair in early[: round(repeat_share * len(ordered))]:
        later = place + GAP + draw("gap", pair) % _SPREAD + 0.5
        places.append((later, _showing(pair, rater, 1, draw("side", pair) + 1)))
    return tuple(showing for _, showing in sorted(places, key=lambda each: (each[0], each[1].id)))


def _showing(pair: Pair, rater: str, number: int, side: int) -> Showing:
    return Showing(look_id(pair, rater, number), pair, number, side % 2 == 1)
