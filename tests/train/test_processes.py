"""Trainings that are killed for real, and trainings by two processes."""

from pathlib import Path
from typing import Any

from charter.models.folder import model_digest

SCRIPT = "sft_process.py"
"""What the fixture ``done`` runs."""


def test_a_training_killed_again_and_again_ends_with_the_same_weights(
    done: dict[str, Any], folder: Path, tiny_llama: Path
) -> None:
    killed = done["killed_and_continued"]
    assert killed["statuses"] == [-9, -9, -9, 0, 0]
    assert killed["unfinished"]
    assert len(killed["began"]) == 4
    steps = [int(step) for step in killed["began"]]
    assert steps == sorted(set(steps))  # each went on from further than the one before
    base = model_digest(tiny_llama)
    assert model_digest(folder / "killed", base) == model_digest(folder / "alone", base)
    assert (folder / "killed" / "training-log.jsonl").read_text() == (folder / "alone/training-log.jsonl").read_text()
    assert not list(folder.glob(".*"))


def test_two_processes_train_as_one_with_larger_batches_does(done: dict[str, Any], folder: Path) -> None:
    import torch
    from safetensors.torch import load_file

    assert done["shared"]["statuses"] == [0, 0, 0]
    assert done["shared"]["digests"] == [model_digest(folder / "shared")] * 2
    assert {path.name for path in (folder / "shared").iterdir()} == {path.name for path in (folder / "whole").iterdir()}
    two, one = (load_file(folder / name / "model.safetensors") for name in ("shared", "whole"))
    for name, tensor in one.items():
        torch.testing.assert_close(two[name], tensor, rtol=1e-3, atol=1e-4)
