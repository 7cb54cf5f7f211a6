"""Who says which of two checkpoints answered a prompt better."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from charter.models.completer import OnDone
from charter.records import Pair, Preference


class PairJudge(Protocol):
    """Compares two responses to one prompt, for the pair's own aim."""

    @property
    def name(self) -> str:
        """A name for people."""

    @property
    def digest(self) -> str:
        """SHA-256 of all that its comparisons depend on, beside the pair."""

    def compare(self, pairs: Sequence[Pair], on_done: OnDone | None = None) -> list[float | None]:
        """The probability that the first response is better, in the order of ``pairs``; 0.5 for a tie, None where the
        judge cannot tell."""


@dataclass(frozen=True, slots=True)
class OraclePairJudge:
    """The ground truth of the organism's world: it compares what the two responses do."""

    name: str = "oracle"

    @property
    def digest(self) -> str:
        """SHA-256 of the oracle's version and of the world that it knows."""
        from charter.organisms.oracle import oracle_digest

        return oracle_digest()

    def compare(self, pairs: Sequence[Pair], on_done: OnDone | None = None) -> list[float | None]:
        """1, 0 or 0.5 for each pair; None where the oracle cannot judge one of its responses."""
        from charter.organisms.preference import oracle_preference

        if on_done:
            on_done(len(pairs))
        return [oracle_preference(pair.prompt.messages, pair.first, pair.second, pair.aim) for pair in pairs]


class Comparing(Protocol):
    """Labels pairs; ``charter.prefer.Comparer`` does."""

    @property
    def digest(self) -> str:
        """SHA-256 of all that a label depends on, beside the pair."""

    @property
    def judge_label(self) -> str:
        """A name for people."""

    def work(self, pairs: Sequence[Pair], on_done: OnDone | None = None) -> list[Preference]:
        """One preference a pair, in any order."""


class PreferencePairJudge:
    """Compares as the labels of training are made: a judge model under the constitution's principles."""

    def __init__(self, comparer: Comparing, known: Iterable[Preference] = ()) -> None:
        """``known`` are preferences of the same comparer, which it is not asked for again."""
        self._comparer = comparer
        self._known = {preference.pair.id: preference for preference in known}
        self.name = comparer.judge_label
        self.digest = comparer.digest

    def compare(self, pairs: Sequence[Pair], on_done: OnDone | None = None) -> list[float | None]:
        """The label of each pair; None where it has none."""
        told = on_done or (lambda count: None)
        asked = [pair for pair in pairs if pair.id not in self._known]
        told(len(pairs) - len(asked))
        found = self._comparer.work(asked, told) if asked else []
        labels = self._known | {preference.pair.id: preference for preference in found}
        return [labels[pair.id].p_first for pair in pairs]
