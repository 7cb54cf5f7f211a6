"""Multiple-choice sets scored by the log-probabilities of the options, as the paper scores its own."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from charter.codec import to_row
from charter.digests import derive_seed
from charter.errors import ConfigError
from charter.evaluate.choice_files import Question, read_choices
from charter.models.completer import Chat, Completer, OnDone
from charter.records import Message, Rate
from charter.stats import rate

OptionForm = Literal["letters", "texts"]
"""``letters``: the prompt lists the options, and the answer is one's letter. ``texts``: the answer is the option."""

BATCH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceResults:
    """What a model scored on one subset."""

    questions: int
    accuracy: Rate
    """Of the scored questions, those whose most probable option is right; a tie with a wrong one is wrong."""
    accuracy_by_length: Rate
    """The same by log-probability a byte, which does not favour short options."""
    p_right: float | None
    """Mean probability of the right options, among all options; None where no question was scored."""
    chance: float
    """Accuracy of guessing: the mean share of options that are right."""
    unscored: int
    """Questions without a log-probability for each option: they do not fit, or the server does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceReport:
    """What a model scored."""

    overall: ChoiceResults
    subsets: Mapping[str, ChoiceResults]

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {"overall": to_row(self.overall), "subsets": {name: to_row(one) for name, one in self.subsets.items()}}


def load_choices(paths: Sequence[Path], form: OptionForm) -> tuple[Question, ...]:
    """The questions of all files; where files name the same subset, their questions are one subset.

    Raises:
        ConfigError: as of ``read_choices``; a file named twice; ``texts`` of a question that has letters alone.
    """
    files = [path.resolve() for path in paths]
    twice = next((path for path, file in zip(paths, files, strict=True) if files.count(file) > 1), None)
    if twice is not None:
        raise ConfigError(f"{twice}: named twice; name each file once")
    questions = tuple(question for path in paths for question in read_choices(path))
    for question in questions:
        if form == "texts" and not question.options:
            raise ConfigError(f"{question.where}: its options are letters without texts; use --options letters")
    return questions


def measure_choices(
    completer: Completer,
    questions: Sequence[Question],
    form: OptionForm,
    on_done: OnDone | None = None,
) -> ChoiceReport:
    """What the model scored, as a whole and by subset; every question must have options of that form."""
    asked = [ask(question, form) for question in questions]
    rows: list[_Row] = []
    for start in range(0, len(questions), BATCH):
        part = slice(start, start + BATCH)
        chats, options = zip(*asked[part], strict=True)
        found = completer.score(chats, options)
        rows += [_Row(*row) for row in zip(questions[part], options, found, strict=True)]
        if on_done:
            on_done(len(found))
    subsets: dict[str, list[_Row]] = {}
    for row in rows:
        subsets.setdefault(row.question.subset, []).append(row)
    return ChoiceReport(overall=_results(rows), subsets={name: _results(part) for name, part in subsets.items()})


def ask(question: Question, form: OptionForm) -> tuple[Chat, tuple[str, ...]]:
    """The chat that puts the question, and its options as the assistant's turn, in the order of the question's own."""
    if form == "letters":
        if question.listed:
            return Chat((Message("user", question.listed),)), question.letters
        return _with_list(question)
    return Chat(question.messages), question.options


def _with_list(question: Question) -> tuple[Chat, tuple[str, ...]]:
    """A prompt of our own that lists the options, in an order that a hash chooses: some files have the right one first
    throughout."""
    places = sorted(range(len(question.options)), key=lambda place: _rank(question, place))
    letters = {place: f"({chr(ord('A') + number)})" for number, place in enumerate(places)}
    listing = "\n".join(f" {letters[place]} {question.options[place]}" for place in places)
    *before, last = question.messages
    if before:
        spoken = "\n\n".join(f"{turn.role.capitalize()}: {turn.content}" for turn in question.messages)
        text = f"Here is a conversation:\n\n{spoken}\n\nWhich answer to its last turn is the best? Options:\n{listing}"
    else:
        text = f"{last.content}\n\nOptions:\n{listing}"
    prompt = f"{text}\nAnswer with the letter of the best option."
    return Chat((Message("user", prompt),)), tuple(letters[place] for place in range(len(question.options)))


def _rank(question: Question, place: int) -> int:
    return derive_seed("order of options", [turn.content for turn in question.messages], question.options[place])


@dataclass(frozen=True, slots=True)
class _Row:
    """A question with its options as they were scored."""

    question: Question
    options: Sequence[str]
    scores: Sequence[float]
    """Log-probabilities, in the order of the options."""

    @property
    def known(self) -> bool:
        """Whether every option has a log-probability, and one of them is possible."""
        return not any(math.isnan(score) for score in self.scores) and max(self.scores) > -math.inf

    @property
    def by_length(self) -> list[float]:
        """Log-probability a byte of the option's text."""
        return [score / len(text.encode()) for score, text in zip(self.scores, self.options, strict=True)]

    def picks(self, scores: Sequence[float]) -> bool:
        """Whether a right option scores higher than every wrong one."""
        right = self.question.right
        best = max(scores[place] for place in right)
        return all(score < best for place, score in enumerate(scores) if place not in right)

    @property
    def p_right(self) -> float:
        """The probability of the right options among all."""
        shares = [math.exp(score - max(self.scores)) for score in self.scores]
        return sum(shares[place] for place in self.question.right) / sum(shares)


def _results(rows: Sequence[_Row]) -> ChoiceResults:
    scored = [row for row in rows if row.known]
    return ChoiceResults(
        questions=len(rows),
        accuracy=rate(sum(row.picks(row.scores) for row in scored), len(scored)),
        accuracy_by_length=rate(sum(row.picks(row.by_length) for row in scored), len(scored)),
        p_right=sum(row.p_right for row in scored) / len(scored) if scored else None,
        chance=sum(len(row.question.right) / len(row.options) for row in rows) / len(rows),
        unscored=len(rows) - len(scored),
    )
