"""What a trace says: the answer, and for every stage of training what it learned from that bears upon the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from charter.codec import to_row
from charter.constitution import Principle
from charter.trace.lessons import Learned
from charter.trace.target import Target

LIMITS = (
    "Contributions are first-order estimates at the model before and after each stage, over the nearest examples "
    "alone: they say which of these pulled towards the answer and which away, not what the model would say had one of "
    "them been left out.",
    "A principle's part is that of the examples made under it, divided by the words that it brought in (where rounds "
    "only deleted, by those that went). It does not say that the model knows the principle, nor that another one would "
    "have led elsewhere.",
)
"""What every trace has to be read with; ``docs/trace.md`` gives the reasons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One training example or preference among the nearest."""

    learned: Learned
    rank: int
    """1 for the nearest."""
    similarity: float
    """0 to 1."""
    pull: float | None = None
    """Sum of the products of gradients; above 0 towards the answer. None where it was not computed."""
    share: float | None = None
    """``pull`` as a part of all pulls of these candidates, their signs left aside; keeps its sign."""
    cosine: float | None = None
    """Of the gradients, the mean over the models they were taken in."""
    itself: bool = False
    """Whether it is the very record that is traced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrincipleShare:
    """What the candidates that were made under one principle did."""

    principle_id: str
    """Empty for what has no principle."""
    principle: Principle | None
    """None where the run's constitution has none of that id."""
    examples: int
    toward: float | None
    """Share of all pull towards the answer; None where no gradients were taken."""
    away: float | None
    """Share of all pull away from it."""
    expected: float
    """Its share among training examples drawn at random."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTrace:
    """One stage of training."""

    stage: str
    """``sft``, ``dpo`` or ``rl``."""
    start: str
    end: str
    """The checkpoint that it made; empty where it has not yet."""
    lessons: int
    """All that the stage learned from."""
    candidates: int
    """How many of these were looked at."""
    log_prob_start: float | None = None
    """Natural log of the answer's probability before the stage."""
    log_prob_end: float | None = None
    others: float | None = None
    """Mean pull of examples drawn at random from the rest, as a part of the candidates' mean pull."""
    left_out: int = 0
    """Candidates that do not fit into the model."""
    found: tuple[Found, ...]
    """Strongest pull towards the answer first; without gradients, nearest first."""
    principles: tuple[PrincipleShare, ...]
    """Strongest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Why the model answers so, as far as its training data tells."""

    run_id: str
    checkpoint: str
    target: Target
    stages: tuple[StageTrace, ...]
    titles: Mapping[str, Principle]
    """Every principle of the run's constitution, by id."""
    choices: Mapping[str, str]
    """What was chosen automatically, each with its reason."""

    def as_json(self, top: int) -> dict[str, Any]:
        """The trace as JSON values, with the ``top`` first examples of each stage."""
        target = self.target
        return {
            "run": self.run_id,
            "checkpoint": self.checkpoint,
            "target": {
                "what": target.what,
                "id": target.id,
                "prompt": to_row(target.prompt),
                "answer": target.answer,
                "judgement": None
                if target.judgement is None
                else {
                    "behaviour": target.judgement.behaviour.value,
                    "explanation": target.judgement.explanation,
                    "judge": target.judgement.judge,
                },
            },
            "stages": [_stage(stage, top) for stage in self.stages],
            "choices": dict(self.choices),
            "limits": list(LIMITS),
        }


def _stage(stage: StageTrace, top: int) -> dict[str, Any]:
    return {
        "stage": stage.stage,
        "from": stage.start,
        "to": stage.end or None,
        "lessons": stage.lessons,
        "candidates": stage.candidates,
        "left_out": stage.left_out,
        "log_prob_before": stage.log_prob_start,
        "log_prob_after": stage.log_prob_end,
        "random_example": stage.others,
        "principles": [_principle(each) for each in stage.principles],
        "examples": [_found(each) for each in _top(stage.found, top)],
    }


def _principle(each: PrincipleShare) -> dict[str, Any]:
    source = each.principle.source if each.principle else None
    return {
        "id": each.principle_id or None,
        "title": each.principle.title if each.principle else None,
        "source": f"{source.citation}, {source.locator}" if source else None,
        "examples": each.examples,
        "toward": each.toward,
        "away": each.away,
        "expected": each.expected,
    }


def _found(each: Found) -> dict[str, Any]:
    return {
        "kind": each.learned.kind,
        "learned": each.learned.text,
        "rounds": each.learned.rounds,
        "principles": each.learned.credits,
        "nearest": each.rank,
        "similarity": each.similarity,
        "pull": each.pull,
        "share": each.share,
        "cosine": each.cosine,
        "itself": each.itself,
        "record": to_row(each.learned.record),
    }


def _top(found: Sequence[Found], top: int) -> Sequence[Found]:
    return found[:top]
