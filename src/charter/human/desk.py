"""Where raters sit: what each is shown next, what each has said, and how far each has come."""

import threading
import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeGuard, get_args

from charter.errors import ConfigError, StageError
from charter.human.keep import Keep
from charter.human.looks import BETWEEN_RATERS, look
from charter.human.showings import Showing, showings
from charter.human.simulated import PREFIX
from charter.records import Aim, Pair, Preference, Role

Choice = Literal["left", "right", "tie", "skip"]
SKIPPED = "skipped by the rater"
LONGEST_NAME = 40

QUESTIONS: Final[dict[Aim, str]] = {
    "harmless": "Which response is less harmful?",
    "helpful": "Which response is more helpful?",
}
_ANSWERS: Final[dict[Aim, str]] = {"harmless": "less harmful", "helpful": "more helpful"}


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of the conversation, as it is shown."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked next. Nothing in it tells which model wrote what."""

    id: str
    question: str
    answer: str
    """What the better one is, in the words of a button."""
    turns: tuple[Turn, ...]
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class State:
    """How far a rater has come, and what comes next; ``task`` is None when everything is answered."""

    rater: str
    done: int
    total: int
    labels: int
    can_undo: bool
    task: Task | None
    alike: int = 0
    """Repeated pairs that got the same answer both times; counted when everything is answered."""
    repeated: int = 0


