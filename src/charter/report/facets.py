"""What every browsable example has: a place to link to, a heading to stand under, properties to filter by."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from charter.digests import record_id

NO_CATEGORY = "no category"

_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Group:
    """A heading under which examples stand."""

    key: str
    title: str
    failure: bool


class Shown(Protocol):
    """An example of any kind."""

    @property
    def anchor(self) -> str:
        """Its place in the page."""

    @property
    def group(self) -> Group:
        """The heading that it stands under."""

    @property
    def facets(self) -> Mapping[str, tuple[str, ...]]:
        """Its values, by property."""


@dataclass(frozen=True, slots=True)
class Facet:
    """A property to filter by; an option's place in ``options`` is its token in the page."""

    key: str
    label: str
    options: tuple[tuple[str, int], ...]
    """Value and number of examples that have it, most frequent first."""


def facets_of(items: Iterable[Shown], labels: Mapping[str, str], most: int = 60) -> tuple[Facet, ...]:
    """The facets named by ``labels`` that tell at least two examples apart, each with its ``most`` frequent options."""
    found = []
    all_facets = [item.facets for item in items]
    for key, label in labels.items():
        counts = Counter(value for facets in all_facets for value in set(facets[key]))
        if len(counts) > 1:
            options = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
            found.append(Facet(key, label, tuple(options[:most])))
    return tuple(found)


def anchor_of(kind: str, identity: str) -> str:
    """A place in the page to link to: a damaged record may carry any text as its id."""
    return f"{kind}-{identity if _PLAIN_ID.fullmatch(identity) else record_id(identity)}"
