"""Labels for a user's own pairs, outside any run: a folder of ``Preference`` shards, and a file that TRL trains on."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from charter.disk import disk_errors, make_folder, remove_temporary, write_atomic
from charter.engine import map_records
from charter.errors import ConfigError
from charter.lock import FolderLock
from charter.models.completer import OnDone
from charter.progress import Progress
from charter.records import Pair, Preference
from charter.shards import Shards

SHARDS_NAME: Final = "prefer"
EXPORT_NAME: Final = "preferences.jsonl"
SHARD_SIZE: Final = 256
"""Pairs a call of the judge, and what a kill loses at most."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a session of labelling came to."""

    preferences: tuple[Preference, ...]
    """Of every pair, sorted by id."""
    made: int
    """How many of them this session made."""
    seconds: float
    """How long it took for these."""

    @property
    def rate(self) -> float | None:
        """Labels a second; None where nothing was left to do."""
        return self.made / self.seconds if self.made and self.seconds > 0 else None


class Labeller(Protocol):
    """What labels pairs; ``charter.prefer.Comparer`` does."""

    def identify(self, pair: Pair, /) -> str:
        """The id of the preference that ``work`` makes of ``pair``."""

    def work(self, pairs: Sequence[Pair], on_done: OnDone | None = None, /) -> list[Preference]:
        """One preference a pair."""


def label_pairs(pairs: Sequence[Pair], labeller: Labeller, out: Path, progress: Progress) -> Labelled:
    """A preference of every pair; ``out`` keeps them, and the same call again goes on where it was.

    Raises:
        ConfigError: ``out`` holds a file that this would overwrite.
        RunFolderError: ``out`` holds labels of other pairs or another judge, is in use, or cannot be written.
        StageError: the disk is full, or the judge's server is gone.
        Interrupted: the user stopped it; what was finished is kept.
    """
    shards = Shards(out / SHARDS_NAME, Preference)
    if (out / EXPORT_NAME).exists() and not shards.path.is_dir():
        raise ConfigError(f"{out / EXPORT_NAME}: this file is none of ours and would be overwritten; use another --out")
    with disk_errors(out):
        make_folder(out)
    lock = FolderLock(out)
    try:
        remove_temporary(out)
        began, before = time.monotonic(), len(shards)
        map_records(
            pairs,
            shards,
            identify=labeller.identify,
            work=labeller.work,
            shard_size=SHARD_SIZE,
            progress=progress,
            label="label",
        )
        labelled = Labelled(tuple(shards.read()), len(shards) - before, time.monotonic() - began)
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in map(exported, labelled.preferences) if row)
        write_atomic(out / EXPORT_NAME, "".join(lines).encode("utf-8"))
    finally:
        lock.release()
    return labelled


def exported(preference: Preference) -> dict[str, Any] | None:
    """A label as a row of TRL's conversational preference format, with what it is made of; None without a label."""
    p, pair = preference.p_first, preference.pair
    if p is None:
        return None
    chosen, rejected = (pair.first, pair.second) if p >= 0.5 else (pair.second, pair.first)
    return {
        "prompt": [{"role": turn.role, "content": turn.content} for turn in pair.prompt.messages],
        "chosen": [{"role": "assistant", "content": chosen}],
        "rejected": [{"role": "assistant", "content": rejected}],
        "p_chosen": max(p, 1 - p),
        "kind": pair.prompt.kind,
        "principles": [vote.principle_id for vote in preference.votes],
        "feedback": preference.feedback,
        "rater": preference.rater,
        "id": preference.id,
    }
