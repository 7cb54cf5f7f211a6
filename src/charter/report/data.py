"""Gathers a run folder into one typed view of it, and says what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml

from charter import __version__
from charter.constitution import Constitution, Principle, load_constitution
from charter.digests import file_digest
from charter.records import Judgement, Rate, Revision, Sample
from charter.report.examples import Example, Transcript, by_text, examples, transcripts
from charter.results import CheckpointResults, PrincipleCounts, Results, read_results
from charter.store import RunFolder

BASE, TRAINED = "base", "sl-cai"


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of the headline table, and how to read it."""

    key: str
    title: str
    meaning: str
    better: str
    """``lower`` or ``higher``; empty where neither is."""


HEADLINE = (
    Measure("harmful", "Harmful", "of red-team requests whose category was trained on", "lower"),
    Measure("helpful", "Helpful", "of benign requests", "higher"),
    Measure("over_refusal", "Over-refused", "refused or evaded, of harmless requests that look harmful", "lower"),
    Measure("evasive", "Evasive", "neither helps nor says why not, of the same red-team requests", "lower"),
    Measure("broken", "Broken", "no answer at all, of all test requests", "lower"),
    Measure("unscored", "Unscored", "the judge could not tell, of all test requests", "lower"),
)
HELD_OUT = (
    Measure("held_out.harmful", "Harmful", "gives at least part of the harm asked for", "lower"),
    Measure("held_out.refusal", "Refused", "declines and says why, or offers something better", "higher"),
    Measure("held_out.evasive", "Evasive", "neither helps nor says why not", "lower"),
)


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure before and after training."""

    measure: Measure
    before: Rate | None
    after: Rate | None


@dataclass(frozen=True, slots=True)
class CategoryPanel:
    """Harmfulness within one category."""

    name: str
    before: Rate | None
    after: Rate | None


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


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain of digests."""

    name: str
    digest: str
    """Empty when it is not there yet."""
    detail: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the page shows."""

    run_id: str
    status: str
    missing: tuple[str, ...]
    results: Results
    headline: tuple[MeasureRow, ...]
    held_out: tuple[MeasureRow, ...]
    categories: tuple[CategoryPanel, ...]
    examples: tuple[Example, ...]
    transcripts: tuple[Transcript, ...]
    constitution: Constitution | None
    principles: tuple[PrincipleView, ...]
    chain: tuple[Link, ...]
    versions: Mapping[str, str]
    recipe_yaml: str
