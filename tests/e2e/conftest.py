"""One small whole run of the real command, which several tests look at."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CHARTER = Path(sys.executable).with_name("charter")
SETTINGS = {
    "prompts.train_red_team": 12,
    "prompts.train_benign": 8,
    "prompts.test_red_team": 8,
    "prompts.test_benign": 4,
    "prompts.test_look_alike": 4,
    "prompts.test_held_out": 4,
    "revise.rounds": 2,
    "revise.few_shot": "none",
    "sft.epochs": 1,
    "sft.batch_size": 4,
    "sft.save_steps": 2,
    "shard_size": 4,
    "prefer.red_team": 16,
    "prefer.benign": 12,
    "reward.batch_size": 4,
    "reward.epochs": 1,
    "reward.save_steps": 2,
    "reward.held_out": 0.2,
    "reward.best_of": 2,
    "dpo.batch_size": 4,
    "dpo.save_steps": 2,
    "rl.batch_size": 8,
    "rl.steps": 4,
    "rl.save_steps": 2,
    "rl.judge_steps": 2,
    "rl.judge_prompts": 8,
}
ARGUMENTS = ["run", "--quiet", *(part for key, value in SETTINGS.items() for part in ("--set", f"{key}={value}"))]

Charter = Callable[..., "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that nothing disturbed."""

    path: Path
    printed: str


@pytest.fixture(scope="session")
def charter() -> Charter:
    """``charter(*arguments)``: the installed command, in a process of its own, on one thread."""

    def call(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "COLUMNS": "140"}
        return subprocess.run([CHARTER, *arguments], capture_output=True, text=True, env=environment)

    return call


@pytest.fixture(scope="session")
def finished(charter: Charter, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The organism's run in small."""
    path = tmp_path_factory.mktemp("e2e") / "finished"
    done = charter(*ARGUMENTS, "--out", path)
    assert done.returncode == 0, done.stderr
    return Finished(path, done.stdout)


@pytest.fixture
def in_small() -> list[str]:
    """The arguments of that run, but for ``--out``."""
    return ARGUMENTS


@pytest.fixture
def digests_of() -> Callable[[Path], dict[str, Any]]:
    """Everything in a run folder that must not depend on how often the run was broken off."""

    def read(path: Path) -> dict[str, Any]:
        manifest = json.loads((path / "run.json").read_text("utf-8"))
        results = json.loads((path / "results.json").read_text("utf-8"))
        written = path.glob("checkpoints/*/charter.json")
        checkpoints = {file.parent.name: json.loads(file.read_text("utf-8")) for file in written}
        # The notes say how much memory was free.
        measured = {key: value for key, value in results.items() if key not in ("run", "stages", "notes")}
        return {
            "stages": {name: (entry["digest"], entry["records"]) for name, entry in manifest["stages"].items()},
            "checkpoints": {name: checkpoint["digest"] for name, checkpoint in checkpoints.items()},
            "results": measured,
        }

    return read
