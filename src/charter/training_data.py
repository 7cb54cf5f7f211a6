"""What is trained on: the records of the revise stage and helpful samples, turned into prompts and answers.

Deviation from the paper (arXiv 2212.08073 §3), which trains on the text after every round: here a round gives an
example only where it made a new text. An unchanged round would repeat the text before it, which after the first round
is the very response that was to be improved, and an invalid one has no text of its own.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from charter.digests import digest, record_id
from charter.records import Message, Outcome, Prompt, Revision, Sample, Status

Which = Literal["all", "last"]


class LeftOut(StrEnum):
    """Why something gave no example. Revisions count once a round, or once a record where the record decides;
    preferences count once each."""

    FAILED = "failed"
    """The record failed."""
    TEST_PROMPT = "test_prompt"
    """The record belongs to a prompt that is kept for evaluation."""
    UNCHANGED = "unchanged"
    """The round left the text as it was."""
    INVALID = "invalid"
    """The round made no usable revision."""
    NOT_REVISED = "not_revised"
    """No round of the record revised it; counted where the last revision alone is trained on."""
    REPEATED = "repeated"
    """The round came back to a text that an earlier round of the same record had made."""
    EMPTY = "empty"
    """The text is nothing but white space."""
    CUT_OFF = "cut_off"
    """The helpful sample was cut off at the token limit; trained on, it would teach to stop in mid-sentence."""
    TOO_LONG = "too_long"
    """Prompt and answer together are longer than the recipe's ``max_length``, or than the model can see."""
    NO_FORM = "no_form"
    """The model's chat template does not take these turns."""
    EQUAL = "equal"
    """The two responses of the pair are the same."""
    MERGED = "merged"
    """Another label of the same two responses; what is trained on is the mean of all."""
    OTHER_AIM = "other_aim"
    """The pair is compared for what another reward model is trained on."""


class Source(StrEnum):
    """Which kind of record an example was made from."""

    REVISION = "revision"
    HELPFUL = "helpful"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A conversation, and the answer to it that the model is to learn."""

    id: str
    prompt: tuple[Message, ...]
    answer: str
    source: Source


@dataclass(frozen=True, slots=True)
class TrainingData:
    """The examples in the order of their ids, and what gave none."""

    examples: tuple[Example, ...]
    left_out: Mapping[LeftOut, int]

    @property
    def digest(self) -> str:
        """SHA-256 over all examples; the order in which the records came does not matter."""
        return digest(
            [[each.id, [[turn.role, turn.content] for turn in each.prompt], each.answer] for each in self.examples]
        )

    @property
    def sources(self) -> dict[Source, int]:
        """How many examples each kind of record gave."""
        return {source: sum(each.source is source for each in self.examples) for source in Source}


def training_data(revisions: Sequence[Revision], helpful: Sequence[Sample], which: Which = "all") -> TrainingData:
    """The examples that these records give.

    ``which`` is ``SftConfig.revisions``: every text that a round made, or the text in force after the last round.

    Of one revision, a text is taken once: rounds that come back to it say nothing new, and would only weigh its prompt
    more. Equal helpful samples of one prompt are all taken, since they are independent draws: how often the model says
    something is what the helpful samples are there to keep.
    """
    examples: list[Example] = []
    left_out: Counter[LeftOut] = Counter()
    for found in (*_of_revisions(revisions, which), *_of_samples(helpful)):
        if isinstance(found, LeftOut):
            left_out[found] += 1
        else:
            examples.append(found)
    return TrainingData(tuple(sorted(examples, key=lambda each: each.id)), dict(sorted(left_out.items())))


def _of_revisions(revisions: Iterable[Revision], which: Which) -> Iterator[Example | LeftOut]:
    for revision in revisions:
        unusable = _unusable(revision.status, revision.prompt)
        if unusable:
            yield unusable
        elif which == "last":
            yield _last(revision)
        else:
            yield from _every_round(revision)


def _every_round(revision: Revision) -> Iterator[Example | LeftOut]:
    taken: set[str] = set()
    for number, done in enumerate(revision.rounds, 1):
        match done.outcome:
            case Outcome.UNCHANGED:
                yield LeftOut.UNCHANGED
            case Outcome.INVALID:
                yield LeftOut.INVALID
            case Outcome.REVISED:
                text = done.revision.strip()
                yield LeftOut.REPEATED if text in taken else _example(revision.prompt, text, revision.id, number)
                taken.add(text)


def _last(revision: Revision) -> Example | LeftOut:
    if not any(done.outcome is Outcome.REVISED for done in revision.rounds):
        return LeftOut.NOT_REVISED
    return _example(revision.prompt, revision.final, revision.id, len(revision.rounds))


def _of_samples(samples: Iterable[Sample]) -> Iterator[Example | LeftOut]:
    for sample in samples:
        unusable = _unusable(sample.status, sample.prompt)
        if unusable:
            yield unusable
        elif sample.finish == "length":
            yield LeftOut.CUT_OFF
        else:
            yield _example(sample.prompt, sample.text, sample.id)


def _unusable(status: Status, prompt: Prompt) -> LeftOut | None:
    if prompt.split == "test":
        return LeftOut.TEST_PROMPT
    return LeftOut.FAILED if status is Status.FAILED else None


def _example(prompt: Prompt, text: str, record: str, round_number: int = 0) -> Example | LeftOut:
    """The example of one text; round 0 stands for a helpful sample. Outer white space is no part of an answer."""
    answer = text.strip()
    if not answer:
        return LeftOut.EMPTY
    return Example(
        id=example_id(record, round_number),
        prompt=prompt.messages,
        answer=answer,
        source=Source.REVISION if round_number else Source.HELPFUL,
    )


def example_id(record: str, round_number: int = 0) -> str:
    """The id of the example that a record gives; round 0 stands for a helpful sample."""
    return record_id("example", record, round_number)


def counted(left_out: Mapping[LeftOut, int]) -> str:
    """The counts in words: ``3 unchanged, 1 cut off``."""
    return ", ".join(f"{count:,} {reason.replace('_', ' ')}" for reason, count in left_out.items())
