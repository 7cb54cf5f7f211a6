"""The conversations of a run, put in the order in which a reviewer wants them: what went wrong comes first."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from charter.digests import record_id
from charter.records import Behaviour, Judgement, Outcome, Prompt, Revision, Round, Sample, Status

Judged = Mapping[tuple[str, str], Judgement]
"""Judgements by prompt id and text judged."""

NOT_JUDGED = "not judged"
FAILED = "failed"
NO_CATEGORY = "no category"

_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Group:
    """A heading under which examples stand."""

    key: str
    title: str
    failure: bool


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
    """A test prompt with its answers before and after training."""

    anchor: str
    prompt: Prompt
    group: Group
    answers: tuple[Answer, ...]
    """In the order of the checkpoints; a checkpoint that did not answer is absent."""
    before: str
    after: str
    facets: Mapping[str, tuple[str, ...]]


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
    before: str
    after: str
    facets: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Facet:
    """A property to filter by; an option's place in ``options`` is its token in the page."""

    key: str
    label: str
    options: tuple[tuple[str, int], ...]
    """Value and number of examples that have it, most frequent first."""


def examples(before: Iterable[Answer], after: Iterable[Answer]) -> list[Example]:
    """Every test prompt that either checkpoint answered, failures first."""
    by_prompt = [{answer.sample.prompt.id: answer for answer in answers} for answers in (before, after)]
    prompt_ids = by_prompt[0] | by_prompt[1]
    return sorted((_example([answers.get(one) for answers in by_prompt]) for one in prompt_ids), key=_example_rank)


def transcripts(revisions: Iterable[Revision], judged: Judged) -> list[Transcript]:
    """Every revised prompt, failures first."""
    return sorted((_transcript(revision, judged) for revision in revisions), key=_transcript_rank)


def facets_of(items: Iterable[Example | Transcript], labels: Mapping[str, str], most: int = 60) -> tuple[Facet, ...]:
    """The facets named by ``labels`` that tell at least two examples apart, each with its ``most`` frequent options."""
    found = []
    all_facets = [item.facets for item in items]
    for key, label in labels.items():
        counts = Counter(value for facets in all_facets for value in set(facets[key]))
        if len(counts) > 1:
            options = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
            found.append(Facet(key, label, tuple(options[:most])))
    return tuple(found)


def by_text(judgements: Iterable[Judgement]) -> Judged:
    """Judgements by what they judge: the same text in answer to the same prompt needs one verdict."""
    return {(judgement.sample.prompt.id, judgement.sample.text): judgement for judgement in judgements}


def _behaviour(judgement: Judgement | None) -> str:
    return NOT_JUDGED if judgement is None else judgement.behaviour.value


def _anchor(kind: str, identity: str) -> str:
    """A place in the page to link to: a damaged record may carry any text as its id."""
    return f"{kind}-{identity if _PLAIN_ID.fullmatch(identity) else record_id(identity)}"


def _example(both: Sequence[Answer | None]) -> Example:
    answers = tuple(answer for answer in both if answer is not None)
    prompt = answers[0].sample.prompt
    before, after = (NOT_JUDGED if answer is None else answer.behaviour for answer in both)
    return Example(
        anchor=_anchor("answer", prompt.id),
        prompt=prompt,
        group=_answer_group(prompt, after),
        answers=answers,
        before=before,
        after=after,
        facets={
            "after": (after,),
            "before": (before,),
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


def _example_rank(example: Example) -> tuple[int, bool, str]:
    """Failures first; among them those that training brought about. Ids are hashes: their order is a random one."""
    return ANSWER_GROUPS.index(example.group), example.before == example.after, example.prompt.id


def _transcript(revision: Revision, judged: Judged) -> Transcript:
    prompt = revision.prompt
    verdicts = [judged.get((prompt.id, revision.text_after(number))) for number in range(len(revision.rounds) + 1)]
    failed = revision.status is not Status.OK
    before, after = (FAILED if failed else _behaviour(verdict) for verdict in (verdicts[0], verdicts[-1]))
    steps = zip(revision.rounds, verdicts[1:], strict=True)
    return Transcript(
        anchor=_anchor("revision", revision.id),
        prompt=prompt,
        group=_transcript_group(revision, after),
        revision=revision,
        judgement=verdicts[0],
        steps=tuple(Step(number, done, verdict) for number, (done, verdict) in enumerate(steps, start=1)),
        before=before,
        after=after,
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
