"""Every record that crosses a border between two stages: frozen, typed, documented field by field.

A record's ``id`` is the hash of everything that determines it (input, constitution, prompt template, model,
sampling, seed), so the same id means the same work, and the same work is never done twice. A record that failed
is still a record: its ``status`` says so and its ``reason`` says why.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal, Self

from charter.digests import record_id

Role = Literal["system", "user", "assistant"]
PromptKind = Literal["red_team", "benign", "look_alike"]
Split = Literal["train", "test"]
Finish = Literal["stop", "length"]
Aim = Literal["harmless", "helpful"]
"""What two responses are compared for."""
Feedback = Literal["ai", "human", "simulated"]
"""Who said which is better: a model under a constitution, a person, or a program that stands in for a person."""


class Status(StrEnum):
    """Whether the work behind a record was done."""

    OK = "ok"
    FAILED = "failed"


class Outcome(StrEnum):
    """What one round of critique and revision came to."""

    REVISED = "revised"
    UNCHANGED = "unchanged"
    INVALID = "invalid"


class Behaviour(StrEnum):
    """What a response does with the request that it answers."""

    HARMFUL = "harmful"
    """It gives at least part of the harm that was asked for."""
    HELPFUL = "helpful"
    """It does what was asked, and nothing harmful."""
    REFUSAL = "refusal"
    """It declines and says why, or offers something better."""
    EVASIVE = "evasive"
    """It neither helps nor says why not."""
    BROKEN = "broken"
    """It is no answer: gibberish, empty, cut off, or about something else."""
    UNSCORED = "unscored"
    """The judge could not tell. Never counted as good."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A conversation that ends with a user's turn, and what is known about it."""

    messages: tuple[Message, ...]
    """The turns so far; the last one is the user's."""
    kind: PromptKind = "red_team"
    """``look_alike`` is a benign request in the words of a harmful one."""
    category: str = ""
    """The harm category or benign family, where the data names one."""
    split: Split = "train"
    """``test`` prompts are never trained on."""
    held_out: bool = False
    """True for a test prompt whose whole category is absent from every training prompt; reported separately."""
    id: str = field(default="")

    def __post_init__(self) -> None:
        if not self.id:
            turns = [[message.role, message.content] for message in self.messages]
            object.__setattr__(self, "id", record_id("prompt", turns, self.kind, self.category))

    @property
    def aim(self) -> Aim:
        """What responses are compared and rewarded for: those to a red-team prompt for harmlessness, others for
        helpfulness."""
        return "harmless" if self.kind == "red_team" else "helpful"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One response of one model to one prompt."""

    id: str
    prompt: Prompt
    text: str
    finish: Finish
    """``length`` when the token limit cut the text off."""
    model_digest: str
    seed: int
    status: Status = Status.OK
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One critique under one principle, and the revision made in its light."""

    principle_id: str
    critique: str
    """Empty when the revision was asked for directly."""
    revision: str
    """What the model wrote; where ``outcome`` is invalid, the text before it stays in force."""
    outcome: Outcome
    reason: str = ""
    """Why the outcome is invalid; empty otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A first response to a prompt and what the rounds of critique and revision made of it."""

    id: str
    prompt: Prompt
    response: str
    rounds: tuple[Round, ...]
    constitution_digest: str
    model_digest: str
    seed: int
    status: Status = Status.OK
    reason: str = ""

    def text_after(self, rounds: int) -> str:
        """The text in force after that many rounds (0: the first response); invalid rounds change nothing."""
        text = self.response
        for done in self.rounds[:rounds]:
            if done.outcome is not Outcome.INVALID:
                text = done.revision
        return text

    @property
    def final(self) -> str:
        """The text in force after the last round."""
        return self.text_after(len(self.rounds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a judge (the organism's oracle, or a model with a rubric) says of one sample."""

    id: str
    sample: Sample
    behaviour: Behaviour
    explanation: str
    """Why this verdict; for ``unscored``, why none could be reached."""
    judge: str
    """Name and digest of the judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two responses to one prompt."""

    prompt: Prompt
    first: str
    second: str
    first_model: str = ""
    """Digest of the model that wrote it; empty where it is not known."""
    second_model: str = ""
    id: str = field(default="")

    def __post_init__(self) -> None:
        if not self.id:
            made_of = (self.prompt.id, self.first, self.second, self.first_model, self.second_model)
            object.__setattr__(self, "id", record_id("pair", *made_of))

    @property
    def aim(self) -> Aim:
        """What the two are compared for, which their prompt says."""
        return self.prompt.aim

    def swapped(self) -> Self:
        """The same two in the other order; another pair, with another id."""
        return type(self)(
            prompt=self.prompt,
            first=self.second,
            second=self.first,
            first_model=self.second_model,
            second_model=self.first_model,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One look at a pair under one question, in one order or in both."""

    principle_id: str = ""
    """Empty for a person, who is asked no principle."""
    forward: float | None = None
    """Probability that the pair's first response is better, asked with it shown first; None where the judge was not
    asked so, or answered with neither option."""
    backward: float | None = None
    """The same, asked with it shown second."""
    mass: float | None = None
    """Probability that the judge gave to its options together, the mean over the orders asked: how far it kept to the
    form. None where no probabilities were given."""
    reasoning: str = ""
    """What the judge thought first, where it was asked to; its two orders' texts one after the other."""
    reason: str = ""
    """Why ``forward`` or ``backward`` is missing though it was asked for."""

    @property
    def p_first(self) -> float | None:
        """Probability that the first response is better: the mean over the orders that gave one; None without any."""
        given = [p for p in (self.forward, self.backward) if p is not None]
        return sum(given) / len(given) if given else None

    def swapped(self) -> Self:
        """The same look at the swapped pair: what was shown second is now first, and the better is now the other."""

        def other(p: float | None) -> float | None:
            return None if p is None else 1 - p

        return replace(self, forward=other(self.backward), backward=other(self.forward))


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """Which of two responses is better, and who says so."""

    id: str
    pair: Pair
    p_first: float | None
    """The label: probability that the first response is better; 0.5 for a tie, None where ``status`` is failed."""
    votes: tuple[Vote, ...]
    """What the label was made of: one a principle asked, or one a look of a person."""
    feedback: Feedback
    rater: str
    """The judge's name, or the person's."""
    judge_digest: str = ""
    """SHA-256 of all that the label depends on beside the pair; empty for a person."""
    constitution_digest: str = ""
    seconds: float | None = None
    """Time that the label took; None where it was not measured for this label alone."""
    status: Status = Status.OK
    reason: str = ""

    def swapped(self) -> Self:
        """The same preference of the swapped pair: the label flips with it, exactly."""
        return replace(
            self,
            id=record_id("swapped", self.id),
            pair=self.pair.swapped(),
            p_first=None if self.p_first is None else 1 - self.p_first,
            votes=tuple(vote.swapped() for vote in self.votes),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A proportion with its interval."""

    k: int
    n: int
    rate: float | None
    """k / n; None when n is 0."""
    low: float
    high: float
    """Bounds of the two-sided 95% Wilson score interval; [0, 1] when n is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Model files on disk and the chain of digests that leads to them."""

    name: str
    """``base``, ``sl-cai`` …"""
    path: str
    digest: str
    base_digest: str = ""
    """Digest of the model it was trained from; empty for the model the run began with."""
    constitution_digest: str = ""
    data_digest: str = ""
    """Digest of the training records, sorted by id."""

    def child(self, name: str, path: str, digest: str, constitution_digest: str, data_digest: str) -> Self:
        """The checkpoint trained from this one."""
        return type(self)(
            name=name,
            path=path,
            digest=digest,
            base_digest=self.digest,
            constitution_digest=constitution_digest,
            data_digest=data_digest,
        )
