"""Preferences of many raters on common ground: one item a pair of texts, whatever their order in each record."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from charter.errors import ConfigError
from charter.records import Pair, Preference
from charter.results_agreement import LabelKind
from charter.stats_bootstrap import Floats

Ints = NDArray[np.int64]
Oracle = Callable[[Pair], float | None]
"""Probability that the first response is better, where the truth is known; None where it is not."""

ORACLE = "oracle"
SECOND, TIE, FIRST = range(3)
"""Categories of a label."""
_ORDER: tuple[LabelKind, ...] = ("ai", "human", "simulated", "oracle")
_EVEN = 1e-9
"""A label nearer to one half is a tie."""
_JOINT = ", "
"""Stands between the names of several people whose looks were joined into one label."""


@dataclass(frozen=True, slots=True)
class Source:
    """What one file or folder holds."""

    name: str
    preferences: tuple[Preference, ...]
    kinds_known: bool = True
    """Whether it says what responses are compared for."""
    seconds_per_ai_label: float | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """One look at an item."""

    item: int
    question: str
    """Looks at one item with the same question are repeats of each other."""
    first_shown: bool
    """Whether the item's first text was shown first."""
    p: float


@dataclass(slots=True)
class Rater:
    """Who labelled, and what."""

    name: str
    feedback: LabelKind
    digest: str = ""
    sources: list[str] = field(default_factory=list)
    labels: dict[int, list[float]] = field(default_factory=dict)
    """By item: probability that its first text is better, once a record."""
    looks: list[Look] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    seconds_per_label: float | None = None
    failed: int = 0

    def arrays(self) -> tuple[Ints, Floats]:
        """The items labelled, in ascending order, and the mean label of each."""
        items = sorted(self.labels)
        means = [sum(self.labels[item]) / len(self.labels[item]) for item in items]
        return np.array(items, dtype=np.int64), np.array(means, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Labels:
    """All raters' labels of all items."""

    raters: tuple[Rater, ...]
    """By kind, AI first and the oracle last, and by name."""
    prompt_of_N: Ints
    """The prompt that each item belongs to."""
    identical: int
    """Pairs of equal texts, which are no items."""

    def of_kind(self, kind: LabelKind) -> list[Rater]:
        """The raters of that kind, in their order."""
        return [rater for rater in self.raters if rater.feedback == kind]


def category(p: Floats) -> Ints:
    """What each label says."""
    return (np.sign(np.where(np.abs(p - 0.5) < _EVEN, 0.0, p - 0.5)) + 1).astype(np.int64)


def collect(sources: Sequence[Source], oracle: Oracle | None = None) -> Labels:
    """The labels of all sources. A record that several of them hold counts once.

    A person is known by name, wherever the labels are from; an AI by its name and digest; who has no name, by the
    source, whose records are nobody else's. A record's id does not cover the label of a person, so that two files in
    which one said otherwise hold two records. Pairs are the same if conversation and texts are (but for white space
    at their ends), and, where both sources say so, what they are compared for.

    Raises:
        ConfigError: a label that is no probability.
    """
    items = _Items(sources)
    raters: dict[tuple[str, ...], Rater] = {}
    seen: set[tuple[str, float | None, str]] = set()
    for source in sources:
        for each in source.preferences:
            nameless_of = "" if each.rater.strip() else source.name
            if (record := (each.id, each.p_first, nameless_of)) in seen:
                continue
            seen.add(record)
            key = (each.feedback, each.rater, each.judge_digest, nameless_of)
            rater = raters.setdefault(key, Rater(each.rater, each.feedback, each.judge_digest))
            if source.name not in rater.sources:
                rater.sources.append(source.name)
            if each.feedback == "ai" and source.seconds_per_ai_label is not None:
                rater.seconds_per_label = source.seconds_per_ai_label
            _add(rater, each, items, source)
    found = [rater for rater in raters.values() if rater.labels or rater.failed]
    if oracle is not None and (truth := _oracle(items, oracle)).labels:
        found.append(truth)
    found.sort(key=lambda rater: (_ORDER.index(rater.feedback), rater.name, rater.digest))
    _tell_apart(found)
    return Labels(tuple(found), np.array(items.prompt_of, dtype=np.int64), len(items.identical))


def _add(rater: Rater, each: Preference, items: "_Items", source: Source) -> None:
    place = items.place(each.pair, source)
    if each.p_first is None:
        rater.failed += 1
        return
    if not 0 <= each.p_first <= 1:
        raise ConfigError(
            f"{source.name}: preference {each.id} has the label {each.p_first}, which is no probability; write a "
            "number from 0 to 1"
        )
    if place is None:
        return
    item, flipped = place
    rater.labels.setdefault(item, []).append(1 - each.p_first if flipped else each.p_first)
    if each.seconds is not None:
        rater.seconds.append(each.seconds)
    of_several = each.feedback != "ai" and _JOINT in each.rater and len(each.votes) > 1
    for number, vote in enumerate(each.votes):
        question = f"{each.id}:{number}" if of_several else vote.principle_id
        for p, forward in ((vote.forward, True), (vote.backward, False)):
            if p is not None:
                rater.looks.append(Look(item, question, forward is not flipped, 1 - p if flipped else p))


class _Items:
    """Finds the item of a pair, and makes it where it is new."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self.prompt_of: list[int] = []
        self.pairs: list[Pair] = []
        self.identical: set[tuple[object, ...]] = set()
        self._items: dict[tuple[object, ...], int] = {}
        self._prompts: dict[tuple[object, ...], int] = {}
        self._aims: dict[tuple[object, ...], set[str]] = {}
        for source in sources:
            if source.kinds_known:
                for each in source.preferences:
                    self._aims.setdefault(_texts_of(each.pair), set()).add(each.pair.aim)

    def place(self, pair: Pair, source: Source) -> tuple[int, bool] | None:
        """The item, and whether the pair's first text is the item's second; None for two equal texts."""
        texts = _texts_of(pair)
        turns, (low, high) = texts
        if low == high:
            self.identical.add(texts)
            return None
        known = self._aims.get(texts, set())
        aim = pair.aim if source.kinds_known else next(iter(known)) if len(known) == 1 else ""
        key = (*texts, aim)
        if key not in self._items:
            self._items[key] = len(self.pairs)
            self.prompt_of.append(self._prompts.setdefault(turns, len(self._prompts)))
            self.pairs.append(pair if pair.first.strip() == low else pair.swapped())
        return self._items[key], pair.first.strip() != low


def _texts_of(pair: Pair) -> tuple[tuple[object, ...], tuple[str, str]]:
    turns = tuple((turn.role, turn.content.strip()) for turn in pair.prompt.messages)
    low, high = sorted((pair.first.strip(), pair.second.strip()))
    return turns, (low, high)


def _oracle(items: _Items, oracle: Oracle) -> Rater:
    truth = Rater(ORACLE, "oracle")
    for item, pair in enumerate(items.pairs):
        if (p := oracle(pair)) is not None:
            truth.labels[item] = [p]
    return truth


def _tell_apart(raters: Sequence[Rater]) -> None:
    """Gives every rater a name of its own: what differs from namesakes is added to it."""
    for rater in raters:
        if not rater.name.strip():
            rater.name = f"unnamed of {rater.sources[0]}"
    counts: dict[str, int] = {}
    for rater in raters:
        counts[rater.name] = counts.get(rater.name, 0) + 1
    taken = {rater.name for rater in raters if counts[rater.name] == 1 or rater.feedback == "oracle"}
    for rater in raters:
        if counts[rater.name] > 1 and rater.feedback != "oracle":
            name = f"{rater.name} ({' '.join(filter(None, (rater.feedback, rater.digest[:8])))})"
            number = 2
            rater.name, plain = name, name
            while rater.name in taken:
                rater.name, number = f"{plain} {number}", number + 1
            taken.add(rater.name)
