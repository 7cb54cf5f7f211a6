"""Trainings by reinforcement that are killed for real, and one by two processes."""

import json
from pathlib import Path
from typing import Any

from charter.models.folder import model_digest

SCRIPT = "rl_process.py"
"""What the fixture ``done`` runs."""


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
