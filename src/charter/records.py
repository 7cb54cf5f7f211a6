"""Every record that crosses a border between two stages: frozen, typed, documented field by field.

A record's ``id`` is the hash of everything that determines it (input, constitution, prompt template, model,
sampling, seed), so the same id means the same work, and the same work is never done twice. A record that failed
is still a record: its ``status`` says so and its ``reason`` says why.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Self

from charter.digests import record_id

Role = Literal["system", "user", "assistant"]
PromptKind = Literal["red_team", "benign", "look_alike"]
Split = Literal["train", "test"]
Finish = Literal["stop", "length"]


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
