"""``run.json``: who made a run folder, from what, where, and how far it has come."""

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from charter import __version__

RunStatus = Literal["running", "finished", "interrupted", "failed"]

_LIBRARIES = ("torch", "transformers", "trl")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStats:
    """What one session's work on a stage cost, and what the stage has come to."""

    seconds: float
    peak_mib: float
    """Most resident memory of the process; see ``meter.Meter.peak_mib``."""
    records: int = 0
    """Records of the stage, those of earlier sessions included."""
    digest: str = ""
    """Of those records, or of the checkpoint; see ``Shards.digest``."""
    peak_gpu_mib: float | None = None


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StageEntry(_Part):
    """One stage of a run, all its sessions together."""

    seconds: float
    """Wall clock, summed over the sessions. Of a killed session, up to its last finished shard."""
    peak_mib: float
    """The largest of the sessions."""
    peak_gpu_mib: float | None = None
    records: int = 0
    digest: str = ""
    sessions: int = 1
    """How many times the stage was begun or resumed."""
    done: bool = False
    outputs: dict[str, int] = Field(default_factory=dict)
    """Shard folder, relative to the run folder, to the number of its records when the stage was done."""

    @classmethod
    def of(cls, before: "StageEntry | None", stats: StageStats, outputs: dict[str, int] | None) -> "StageEntry":
        """``before`` with one more session; ``outputs`` are given when the stage is done."""
        before = before or cls(seconds=0.0, peak_mib=0.0, sessions=0)
        gpu_peaks = [peak for peak in (before.peak_gpu_mib, stats.peak_gpu_mib) if peak is not None]
        return cls(
            seconds=round(before.seconds + stats.seconds, 3),
            peak_mib=round(max(before.peak_mib, stats.peak_mib), 1),
            peak_gpu_mib=round(max(gpu_peaks), 1) if gpu_peaks else None,
            records=stats.records,
            digest=stats.digest,
            sessions=before.sessions + 1,
            done=outputs is not None,
            outputs=outputs or {},
        )


class Environment(_Part):
    """The software and the machine that a session ran on."""

    charter: str
    python: str
    torch: str | None
    """None where the library is not installed; so for the next two."""
    transformers: str | None
    trl: str | None
    platform: str
    cpu_count: int
    """CPUs that the process may use."""


class Manifest(_Part):
    """The content of ``run.json``."""

    schema_version: Literal[1] = 1
    id: str
    """The folder's name when the run was created."""
    created: str
    """UTC, ISO 8601."""
    updated: str
    """When this file was last written: UTC, ISO 8601."""
    recipe: str
    """The recipe's name."""
    recipe_digest: str
    constitution_digest: str
    environment: Environment
    """Of the session that created the run."""
    resumed_in: tuple[Environment, ...] = ()
    """Each further environment that a later session ran in: where there is one, records come from several."""
    status: RunStatus = "running"
    """``running`` also stands here after a kill -9; ``RunFolder.status`` knows the difference."""
    reason: str = ""
    """Why it was interrupted or failed."""
    stages: dict[str, StageEntry] = Field(default_factory=dict)
    """By name, in the order in which they were begun."""


def utc_now() -> str:
    """The time as it stands in a manifest."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def current_environment() -> Environment:
    """Of this process; the libraries' versions are looked up without importing them."""
    torch, transformers, trl = (_version(library) for library in _LIBRARIES)
    return Environment(
        charter=__version__,
        python=platform.python_version(),
        torch=torch,
        transformers=transformers,
        trl=trl,
        platform=platform.platform(),
        cpu_count=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
    )


def _version(library: str) -> str | None:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None
