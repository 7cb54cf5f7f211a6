"""The checkpoints of several runs as one field: an RLAIF run beside the RLHF run that it is measured against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from charter.errors import ConfigError
from charter.evaluate.snapshots import COMPARED
from charter.records import Judgement, Sample


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one checkpoint of a run answered to the test prompts, and what it was judged to do."""

    run: str
    name: str
    answers: Sequence[Sample]
    judgements: Sequence[Judgement]

    @property
    def digest(self) -> str:
        """Of the model that answered."""
        return self.answers[0].model_digest


def one_field(snapshots: Sequence[Snapshot]) -> tuple[dict[str, Sequence[Sample]], dict[str, Sequence[Judgement]]]:
    """Answers and judgements by checkpoint, in the order of ``snapshots``.

    The same model in several runs is one checkpoint, with the answers of the first of them. Different models of one
    name are told apart by their runs: ``RUN/NAME``.

    Raises:
        ConfigError: runs without a test prompt in common.
    """
    by_digest: dict[str, Snapshot] = {}
    for snapshot in snapshots:
        by_digest.setdefault(snapshot.digest, snapshot)
    apart = list(by_digest.values())
    _check_prompts(snapshots)
    named = {_name(snapshot, apart): snapshot for snapshot in apart}
    return (
        {name: snapshot.answers for name, snapshot in named.items()},
        {name: snapshot.judgements for name, snapshot in named.items()},
    )


def judges_of(judgements: Mapping[str, Sequence[Judgement]]) -> tuple[str, ...]:
    """Who gave these verdicts: name and digest of each judge, in alphabetical order."""
    return tuple(sorted({judgement.judge for judged in judgements.values() for judgement in judged}))


def _name(snapshot: Snapshot, among: Sequence[Snapshot]) -> str:
    alone = sum(other.name == snapshot.name for other in among) == 1
    return snapshot.name if alone else f"{snapshot.run}/{snapshot.name}"


def _check_prompts(snapshots: Sequence[Snapshot]) -> None:
    prompts = _prompts_by_run(snapshots)
    first = next(iter(prompts))
    for run, asked in prompts.items():
        if not asked & prompts[first]:
            raise ConfigError(
                f"{run} and {first} have no test prompt in common, so their answers cannot be compared; "
                "name runs on the same prompts"
            )


def _prompts_by_run(snapshots: Sequence[Snapshot]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for snapshot in snapshots:
        compared = (
            sample.prompt.id
            for sample in snapshot.answers
            if any(concerns(sample.prompt) for concerns in COMPARED.values())
        )
        found.setdefault(snapshot.run, set()).update(compared)
    return found
