"""Outcomes counted for tables: by round, by principle, and why rounds were invalid."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from charter.records import Outcome, Revision, Round, Status
from charter.revise.outcome import InvalidReason


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeCount:
    """How many rounds came to what."""

    revised: int
    unchanged: int
    invalid: int

    @property
    def rounds(self) -> int:
        """All of them."""
        return self.revised + self.unchanged + self.invalid

    @classmethod
    def of(cls, outcomes: Counter[Outcome]) -> "OutcomeCount":
        """From a counter."""
        return cls(
            revised=outcomes[Outcome.REVISED],
            unchanged=outcomes[Outcome.UNCHANGED],
            invalid=outcomes[Outcome.INVALID],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeTable:
    """What the rounds of many revisions came to."""

    revisions: int
    failed: int
    """Revisions without a first response, hence without rounds."""
    by_round: tuple[OutcomeCount, ...]
    """The first element counts round 1."""
    by_principle: dict[str, OutcomeCount]
    """By principle id, in alphabetical order; a principle that was never sampled is absent."""
    invalid_reasons: dict[InvalidReason, int]
    """The most frequent first."""


def count_outcomes(revisions: Iterable[Revision]) -> OutcomeTable:
    """Count what the rounds came to. Does not depend on the order of ``revisions``."""
    by_round: dict[int, Counter[Outcome]] = {}
    by_principle: dict[str, Counter[Outcome]] = {}
    reasons: Counter[InvalidReason] = Counter()
    total = failed = 0
    for revision in revisions:
        total += 1
        failed += revision.status is Status.FAILED
        for number, done in enumerate(revision.rounds):
            by_round.setdefault(number, Counter())[done.outcome] += 1
            by_principle.setdefault(done.principle_id, Counter())[done.outcome] += 1
            reasons.update(_reason(done))
    return OutcomeTable(
        revisions=total,
        failed=failed,
        by_round=tuple(OutcomeCount.of(by_round[number]) for number in sorted(by_round)),
        by_principle={name: OutcomeCount.of(by_principle[name]) for name in sorted(by_principle)},
        invalid_reasons=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
    )


def _reason(done: Round) -> list[InvalidReason]:
    return [InvalidReason.of(done.reason)] if done.outcome is Outcome.INVALID else []