class Desk:
    """Several raters at once, from several threads."""

    def __init__(
        self,
        keep: Keep,
        pairs: Sequence[Pair],
        *,
        seed: int = 0,
        repeat_share: float = 0.05,
        shown: Callable[[str], str] = str,
    ) -> None:
        """``shown`` makes a text of a model or a data set fit to be shown."""
        self._keep = keep
        self._pairs = tuple(pairs)
        self._seed = seed
        self._repeat_share = repeat_share
        self._shown = shown
        self._lock = threading.Lock()
        self._looks = {each.id: each for each in keep.looks()}
        self._showings: dict[str, tuple[Showing, ...]] = {}
        self._handed: dict[str, float] = {}
        self._closed = False

    def raters(self) -> list[str]:
        """Everybody who has answered here, by name."""
        with self._lock:
            return sorted({each.rater for each in self._looks.values()})

    def called(self, name: str) -> str:
        """The rater's name as it is kept: as it was written the first time, whatever its capitals are now.

        Raises:
            ConfigError: it cannot be a name.
        """
        name = rater_name(name)
        return next((known for known in self.raters() if known.casefold() == name.casefold()), name)

    def state(self, rater: str) -> State:
        """What the rater is to be shown now."""
        with self._lock:
            return self._state(rater)

    def answer(self, rater: str, showing: str, choice: Choice, seconds: float | None) -> tuple[bool, State]:
        """Keeps what the rater says of a showing, and returns whether it was kept, and what comes next.

        It is not kept where that showing is answered already, in another window perhaps. ``seconds`` is what the page
        measured; it counts for no more than the time since the showing was handed out.

        Raises:
            ConfigError: there is no such showing.
            StageError, RunFolderError: it could not be written; nothing was kept.
        """
        with self._lock:
            self._check_open()
            asked = next((each for each in self._plan(rater) if each.id == showing), None)
            if asked is None:
                raise ConfigError("this pair is not one of yours; load the page again")
            if showing in self._looks:
                return False, self._state(rater)
            made = look(
                asked.pair,
                rater,
                asked.number,
                _label(choice, asked.swapped),
                swapped=asked.swapped,
                seconds=self._seconds(showing, seconds),
                reason=SKIPPED if choice == "skip" else "",
            )
            self._keep.add(made)
            self._looks[made.id] = made
            return True, self._state(rater)

    def undo(self, rater: str) -> tuple[bool, State]:
        """Takes the rater's latest answer back, and returns whether there was one that can be, and what comes next.

        Raises:
            StageError, RunFolderError: that could not be written; the answer is kept.
        """
        with self._lock:
            self._check_open()
            last = self._latest(rater)
            if last is not None:
                self._keep.take_back(last)
                del self._looks[last.id]
                self._handed.pop(last.id, None)
            return last is not None, self._state(rater)

    def counts(self) -> tuple[int, int, int]:
        """Labels that are kept, pairs of this desk with at least one, and all its pairs."""
        with self._lock:
            labelled = [each.pair.id for each in self._looks.values() if each.p_first is not None]
            return len(labelled), len({pair.id for pair in self._pairs} & set(labelled)), len(self._pairs)

    def close(self) -> None:
        """Accepts no more answers, and brings those that are kept into their final form."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._keep.close()

    def _check_open(self) -> None:
        if self._closed:
            raise StageError("the server has ended")

    def _plan(self, rater: str) -> tuple[Showing, ...]:
        if rater not in self._showings:
            self._showings[rater] = showings(self._pairs, rater, self._seed, self._repeat_share)
        return self._showings[rater]

    def _latest(self, rater: str) -> Preference | None:
        """The latest answer, if it can be taken back, and comes again when it is."""
        last = self._keep.latest(rater)
        return last if last is not None and any(each.id == last.id for each in self._plan(rater)) else None

    def _state(self, rater: str) -> State:
        plan = self._plan(rater)
        said = [self._looks.get(each.id) for each in plan]
        following = next((each for each, answer in zip(plan, said, strict=True) if answer is None), None)
        alike, repeated = (0, 0) if following else self._consistency(plan)
        return State(
            rater=rater,
            done=sum(answer is not None for answer in said),
            total=len(plan),
            labels=sum(answer is not None and answer.p_first is not None for answer in said),
            can_undo=self._latest(rater) is not None,
            task=self._task(following) if following else None,
            alike=alike,
            repeated=repeated,
        )

    def _task(self, showing: Showing) -> Task:
        self._handed.setdefault(showing.id, time.monotonic())
        pair = showing.pair
        left, right = (pair.second, pair.first) if showing.swapped else (pair.first, pair.second)
        return Task(
            id=showing.id,
            question=QUESTIONS[pair.aim],
            answer=_ANSWERS[pair.aim],
            turns=tuple(Turn(turn.role, self._shown(turn.content)) for turn in pair.prompt.messages),
            left=self._shown(left),
            right=self._shown(right),
        )

    def _seconds(self, showing: str, measured: float | None) -> float | None:
        handed = self._handed.get(showing)
        if measured is None or handed is None or not measured >= 0:
            return None
        return round(min(measured, time.monotonic() - handed), 2)

    def _consistency(self, plan: Sequence[Showing]) -> tuple[int, int]:
        """Repeated pairs with the same label both times, and all with a label both times."""
        first = {each.pair.id: self._looks[each.id].p_first for each in plan if each.number == 0}
        again = {each.pair.id: self._looks[each.id].p_first for each in plan if each.number == 1}
        both = [(first[pair], label) for pair, label in again.items() if label is not None and first[pair] is not None]
        return sum(one == other for one, other in both), len(both)


def rater_name(name: str) -> str:
    """The name without superfluous white space.

    Raises:
        ConfigError: it is blank or long, has characters that cannot be seen or a comma, or is that of a program.
    """
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise ConfigError(f"the name of a rater has 1 to {LONGEST_NAME} characters")
    if not name.isprintable() or BETWEEN_RATERS.strip() in name:
        raise ConfigError("the name of a rater has no commas and no invisible characters")
    if name.casefold().startswith(PREFIX):
        raise ConfigError(f"a name that begins with '{PREFIX}' is that of a program; write another")
    return name


def is_choice(value: object) -> TypeGuard[Choice]:
    """Whether a value is one of the answers there are."""
    return value in get_args(Choice)


def _label(choice: Choice, swapped: bool) -> float | None:
    """Probability that the pair's first response is better, where ``swapped`` says that it is the right one."""
    if choice == "skip":
        return None
    if choice == "tie":
        return 0.5
    return float((choice == "left") != swapped)
