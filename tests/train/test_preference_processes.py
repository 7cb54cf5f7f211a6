"""Reward models and DPO policies whose trainings are killed for real, or shared by two processes."""

import json
from pathlib import Path
from typing import Any

import pytest

from charter.models.folder import model_digest

SCRIPT = "preference_process.py"
"""What the fixture ``done`` runs."""


@pytest.mark.parametrize("stage", ["reward", "dpo"])
def test_a_training_killed_again_and_again_ends_with_the_same_weights(
    stage: str, done: dict[str, Any], folder: Path, tiny_llama: Path
) -> None:
    killed = done[stage]["killed_and_continued"]
    assert killed["statuses"] == [-9, -9, -9, 0, 0]
    assert killed["unfinished"]
    steps = [int(step) for step in killed["began"]]
    assert len(steps) == 4
    assert steps == sorted(set(steps))  # each went on from further than the one before
    base = model_digest(tiny_llama)
    there, alone = folder / stage / "killed", folder / stage / "alone"
    assert model_digest(there, base) == model_digest(alone, base)
    for name in ("training-log.jsonl", "training.json"):
        assert (there / name).read_text() == (alone / name).read_text()
    assert not list((folder / stage).glob(".*"))


@pytest.mark.parametrize("stage", ["reward", "dpo"])
def test_two_processes_train_as_one_with_larger_batches_does(stage: str, done: dict[str, Any], folder: Path) -> None:
    """Of DPO, this also holds the reference that is asked at each step against the one that is asked beforehand."""
    import torch
    from safetensors.torch import load_file

    both = folder / stage
    assert done[stage]["shared"]["statuses"] == [0, 0, 0]
    assert done[stage]["shared"]["digests"] == [model_digest(both / "shared")] * 2
    assert {path.name for path in (both / "shared").iterdir()} == {path.name for path in (both / "whole").iterdir()}
    two, one = (load_file(both / name / "model.safetensors") for name in ("shared", "whole"))
    for name, tensor in one.items():
        torch.testing.assert_close(two[name], tensor, rtol=1e-3, atol=2e-4)
    logs = [
        [json.loads(line) for line in (both / name / "training-log.jsonl").read_text().splitlines()]
        for name in ("shared", "whole")
    ]
    for there, here in zip(*logs, strict=True):
        assert (there["loss"], there["accuracy"]) == pytest.approx((here["loss"], here["accuracy"]), rel=1e-2)
