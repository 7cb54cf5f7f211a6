"""The conversations of a run, put in the order in which a reviewer wants them: what went wrong comes first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from charter.records import Behaviour, Judgement, Outcome, Prompt, Revision, Round, Sample, Status
from charter.report.checkpoints import in_order, last_trained
from charter.report.facets import NO_CATEGORY, Group, anchor_of
from charter.stages import BASE, SL_CAI

Judged = Mapping[tuple[str, str], Judgement]
"""Judgements by prompt id and text judged."""

NOT_JUDGED = "not judged"
FAILED = "failed"


ANSWER_GROUPS = (
    Group("harmful", "Still harmful after training", failure=True),
    Group("refused", "Harmless request, refused or evaded after training", failure=True),
    Group("broken", "Broken after training", failure=True),
    Group("unscored", "Unscored after training", failure=True),
    Group("missing", "No verdict after training", failure=True),
    Group("evasive", "Harmful request, evaded without a reason", failure=True),
    Group("rest", "The rest", failure=False),
)
TRANSCRIPT_GROUPS = (
    Group("failed", "Failed", failure=True),
    Group("harmful", "Still harmful after the last round", failure=True),
    Group("broken", "Broken after the last round", failure=True),
    Group("unscored", "Unscored after the last round", failure=True),
    Group("invalid", "With an invalid round", failure=True),
    Group("rest", "The rest", failure=False),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One checkpoint's answer to a test prompt, and the verdict on it."""

    checkpoint: str
    sample: Sample
    judgement: Judgement | None

    @property
    def behaviour(self) -> str:
        """The verdict."""
        return _behaviour(self.judgement)


@dataclass(frozen=True, slots=True)
class Example:
    """A test prompt with the answers of all checkpoints."""

    anchor: str
    prompt: Prompt
    group: Group
    answers: tuple[Answer, ...]
    """In the order of the checkpoints; a checkpoint that did not answer is absent."""
    way: tuple[str, ...]
    """The verdicts on the base model, on SL-CAI and on the last policy, as far as the run has come."""
    facets: Mapping[str, tuple[str, ...]]

    @property
    def before(self) -> str:
        """The verdict on the base model."""
        return self.way[0]

    @property
    def after(self) -> str:
        """The verdict on the last checkpoint that was trained."""
        return self.way[-1]


@dataclass(frozen=True, slots=True)
class Step:
    """The text in force after a round, how it came about, and what it does where that was judged."""

    number: int
    round: Round
    judgement: Judgement | None


@dataclass(frozen=True, slots=True)
class Transcript:
    """A training prompt with its first response and every round of critique and revision."""

    anchor: str
    prompt: Prompt
    group: Group
    revision: Revision
    judgement: Judgement | None
    """Of the first response."""
    steps: tuple[Step, ...]
    way: tuple[str, ...]
    """The verdicts on the first and the last text, one where they failed alike."""
    facets: Mapping[str, tuple[str, ...]]

    @property
    def after(self) -> str:
        """The verdict on the last text."""
        return self.way[-1]


def examples(answers: Mapping[str, Sequence[Answer]]) -> list[Example]:
    """Every test prompt that any checkpoint answered, failures of the last one first.

    ``answers`` are by checkpoint; those of one that has none do not count.
    """
    by_checkpoint = {
        name: {answer.sample.prompt.id: answer for answer in answers[name]}
        for name in in_order(answers)
        if answers[name]
    }
    last = last_trained(by_checkpoint) or SL_CAI
    way = tuple(dict.fromkeys((BASE, *(name for name in by_checkpoint if name == SL_CAI), last)))
    prompt_ids = dict.fromkeys(prompt for given in by_checkpoint.values() for prompt in given)
    found = (
        _example({name: given[one] for name, given in by_checkpoint.items() if one in given}, way) for one in prompt_ids
    )
    return sorted(found, key=_example_rank)


def transcripts(revisions: Iterable[Revision], judged: Judged) -> list[Transcript]:
    """Every revised prompt, failures first."""
    return sorted((_transcript(revision, judged) for revision in revisions), key=_transcript_rank)


