"""Who labels the pairs of a run: the model by its constitution, people, or each what the recipe gives it."""

from collections.abc import Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from charter.engine import Identified
from charter.human import SimulatedRaters, labels_digest, load_human_labels
from charter.models.completer import OnDone
from charter.pipeline.session import Session, Worker
from charter.prefer import Comparer, Oracle
from charter.recipe_feedback import SIMULATED
from charter.records import Aim, Pair, Preference


def labeller(run: Session, pairs: Sequence[Pair]) -> Worker[Pair, Preference]:
    """The labeller that ``prefer.feedback`` names."""
    feedback = run.recipe.prefer.feedback
    if feedback == "ai":
        return comparer(run)
    people = _people(run, pairs)
    return people if feedback == "human" else ByAim({"harmless": comparer(run), "helpful": people})


def comparer(run: Session) -> Comparer:
    """The judge model under the run's constitution."""
    config = run.recipe.prefer
    return Comparer(run.models.judge(config.judge), run.inputs.constitution, config, run.recipe.seed)


def _people(run: Session, pairs: Sequence[Pair]) -> Worker[Pair, Preference]:
    config = run.recipe.prefer.human
    if config.labels == SIMULATED:
        return SimulatedRaters(config, run.recipe.seed)
    given = load_human_labels(config.labels, pairs)
    run.keep_input("labels_digest", labels_digest(config.labels), f"labels ({config.labels})")
    return Given(given)


class HasAim(Protocol):
    """A pair, or a prompt."""

    @property
    def aim(self) -> Aim:
        """What it is compared, or answered, for."""


X = TypeVar("X", bound=HasAim)
Out = TypeVar("Out", bound=Identified)


class ByAim(Generic[X, Out]):
    """Gives each item to the worker for what it is compared for."""

    def __init__(self, workers: Mapping[Aim, Worker[X, Out]]) -> None:
        self._workers = workers

    def identify(self, item: X) -> str:
        """The id of the record that ``work`` makes of ``item``."""
        return self._workers[item.aim].identify(item)

    def work(self, items: Sequence[X], on_done: OnDone | None = None) -> list[Out]:
        """One record an item; those of one aim after those of another."""
        made: list[Out] = []
        for aim, one in self._workers.items():
            if given := [item for item in items if item.aim == aim]:
                made += one.work(given, on_done)
        return made


class Given:
    """Labels that are there already, by pair."""

    def __init__(self, preferences: Sequence[Preference]) -> None:
        self._by_pair = {preference.pair.id: preference for preference in preferences}

    def identify(self, pair: Pair) -> str:
        """The id of the preference of ``pair``."""
        return self._by_pair[pair.id].id

    def work(self, pairs: Sequence[Pair], on_done: OnDone | None = None) -> list[Preference]:
        """The preferences of these pairs."""
        if on_done:
            on_done(len(pairs))
        return [self._by_pair[pair.id] for pair in pairs]


def oracle_of(run: Session) -> Oracle | None:
    """The organism's ground truth about pairs; None for prompts of another world."""
    if run.recipe.prompts.path != "organism":
        return None
    from charter.organisms.preference import oracle_preference

    return oracle_preference
