"""Which of a run's examples the page carries: a bounded number and size, with a share for every kind of failure."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import TypeVar

from markupsafe import Markup

from charter.report.examples import ANSWER_GROUPS, TRANSCRIPT_GROUPS
from charter.report.facets import Facet, Group, Shown, facets_of
from charter.report.preferences import PAIR_GROUPS

Item = TypeVar("Item", bound=Shown)

FAILURES_PER_OTHER = 4


@dataclass(frozen=True, slots=True)
class Bound:
    """How much of each list the page carries."""

    items: int = 500
    characters: int = 2_000_000
    """Of rendered HTML."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One browsable list of the page, before anything is in it."""

    key: str
    noun: str
    elsewhere: str
    """Where in the run folder all of it is."""
    groups: tuple[Group, ...]
    labels: Mapping[str, str]
    """What it can be filtered by: facet to label."""


ANSWERS = Listing(
    key="answers",
    noun="requests",
    elsewhere="answers/ and judgements/",
    groups=ANSWER_GROUPS,
    labels={"after": "After", "tuned": "SL-CAI", "before": "Before", "kind": "Request", "category": "Category"},
)
TRANSCRIPTS = Listing(
    key="transcripts",
    noun="revised requests",
    elsewhere="revise/",
    groups=TRANSCRIPT_GROUPS,
    labels={"after": "In the end", "outcome": "A round was", "principle": "Principle", "category": "Category"},
)
PAIRS = Listing(
    key="pairs",
    noun="pairs",
    elsewhere="prefer/",
    groups=PAIR_GROUPS,
    labels={
        "aim": "Compared for",
        "label": "Label",
        "oracle": "Oracle",
        "principle": "Principle",
        "rater": "Labelled by",
        "category": "Category",
    },
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One example in the page."""

    anchor: str
    tokens: Mapping[str, str]
    """By facet: the places of its values among the facet's options."""
    inner: Markup


@dataclass(frozen=True, slots=True)
class Shelf:
    """The examples under one heading."""

    group: Group
    total: int
    """How many there are in the run."""
    entries: tuple[Entry, ...]
    """Those that the page carries."""


@dataclass(frozen=True, slots=True)
class Browser:
    """One browsable list of the page."""

    listing: Listing
    shelves: tuple[Shelf, ...]
    """One a group, empty ones included, in the order of the groups."""
    facets: tuple[Facet, ...]

    @property
    def total(self) -> int:
        """Examples in the run."""
        return sum(shelf.total for shelf in self.shelves)

    @property
    def shown(self) -> int:
        """Examples in the page."""
        return sum(len(shelf.entries) for shelf in self.shelves)


def browse(items: Sequence[Item], listing: Listing, draw: Callable[[Item], Markup], bound: Bound) -> Browser:
    """The list of ``items`` as the page shows it: as many as ``bound`` allows, with what to filter them by."""
    chosen = _choose(items, listing.groups, draw, bound)
    facets = facets_of([item for item, _ in chosen], listing.labels)
    places = {facet.key: {value: place for place, (value, _) in enumerate(facet.options)} for facet in facets}
    entries: dict[str, list[Entry]] = {group.key: [] for group in listing.groups}
    for item, drawn in chosen:
        entries[item.group.key].append(Entry(item.anchor, _tokens(item.facets, places), drawn))
    totals = Counter(item.group.key for item in items)
    return Browser(
        listing,
        tuple(Shelf(group, totals[group.key], tuple(entries[group.key])) for group in listing.groups),
        facets,
    )


def _choose(
    items: Sequence[Item], groups: Sequence[Group], draw: Callable[[Item], Markup], bound: Bound
) -> list[tuple[Item, Markup]]:
    """The examples to carry, each drawn.

    Kinds of failure take turns, so that one that happened ten thousand times leaves room for one that happened once;
    after every few failures comes one of the rest, so that what went well can be seen too.
    """
    rows = {group: [item for item in items if item.group is group] for group in groups}
    failures = _in_turn([row for group, row in rows.items() if group.failure])
    rest = _in_turn([row for group, row in rows.items() if not group.failure])
    chosen: list[tuple[Item, Markup]] = []
    size = 0
    for item in _mixed(failures, rest):
        if len(chosen) == bound.items:
            break
        drawn = draw(item)
        size += len(drawn)
        if chosen and size > bound.characters:
            break
        chosen.append((item, drawn))
    return chosen


def _in_turn(rows: Sequence[Sequence[Item]]) -> Iterator[Item]:
    """The first of every row, then the second of every row, and so on."""
    for one_of_each in zip_longest(*rows):
        yield from (item for item in one_of_each if item is not None)


def _mixed(failures: Iterator[Item], rest: Iterator[Item]) -> Iterator[Item]:
    """One of the rest after every ``FAILURES_PER_OTHER`` failures; what is left of either in the end."""
    for failure in failures:
        yield failure
        yield from islice(failures, FAILURES_PER_OTHER - 1)
        yield from islice(rest, 1)
    yield from rest


def _tokens(values: Mapping[str, Sequence[str]], places: Mapping[str, Mapping[str, int]]) -> dict[str, str]:
    found = {key: {places[key][value] for value in values[key] if value in places[key]} for key in places}
    return {key: " ".join(map(str, sorted(numbers))) for key, numbers in found.items()}
