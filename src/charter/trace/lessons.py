"""What a stage learned from, with the records behind it: texts to imitate, and pairs of which one is better."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from charter.gradients import Lesson
from charter.records import Outcome, Preference, Prompt, Revision, Sample, Status
from charter.training_data import example_id, training_data

LessonKind = Literal["revision", "helpful", "preference"]
NO_PRINCIPLE = ""
"""Stands for what no principle has a part in: the model's own helpful answers, labels of people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """One thing that a stage learned from, and the record that it was made from."""

    kind: LessonKind
    record: Revision | Sample | Preference
    prompt: Prompt
    texts: tuple[tuple[str, float], ...]
    """As in ``Lesson``."""
    rounds: int = 0
    """Of a revision: how many rounds its text came out of."""

    @property
    def lesson(self) -> Lesson:
        """What is learned, without where it comes from."""
        return Lesson(self.prompt.messages, self.texts)

    @property
    def text(self) -> str:
        """What is learned to say; of a preference the better response, or the first of two equal ones."""
        return max(self.texts, key=lambda each: each[1])[0]

    @property
    def credits(self) -> dict[str, float]:
        """Which principles it was made under, each with its share; the shares sum to 1."""
        match self.record:
            case Revision():
                return word_shares(self.record, self.rounds)
            case Preference(votes=votes) if any(vote.principle_id for vote in votes):
                return _shares([vote.principle_id for vote in votes if vote.p_first is not None])
        return {NO_PRINCIPLE: 1.0}


def sft_lessons(
    revisions: Sequence[Revision], helpful: Sequence[Sample], which: Literal["all", "last"]
) -> list[Learned]:
    """What the fine-tuning learned from: every example that these records give, in the order of the examples' ids."""
    made: dict[str, tuple[Revision | Sample, int]] = {example_id(each.id): (each, 0) for each in helpful}
    for revision in revisions:
        made |= {example_id(revision.id, n): (revision, n) for n in range(1, len(revision.rounds) + 1)}
    found = []
    for example in training_data(revisions, helpful, which).examples:
        record, rounds = made[example.id]
        kind: LessonKind = "revision" if rounds else "helpful"
        texts = ((example.answer, 1.0),)
        found.append(Learned(kind=kind, record=record, prompt=record.prompt, texts=texts, rounds=rounds))
    return found


def preference_lessons(preferences: Iterable[Preference]) -> list[Learned]:
    """What training on preferences learned from, in the order of their ids; a tie pulls at nothing and is none.

    The better response is to become likelier, the other less likely, each by ``2 p - 1``: but for a factor that is the
    same for all, the gradient of DPO's loss where training begins.
    """
    usable = [each for each in preferences if each.status is Status.OK and each.p_first not in (None, 0.5)]
    return [
        Learned(
            kind="preference",
            record=each,
            prompt=each.pair.prompt,
            texts=((each.pair.first, 2 * each.p_first - 1), (each.pair.second, 1 - 2 * each.p_first)),
        )
        for each in sorted(usable, key=lambda each: each.id)
        if each.p_first is not None and each.pair.prompt.split == "train"
    ]


def word_shares(revision: Revision, rounds: int) -> dict[str, float]:
    """Of the words of the text after that many rounds that some round brought in: each principle's share.

    Words that an earlier text had, in the same order, are not brought in anew. Words of the first response are the
    model's own and are left out of the count. Where no word of the text was brought in, the rounds did nothing but
    delete: each principle's share is then that of the words that went under it.
    """
    words = revision.response.split()
    owners: list[str | None] = [None] * len(words)
    deleted: list[str] = []
    for done in revision.rounds[:rounds]:
        if done.outcome is Outcome.REVISED:
            before, new = len(words), done.revision.split()
            words, owners, kept = _rewritten(words, owners, new, done.principle_id)
            deleted += [done.principle_id] * (before - kept)
    return _shares([owner for owner in owners if owner is not None] or deleted)


def _rewritten(
    words: list[str], owners: Sequence[str | None], new: list[str], principle_id: str
) -> tuple[list[str], list[str | None], int]:
    """The new words, whose each is (its former owner's where it stood there before), and how many stood there."""
    now: list[str | None] = [principle_id] * len(new)
    blocks = SequenceMatcher(None, words, new, autojunk=False).get_matching_blocks()
    for old_start, start, size in blocks:
        now[start : start + size] = owners[old_start : old_start + size]
    return new, now, sum(block.size for block in blocks)


def _shares(names: Sequence[str]) -> dict[str, float]:
    return {name: names.count(name) / len(names) for name in dict.fromkeys(names)} or {NO_PRINCIPLE: 1.0}


def near_texts(learned: Learned) -> Iterator[str]:
    """The request as it is compared with another, and the answer or answers."""
    yield learned.prompt.messages[-1].content
    yield "\n".join(text for text, _ in learned.texts)
