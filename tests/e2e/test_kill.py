"""A run that is killed in the middle of every stage comes to the same records and weights as one that is not."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PLACES: dict[str, tuple[str, str, str, int]] = {
    "the first shard is not yet there": ("SIGKILL", "os.rename", "/revise/", 1),
    "revise": ("SIGKILL", "os.rename", "/revise/", 2),
    "helpful": ("SIGKILL", "os.rename", "/helpful/", 2),
    "answer-base": ("SIGKILL", "os.rename", "/answers/base/", 2),
    "sft, before a checkpoint": ("SIGKILL", "open", "/.sl-cai.training/checkpoint-2/", 1),
    "sft, in a checkpoint after another": ("SIGKILL", "open", "/.sl-cai.training/checkpoint-4/", 1),
    "sft, before it appears": ("SIGKILL", "os.rename", "/.sl-cai.training/final", 1),
    "answer-sl-cai": ("SIGKILL", "os.rename", "/answers/sl-cai/", 2),
    "pairs": ("SIGKILL", "os.rename", "/pairs/", 2),
    "prefer": ("SIGKILL", "os.rename", "/prefer/", 2),
    "reward, in a checkpoint after another": ("SIGKILL", "open", "/.reward.training/checkpoint-4/", 1),
    "reward, before it appears": ("SIGKILL", "os.rename", "/.reward.training/final", 1),
    "best-of-n": ("SIGKILL", "os.rename", "/answers/best-of-n/", 2),
    "dpo, in a checkpoint after another": ("SIGKILL", "open", "/.dpo.training/checkpoint-4/", 1),
    "answer-dpo": ("SIGKILL", "os.rename", "/answers/dpo/", 2),
    "rl, in a checkpoint after another": ("SIGKILL", "open", "/.rl-cai.training/checkpoint-4/", 1),
    "rl, before it appears": ("SIGKILL", "os.rename", "/.rl-cai.training/final", 1),
    "answer-rl": ("SIGKILL", "os.rename", "/answers/rl-cai/", 2),
    "judge": ("SIGKILL", "os.rename", "/judgements/", 4),
    "compare": ("SIGKILL", "os.rename", "/snapshots.json", 1),
    "report": ("SIGKILL", "os.rename", "/results.json", 1),
}
"""In the order of a run; each process goes on where the one before it was killed."""


@pytest.fixture(scope="module")
def dying() -> Callable[..., tuple[list[int], str]]:
    """``dying(places, arguments) -> how each process ended, stderr``; see ``dying.py``."""

    def run(places: list[tuple[str, str, str, int]], arguments: list[str]) -> tuple[list[int], str]:
        program = Path(__file__).with_name("dying.py")
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        done = subprocess.run(
            [sys.executable, program, json.dumps(places), *arguments], capture_output=True, text=True, env=environment
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1]), done.stderr

    return run


def test_killed_in_the_middle_of_every_stage(
    dying: Callable[..., tuple[list[int], str]],
    in_small: list[str],
    finished: Any,
    digests_of: Callable[[Path], dict[str, Any]],
    tmp_path: Path,
) -> None:
    out = tmp_path / "killed"
    stopped = ("SIGINT", "os.rename", "/revise/", 1)
    ends, said = dying([stopped, *PLACES.values()], [*in_small, "--out", str(out)])

    assert ends == [130, *[-signal.SIGKILL] * len(PLACES), 0], said
    (told,) = [line for line in said.splitlines() if line.startswith("charter: ")]
    assert "stopped in revise: 4 of 12 records are kept" in told
    assert "run the same command again with the same --out" in told

    assert digests_of(out) == digests_of(finished.path)
    manifest = json.loads((out / "run.json").read_text("utf-8"))
    sessions = {name: entry["sessions"] for name, entry in manifest["stages"].items()}
    assert sessions["sft"] == 4
    assert manifest["status"] == "finished"
    assert not list(out.rglob(".tmp-*"))
    assert not list(out.rglob(".*.training"))
