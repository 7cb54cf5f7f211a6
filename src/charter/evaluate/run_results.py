"""``results.json`` of a run, put together from what its stages made."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from charter import __version__
from charter.constitution import Constitution
from charter.evaluate.judge import judge_kind
from charter.evaluate.rates import checkpoint_results, comparison, round_results
from charter.recipe import Recipe
from charter.records import Judgement, Revision
from charter.results import (
    HEADLINE,
    CheckpointResults,
    ConstitutionName,
    PrincipleCounts,
    Results,
    RevisionCounts,
    RoundOutcomes,
    RoundResults,
    StageResults,
)
from charter.stages import SL_CAI
from charter.store import RunFolder


class Counted(Protocol):
    """How many rounds came to what; ``charter.revise.OutcomeCount`` is one."""

    @property
    def rounds(self) -> int: ...
    @property
    def revised(self) -> int: ...
    @property
    def unchanged(self) -> int: ...
    @property
    def invalid(self) -> int: ...


class Outcomes(Protocol):
    """What the rounds came to; ``charter.revise.OutcomeTable`` is one."""

    @property
    def revisions(self) -> int: ...
    @property
    def failed(self) -> int: ...
    @property
    def by_round(self) -> Sequence[Counted]: ...
    @property
    def by_principle(self) -> Mapping[str, Counted]: ...
    @property
    def invalid_reasons(self) -> Mapping[Any, int]: ...


def run_results(
    *,
    run: RunFolder,
    constitution: Constitution,
    judgements: Mapping[str, Sequence[Judgement]],
    rounds: Sequence[Judgement],
    revisions: Sequence[Revision],
    outcomes: Outcomes,
    notes: Iterable[str] = (),
) -> Results:
    """Every number of a run.

    Args:
        judgements: of the answers to the test prompts, by checkpoint; every later one is compared with the first, and
            those after SL-CAI with that as well.
        rounds: judgements of the texts in force, whose samples are those of ``round_samples``.
        outcomes: what ``charter.revise.count_outcomes`` made of ``revisions``.
        notes: what else a reader of the numbers must know; this function adds its own.
    """
    checkpoints = {name: checkpoint_results(judged, _model_of(judged)) for name, judged in judgements.items()}
    first, *later = judgements
    by_round = round_results(revisions, rounds)
    return Results(
        run=run.manifest.id,
        charter_version=__version__,
        recipe=run.recipe.name,
        judge=next((judgement.judge for judged in judgements.values() for judgement in judged), ""),
        constitution=ConstitutionName(name=constitution.name, version=constitution.version, digest=constitution.digest),
        checkpoints=checkpoints,
        paired={name: comparison(judgements[first], judgements[name], first) for name in later},
        paired_sl_cai={
            name: comparison(judgements[SL_CAI], judgements[name], SL_CAI)
            for name in later
            if SL_CAI in judgements and name != SL_CAI
        },
        rounds=by_round,
        outcomes=tuple(
            RoundOutcomes(round=number, **_counts(count)) for number, count in enumerate(outcomes.by_round, start=1)
        ),
        principles={
            name: PrincipleCounts(rounds=count.rounds, **_counts(count))
            for name, count in outcomes.by_principle.items()
        },
        revisions=RevisionCounts(
            total=outcomes.revisions,
            failed=outcomes.failed,
            invalid_reasons={str(reason): count for reason, count in outcomes.invalid_reasons.items()},
        ),
        stages={
            name: StageResults(
                seconds=entry.seconds,
                peak_mib=entry.peak_mib,
                peak_gpu_mib=entry.peak_gpu_mib,
                records=entry.records,
            )
            for name, entry in run.manifest.stages.items()
        },
        notes=(*_notes(run.recipe, checkpoints, outcomes, _judged_revisions(by_round)), *notes),
    )


def _model_of(judged: Sequence[Judgement]) -> str:
    return judged[0].sample.model_digest if judged else ""


def _counts(count: Counted) -> dict[str, int]:
    return {"revised": count.revised, "unchanged": count.unchanged, "invalid": count.invalid}


def _judged_revisions(rounds: Sequence[RoundResults]) -> int:
    """How many revisions the rates by round are of, unscored texts included."""
    return rounds[0].unscored.n if rounds and rounds[0].unscored else 0


def _notes(
    recipe: Recipe, checkpoints: Mapping[str, CheckpointResults], outcomes: Outcomes, judged_revisions: int
) -> Iterator[str]:
    """What the numbers do not show by themselves."""
    if judge_kind(recipe.evaluate, recipe.prompts) == "self":
        yield (
            "The judge is the base model itself, with a rubric: read its reasons before you trust the rates, "
            "or name a stronger judge (evaluate.judge)."
        )
    for key in HEADLINE:
        if all(checkpoint.measure(key) is None for checkpoint in checkpoints.values()):
            yield f"'{key}' was not measured: there are no test prompts for it."
    if judged_revisions < outcomes.revisions - outcomes.failed:
        yield (
            f"The rates by round are of {judged_revisions} of the "
            f"{outcomes.revisions - outcomes.failed} revisions (evaluate.round_prompts)."
        )
    if outcomes.failed:
        yield f"{outcomes.failed} of {outcomes.revisions} training prompts got no first response, hence no revision."
    for name, checkpoint in checkpoints.items():
        if checkpoint.failed:
            yield f"{checkpoint.failed} answers of '{name}' could not be had; they are among the broken and unscored."
