"""Everything that the page shows, as one typed view of a run."""

from dataclasses import dataclass

from charter.constitution import Constitution, Principle
from charter.manifest import Environment, StageEntry
from charter.records import Rate
from charter.report.checkpoints import in_order, last_trained
from charter.report.examples import Example, Transcript
from charter.report.measures import MeasureRow, unscored_words, what_feedback_did, what_training_did
from charter.report.preferences import LabelledPair
from charter.results import PrincipleCounts, Results
from charter.stages import BASE, SL_CAI


@dataclass(frozen=True, slots=True)
class CategoryPanel:
    """Harmfulness within one category of red-team requests."""

    name: str
    rates: dict[str, Rate | None]
    """One a checkpoint, in their order."""

    @property
    def sizes(self) -> str:
        """The number of answers behind it: one number where all checkpoints have as many."""
        return " and ".join(dict.fromkeys(f"{rate.n:,}" for rate in self.rates.values() if rate is not None))


@dataclass(frozen=True, slots=True)
class PrincipleView:
    """A principle and what became of the rounds under it."""

    anchor: str
    id: str
    counts: PrincipleCounts
    principle: Principle | None
    """None for an id that the run names and its constitution does not have."""

    @property
    def title(self) -> str:
        """The principle's title, or that it is unknown."""
        return self.principle.title if self.principle else "not in the run's constitution"

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """What it says, part by part."""
        if self.principle is None:
            return ()
        source = self.principle.source
        return (
            ("Critique request", self.principle.critique_request),
            ("Revision request", self.principle.revision_request),
            ("Comparison question", self.principle.comparison_question),
            ("Category", self.principle.category),
            ("Weight", f"{self.principle.weight:g}"),
            ("Source", f"{source.citation}, {source.locator} ({source.licence})"),
        )


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain of digests."""

    name: str
    digest: str
    """Empty when it is not there yet."""
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything that the page shows."""

    run_id: str
    recipe_name: str
    description: str
    facts: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    """What a complete run has and this one does not."""
    broken: tuple[str, ...]
    """Where the chain of digests does not hold."""
    results: Results
    checkpoints: tuple[str, ...]
    """The names of those that were measured or have answered, in their order."""
    headline: tuple[MeasureRow, ...]
    held_out: tuple[MeasureRow, ...]
    held_out_names: tuple[str, ...]
    """The categories that only test requests have."""
    categories: tuple[CategoryPanel, ...]
    examples: tuple[Example, ...]
    transcripts: tuple[Transcript, ...]
    pairs: tuple[LabelledPair, ...]
    constitution: Constitution | None
    principles: tuple[PrincipleView, ...]
    stages: dict[str, StageEntry]
    chain: tuple[Link, ...]
    environments: tuple[Environment, ...]
    """Of every session, the first one first; equal ones once."""
    recipe_yaml: str

    @property
    def first(self) -> str:
        """The checkpoint that the others are compared with."""
        return BASE

    @property
    def last(self) -> str | None:
        """The last checkpoint that was trained and measured."""
        return last_trained(name for name in self.checkpoints if name in self.results.checkpoints)

    @property
    def between(self) -> str | None:
        """SL-CAI, where training went on from it."""
        return SL_CAI if SL_CAI in self.results.checkpoints and self.last not in (None, SL_CAI) else None

    @property
    def lead(self) -> tuple[MeasureRow, ...]:
        """The rows whose two numbers stand above the table."""
        return tuple(row for row in (*self.headline, *self.held_out) if row.measure.words.subject)

    @property
    def summary(self) -> str:
        """What training did, and what of it came after SL-CAI, claiming no more than the intervals do."""
        both = what_training_did(self.headline, self.last), what_feedback_did(self.headline, self.last)
        return " ".join(sentence for sentence in both if sentence)

    @property
    def caution(self) -> str:
        """How many answers no verdict could be reached on; empty when there are none."""
        return unscored_words(self.headline)

    @property
    def has_snapshots(self) -> bool:
        """Whether checkpoints were compared with one another."""
        return bool(self.compared)

    @property
    def compared(self) -> tuple[str, ...]:
        """The checkpoints that have a score beside the others, in their order."""
        snapshots = self.results.snapshots
        elo = (score.name for score in (*snapshots.harmlessness, *snapshots.helpfulness))
        return in_order((*elo, *snapshots.harm, *snapshots.non_evasive, *snapshots.consistency))

    @property
    def knows_truth(self) -> bool:
        """Whether an oracle said which response of a pair is better."""
        return any(pair.truth is not None for pair in self.pairs)

    @property
    def simulated(self) -> bool:
        """Whether a program stood in for people."""
        return any(labels.feedback == "simulated" for labels in self.results.labels.values()) or any(
            one.preference.feedback == "simulated" for one in self.pairs
        )
