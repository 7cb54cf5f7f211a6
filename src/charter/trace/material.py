"""What a run folder holds that a trace is made of; any part may be missing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from charter.codec import R
from charter.constitution import Constitution, load_constitution
from charter.records import Judgement, Preference, Revision, Sample
from charter.store import RunFolder

BASE = "base"
"""The model that the run began with."""
SFT = "sl-cai"
"""The fine-tuned model, from which every training on preferences begins."""
BEST_OF_N = "best-of-n"
"""Answers of the fine-tuned model that the reward model chose; no checkpoint of its own."""
TRAINED = (SFT, "dpo", "rl-cai", "rlhf")
"""Every checkpoint that a run may have, in the order in which it makes them."""
_CONSTITUTION = "constitution.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """The records, and which checkpoints there are."""

    constitution: Constitution | None
    """As it was when the run began."""
    revisions: tuple[Revision, ...] = ()
    helpful: tuple[Sample, ...] = ()
    pairs: tuple[Sample, ...] = ()
    """Responses of the fine-tuned model that were drawn to be compared."""
    preferences: tuple[Preference, ...] = ()
    answers: Mapping[str, tuple[Sample, ...]]
    """By the checkpoint that gave them."""
    judgements: tuple[Judgement, ...] = ()
    checkpoints: tuple[str, ...] = ()
    """Those trained so far."""


def read_material(run: RunFolder) -> Material:
    """Everything that is there.

    Raises:
        RunFolderError, ConfigError: a part of it is damaged.
    """
    answered = list(_names(run.path / "answers"))
    file = run.path / _CONSTITUTION
    return Material(
        constitution=load_constitution(str(file)) if file.is_file() else None,
        revisions=_read(run, "revise", Revision),
        helpful=_read(run, "helpful", Sample),
        pairs=_read(run, "pairs", Sample),
        preferences=_read(run, "prefer", Preference),
        answers={name: _read(run, f"answers/{name}", Sample) for name in answered},
        judgements=tuple(each for name in answered for each in _read(run, f"judgements/{name}", Judgement)),
        checkpoints=tuple(name for name in TRAINED if checkpoint_folder(run, name).is_dir()),
    )


def checkpoint_folder(run: RunFolder, name: str) -> Path:
    """Where the run has that checkpoint."""
    return run.path / "checkpoints" / name


def _read(run: RunFolder, folder: str, kind: type[R]) -> tuple[R, ...]:
    return tuple(run.shards(folder, kind).read())


def _names(folder: Path) -> Iterator[str]:
    """The subfolders, those of the trained checkpoints in the order of training after all others."""
    there = {path.name for path in folder.iterdir() if path.is_dir()} if folder.is_dir() else set()
    yield from sorted(there, key=lambda name: (TRAINED.index(name) + 1 if name in TRAINED else 0, name))
