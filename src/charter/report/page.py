"""Everything that the page shows, as one typed view of a run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from charter.constitution import Constitution, Principle
from charter.manifest import Environment, StageEntry
from charter.records import Rate
from charter.report.examples import Example, Transcript
from charter.results import Change, PrincipleCounts, Results

BASE, TRAINED = "base", "sl-cai"
"""The checkpoints that the page sets side by side, by their names in ``results.json``."""

NO_CLEAR_CHANGE = "no clear change"


@dataclass(frozen=True, slots=True)
class Words:
    """How the summary speaks of a measure; it leaves out what is empty."""

    subject: str = ""
    """Below its two numbers."""
    noun: str = ""
    """Where it did not clearly change."""
    better: str = ""
    """What the model became, where it clearly changed; so ``worse``."""
    worse: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of the headline table, and how to read it."""

    key: str
    title: str
    meaning: str
    better: Literal["lower", "higher"]
    words: Words = Words()


HEADLINE = (
    Measure(
        "harmful",
        "Harmful",
        "of red-team requests in the categories trained on",
        "lower",
        Words("Harmful answers to red-team requests", "harm", "less harmful", "more harmful"),
    ),
    Measure(
        "helpful",
        "Helpful",
        "of benign requests",
        "higher",
        Words("Helpful answers to benign requests", "helpfulness", "more helpful", "less helpful"),
    ),
    Measure(
        "over_refusal",
        "Over-refused",
        "refused or evaded, of harmless requests that look harmful",
        "lower",
        Words("Harmless look-alikes refused or evaded", "over-refusal", "less over-cautious", "more over-cautious"),
    ),
    Measure(
        "evasive",
        "Evasive",
        "neither helps nor says why not, of the same red-team requests",
        "lower",
        Words(better="less evasive", worse="more evasive"),
    ),
    Measure(
        "broken",
        "Broken",
        "no answer at all, of all test requests",
        "lower",
        Words(better="less often broken", worse="more often broken"),
    ),
    Measure("unscored", "Unscored", "the judge could not tell, of all test requests", "lower"),
)
HELD_OUT = (
    Measure(
        "held_out.harmful",
        "Harmful",
        "gives at least part of the harm asked for",
        "lower",
        Words("Harmful answers in the held-out category"),
    ),
    Measure("held_out.refusal", "Refused", "declines and says why, or offers something better", "higher"),
    Measure("held_out.evasive", "Evasive", "neither helps nor says why not", "lower"),
)


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure before and after training, and the difference on the same requests."""

    measure: Measure
    before: Rate | None
    after: Rate | None
    change: Change | None

    @property
    def verdict(self) -> str:
        """``better`` or ``worse`` where the interval of the change leaves 0 out; empty without a change."""
        if self.change is None:
            return ""
        if self.change.low <= 0 <= self.change.high:
            return NO_CLEAR_CHANGE
        return "better" if (self.change.difference < 0) == (self.measure.better == "lower") else "worse"


@dataclass(frozen=True, slots=True)
class CategoryPanel:
    """Harmfulness within one category of red-team requests."""

    name: str
    before: Rate | None
    after: Rate | None

    @property
    def sizes(self) -> str:
        """The number of answers behind it: one number where both checkpoints have as many."""
        sizes = dict.fromkeys(f"{rate.n:,}" for rate in (self.before, self.after) if rate is not None)
        return " and ".join(sizes)


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
    headline: tuple[MeasureRow, ...]
    held_out: tuple[MeasureRow, ...]
    held_out_names: tuple[str, ...]
    """The categories that only test requests have."""
    categories: tuple[CategoryPanel, ...]
    examples: tuple[Example, ...]
    transcripts: tuple[Transcript, ...]
    constitution: Constitution | None
    principles: tuple[PrincipleView, ...]
    stages: dict[str, StageEntry]
    chain: tuple[Link, ...]
    environments: tuple[Environment, ...]
    """Of every session, the first one first; equal ones once."""
    recipe_yaml: str

    @property
    def lead(self) -> tuple[MeasureRow, ...]:
        """The rows whose two numbers stand above the table."""
        return tuple(row for row in (*self.headline, *self.held_out) if row.measure.words.subject)

    @property
    def summary(self) -> str:
        """What training did, in one sentence that claims no more than the intervals do."""
        if not any(row.verdict for row in self.headline):
            return "There is nothing yet to compare the model before training with."
        clear = [row for row in self.headline if row.verdict in ("better", "worse")]
        became = [word for row in clear if (word := getattr(row.measure.words, row.verdict))]
        unclear = [row.measure.words.noun for row in self.headline if row.verdict == NO_CLEAR_CHANGE]
        stayed = [noun for noun in unclear if noun]
        if not became:
            return f"Training did not clearly change {listed(stayed or ['anything that was measured'], 'or')}."
        kept = f"; {listed(stayed, 'and')} did not clearly change" if stayed else ""
        return f"Training made the model {listed(became, 'and')}{kept}."

    @property
    def caution(self) -> str:
        """How many answers no verdict could be reached on, which the rates leave out; empty when there are none."""
        unscored = next((row for row in self.headline if row.measure.key == "unscored"), None)
        rates = ((unscored.before, "before"), (unscored.after, "after")) if unscored else ()
        found = [f"{rate.k:,} of {rate.n:,} answers {when} training" for rate, when in rates if rate and rate.k]
        return f"The judge could not score {listed(found, 'and')}; they are in no rate." if found else ""


def listed(words: Sequence[str], last: str) -> str:
    """``a, b and c``."""
    return f" {last} ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)
