"""Trainings on preferences in processes of their own, for ``test_preference_processes.py``; see ``sft_process.py``.

``python preference_process.py BASE FOLDER`` prints one JSON object.
"""

import gc
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import torch
from sft_process import KILLS, Slow, ended, fork, marks, rendezvous  # beside this file
from transformers import AutoModelForCausalLM
from trl import DPOConfig, DPOTrainer, RewardTrainer  # noqa: F401

from charter.models import hf_load  # noqa: F401
from charter.models.folder import model_digest
from charter.progress import Progress
from charter.recipe import DpoConfig, LoraConfig, ModelConfig, RewardConfig
from charter.records import Checkpoint, Message, Pair, Preference, Prompt
from charter.train import DpoTask, RewardTask, train_dpo, train_reward

QUIET = Progress(quiet=True)
PREFERENCES = [
    Preference(
        id=f"p{number:02}",
        pair=Pair(
            prompt=Prompt(messages=(Message("user", f"How do I pick lock {number}?"),)),
            first="I will not help with that. " * (1 + number % 3),
            second=f"First push the pins of lock {number}.",
        ),
        p_first=0.5 + number / 50,
        votes=(),
        feedback="ai",
        rater="judge",
    )
    for number in range(21)
]
"""One of them is held out from a reward model: both trainings have twenty, which whole steps divide."""


def train(stage: str, base: Path, out: Path, progress: Progress, **config: Any) -> Any:
    common: dict[str, Any] = {
        "base": Checkpoint(name="sl-cai", path=str(base), digest=model_digest(base)),
        "model": ModelConfig(name=str(base), device="cpu", dtype="float32"),
        "constitution_digest": "c",
        "out": out,
        "seed": 7,
    }
    settings = {"learning_rate": 1e-3, "save_steps": 3, **config}
    if stage == "dpo":
        return train_dpo(DpoTask(config=DpoConfig(**settings), **common), PREFERENCES[1:], progress)
    return train_reward(RewardTask(config=RewardConfig(**settings), **common), PREFERENCES, progress)


def killed_and_continued(stage: str, base: Path, folder: Path) -> dict[str, Any]:
    """A training killed whenever it has got a checkpoint further, against one that is left alone."""
    about: dict[str, Any] = {"batch_size": 4, "epochs": 4, "method": "lora", "lora": LoraConfig(dropout=0.1)}
    out, began = folder / "killed", folder / "began"
    statuses = []
    for kill in range(KILLS):
        child = fork(lambda: train(stage, base, out, Slow(began, 0.05), **about))
        before = marks(folder)
        while marks(folder) <= before:
            time.sleep(0.005)
        time.sleep(0.04 * kill)  # in the middle of different things
        os.kill(child, signal.SIGKILL)
        statuses.append(ended(child))
    unfinished = not out.exists()
    statuses.append(ended(fork(lambda: train(stage, base, out, Slow(began, 0), **about))))
    statuses.append(ended(fork(lambda: train(stage, base, folder / "alone", QUIET, **about))))
    return {"statuses": statuses, "unfinished": unfinished, "began": began.read_text().split()}


def shared(stage: str, base: Path, folder: Path) -> dict[str, Any]:
    """Two processes with half of a step each; and one that takes it all."""

    def half() -> None:
        done = train(stage, base, folder / "shared", QUIET, batch_size=2, epochs=2)
        (folder / f"digest-{os.environ['RANK']}").write_text(done.checkpoint.digest)

    common = rendezvous()
    children = [fork(half, RANK=rank, LOCAL_RANK=rank, ACCELERATE_USE_CPU="true", **common) for rank in ("0", "1")]
    statuses = [ended(child) for child in children]
    statuses.append(ended(fork(lambda: train(stage, base, folder / "whole", QUIET, batch_size=4, epochs=2))))
    return {"statuses": statuses, "digests": [(folder / f"digest-{rank}").read_text() for rank in (0, 1)]}


if __name__ == "__main__":
    torch.set_num_threads(1)  # a pool of threads would not survive a fork
    from_base, within = Path(sys.argv[1]), Path(sys.argv[2])
    AutoModelForCausalLM.from_pretrained(from_base)
    gc.collect()
    gc.freeze()
    found: dict[str, Any] = {}
    for name in ("reward", "dpo"):
        (within / name).mkdir()
        found[name] = {work.__name__: work(name, from_base, within / name) for work in (killed_and_continued, shared)}
    print(json.dumps(found))
