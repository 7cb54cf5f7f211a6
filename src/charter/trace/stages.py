"""One stage of training, traced: from what it learned from to what of it bears upon one answer."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from charter.constitution import Principle
from charter.digests import derive_seed
from charter.gradients import Pull, Pulls
from charter.trace.lessons import Learned, near_texts
from charter.trace.nearness import Nearness
from charter.trace.result import Found, PrincipleShare, StageTrace
from charter.trace.target import Target

COUNTED = 500
"""Examples, drawn at random, from which a principle's expected share is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A stage of training: it led from one model to another by lessons."""

    stage: str
    start: str
    end: str
    """Empty where it has not been done."""
    lessons: Sequence[Learned]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which of a move's lessons are looked at."""

    near: tuple[Found, ...]
    """The nearest first."""
    others: tuple[Learned, ...]
    """Drawn at random from the rest, to compare with."""

    @property
    def learned(self) -> list[Learned]:
        """All of them: the near ones, then the others."""
        return [*(each.learned for each in self.near), *self.others]


def choose(move: Move, target: Target, candidates: int, others: int) -> Chosen:
    """The lessons nearest to the target by request and by answer alike, and some others."""
    lessons = move.lessons
    requests, answers = zip(*map(near_texts, lessons), strict=True) if lessons else ((), ())
    near = (Nearness(requests).to(target.prompt.messages[-1].content) + Nearness(answers).to(target.answer)) / 2
    order = sorted(range(len(lessons)), key=lambda index: -near[index])
    found = tuple(
        Found(
            learned=lessons[index],
            rank=rank,
            similarity=float(near[index]),
            itself=lessons[index].record.id == target.id,
        )
        for rank, index in enumerate(order[:candidates], 1)
    )
    rest = order[candidates:]
    drawn = random.Random(derive_seed("trace", move.stage, target.prompt.id)).sample(rest, min(others, len(rest)))
    return Chosen(found, tuple(lessons[index] for index in drawn))


def stage_trace(
    move: Move, chosen: Chosen, start: Pulls | None, end: Pulls | None, titles: Mapping[str, Principle]
) -> StageTrace:
    """Puts together what was found; ``start`` and ``end`` are what all lessons of ``chosen`` do in the two models."""
    pulls = [pulls for pulls in (start, end) if pulls is not None]
    found, others = _pulled(chosen, pulls) if pulls else (list(chosen.near), None)
    return StageTrace(
        stage=move.stage,
        start=move.start,
        end=move.end,
        lessons=len(move.lessons),
        candidates=len(found),
        log_prob_start=start.log_prob if start else None,
        log_prob_end=end.log_prob if end else None,
        others=others,
        left_out=sum(each.pull is None for each in found) if pulls else 0,
        found=tuple(sorted(found, key=lambda each: -(each.share or 0.0))),
        principles=tuple(_principles(found, move.lessons, titles)),
    )


def _pulled(chosen: Chosen, pulls: Sequence[Pulls]) -> tuple[list[Found], float | None]:
    """The near lessons with what they do, and the mean of the others as a part of their mean."""
    added = [_added(each) for each in zip(*(one.each for one in pulls), strict=True)]
    near = added[: len(chosen.near)]
    total = sum(abs(pull.product) for pull in near if pull)
    found = [
        replace(each, pull=pull.product, cosine=pull.cosine, share=pull.product / total if total else 0.0)
        if pull
        else each
        for each, pull in zip(chosen.near, near, strict=True)
    ]
    mean_near, mean_others = (_mean(part) for part in (near, added[len(near) :]))
    # Where the near ones do not pull towards the answer on the whole, there is nothing to be a part of.
    return found, mean_others / mean_near if mean_near and mean_near > 0 and mean_others is not None else None


def _added(pulls: Sequence[Pull | None]) -> Pull | None:
    given = [pull for pull in pulls if pull is not None]
    if len(given) < len(pulls):
        return None
    return Pull(sum(pull.product for pull in given), fmean(pull.cosine for pull in given))


def _mean(pulls: Sequence[Pull | None]) -> float | None:
    given = [pull.product for pull in pulls if pull is not None]
    return fmean(given) if given else None


def _principles(
    found: Sequence[Found], lessons: Sequence[Learned], titles: Mapping[str, Principle]
) -> list[PrincipleShare]:
    toward: dict[str, float] = defaultdict(float)
    away: dict[str, float] = defaultdict(float)
    examples: dict[str, int] = defaultdict(int)
    for each in found:
        for name, part in each.learned.credits.items():
            examples[name] += 1
            share = (each.share or 0.0) * part
            (toward if share > 0 else away)[name] += abs(share)
    measured = any(each.share is not None for each in found)
    totals = (sum(toward.values()) or 1.0, sum(away.values()) or 1.0)
    expected = _expected(lessons)
    rows = [
        PrincipleShare(
            principle_id=name,
            principle=titles.get(name),
            examples=count,
            toward=toward[name] / totals[0] if measured else None,
            away=away[name] / totals[1] if measured else None,
            expected=expected.get(name, 0.0),
        )
        for name, count in examples.items()
    ]
    return sorted(rows, key=lambda row: (-(row.toward or 0.0), -row.examples, row.principle_id))


def _expected(lessons: Sequence[Learned]) -> dict[str, float]:
    """Each principle's part of the lessons, counted on some of them."""
    drawn = random.Random(0).sample(list(lessons), min(COUNTED, len(lessons)))
    parts: dict[str, float] = defaultdict(float)
    for learned in drawn:
        for name, part in learned.credits.items():
            parts[name] += part / len(drawn)
    return parts
