"""Trainings by reinforcement that are killed for real, and one by two processes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from charter.models.folder import model_digest

SCRIPT = Path(__file__).with_name("rl_process.py")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("processes")


@pytest.fixture(scope="module")
def done(folder: Path, tiny_llama: Path) -> dict[str, Any]:
    """What ``rl_process.py`` says of its trainings in ``folder``."""
    command = [sys.executable, str(SCRIPT), str(tiny_llama), str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stderr
    result: dict[str, Any] = json.loads(ran.stdout)
    return result


def test_a_training_killed_again_and_again_ends_with_the_same_weights(done: dict[str, Any], folder: Path) -> None:
    killed = done["killed_and_continued"]
    assert killed["statuses"] == [-9, -9, 0, 0]
    assert killed["unfinished"]
    steps = [int(step) for step in killed["began"]]
    assert len(steps) == 3
    assert steps == sorted(set(steps))  # each went on from further than the one before
    assert model_digest(folder / "killed") == model_digest(folder / "alone")
    for name in ("training-log.jsonl", "training.json"):
        assert (folder / "killed" / name).read_text() == (folder / "alone" / name).read_text()
    assert not list(folder.glob(".*"))


def test_two_processes_train_as_one_with_larger_batches_does(done: dict[str, Any], folder: Path) -> None:
    import torch
    from safetensors.torch import load_file

    assert done["shared"]["statuses"] == [0, 0, 0]
    assert done["shared"]["digests"] == [model_digest(folder / "shared")] * 2
    assert {path.name for path in (folder / "shared").iterdir()} == {path.name for path in (folder / "whole").iterdir()}
    two, one = (load_file(folder / name / "model.safetensors") for name in ("shared", "whole"))
    for name, tensor in one.items():
        torch.testing.assert_close(two[name], tensor, rtol=1e-3, atol=1e-3)
    looks = [json.loads((folder / name / "training.json").read_text())["looks"] for name in ("shared", "whole")]
    assert looks[0] == looks[1]