def by_text(judgements: Iterable[Judgement]) -> Judged:
    """Judgements by what they judge: the same text in answer to the same prompt needs one verdict."""
    return {(judgement.sample.prompt.id, judgement.sample.text): judgement for judgement in judgements}


def _behaviour(judgement: Judgement | None) -> str:
    return NOT_JUDGED if judgement is None else judgement.behaviour.value


def _example(answers: Mapping[str, Answer], way: Sequence[str]) -> Example:
    prompt = next(iter(answers.values())).sample.prompt
    verdicts = tuple(answers[name].behaviour if name in answers else NOT_JUDGED for name in way)
    return Example(
        anchor=anchor_of("answer", prompt.id),
        prompt=prompt,
        group=_answer_group(prompt, verdicts[-1]),
        answers=tuple(answers.values()),
        way=verdicts,
        facets={
            "after": verdicts[-1:],
            "tuned": verdicts[1:-1],
            "before": verdicts[:1],
            "kind": (_kind(prompt),),
            "category": (prompt.category or NO_CATEGORY,),
        },
    )


def _answer_group(prompt: Prompt, after: str) -> Group:
    key = "rest"
    if after == NOT_JUDGED:
        key = "missing"
    elif after in (Behaviour.HARMFUL, Behaviour.BROKEN, Behaviour.UNSCORED):
        key = after
    elif prompt.kind != "red_team" and after in (Behaviour.REFUSAL, Behaviour.EVASIVE):
        key = "refused"
    elif after == Behaviour.EVASIVE:
        key = "evasive"
    return next(group for group in ANSWER_GROUPS if group.key == key)


def _kind(prompt: Prompt) -> str:
    words = {"red_team": "red-team", "benign": "benign", "look_alike": "look-alike"}[prompt.kind]
    return f"{words}, held-out category" if prompt.held_out else words


def _example_rank(example: Example) -> tuple[int, bool, bool, str]:
    """Failures first; among them those that training brought about, its last step before others. Ids are hashes: their
    order is a random one."""
    unchanged = example.way[-2] == example.after, example.before == example.after
    return ANSWER_GROUPS.index(example.group), *unchanged, example.prompt.id


def _transcript(revision: Revision, judged: Judged) -> Transcript:
    prompt = revision.prompt
    verdicts = [judged.get((prompt.id, revision.text_after(number))) for number in range(len(revision.rounds) + 1)]
    failed = revision.status is not Status.OK
    before, after = (FAILED if failed else _behaviour(verdict) for verdict in (verdicts[0], verdicts[-1]))
    steps = zip(revision.rounds, verdicts[1:], strict=True)
    return Transcript(
        anchor=anchor_of("revision", revision.id),
        prompt=prompt,
        group=_transcript_group(revision, after),
        revision=revision,
        judgement=verdicts[0],
        steps=tuple(Step(number, done, verdict) for number, (done, verdict) in enumerate(steps, start=1)),
        way=(before, after) if not failed else (FAILED,),
        facets={
            "after": (after,),
            "outcome": tuple(done.outcome.value for done in revision.rounds),
            "principle": tuple(done.principle_id for done in revision.rounds),
            "category": (prompt.category or NO_CATEGORY,),
        },
    )


def _transcript_group(revision: Revision, after: str) -> Group:
    key = "rest"
    if revision.status is not Status.OK:
        key = "failed"
    elif after in (Behaviour.HARMFUL, Behaviour.BROKEN, Behaviour.UNSCORED):
        key = after
    elif any(done.outcome is Outcome.INVALID for done in revision.rounds):
        key = "invalid"
    return next(group for group in TRANSCRIPT_GROUPS if group.key == key)


def _transcript_rank(transcript: Transcript) -> tuple[int, bool, str]:
    """Failures first; among the rest those that were judged."""
    return TRANSCRIPT_GROUPS.index(transcript.group), transcript.after == NOT_JUDGED, transcript.revision.id
