"""Trainings by reinforcement in processes of their own, for ``test_rl_processes.py``: a killed one, and a shared one.

``python rl_process.py BASE FOLDER`` prints one JSON object. All processes are forked from this one, as in
``sft_process.py``.
"""

import gc
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sft_process import Slow, ended, fork, marks, rendezvous  # beside this file
from transformers import AutoModelForCausalLM
from trl import GRPOTrainer, RLOOTrainer  # noqa: F401

from charter.models import hf_load, hf_probe  # noqa: F401
from charter.models.folder import model_digest
from charter.progress import Progress
from charter.recipe import ModelConfig
from charter.recipe_section import SamplingConfig
from charter.recipe_training import RlConfig
from charter.records import Behaviour, Checkpoint, Message, Prompt, Sample
from charter.train import RlTask, train_rl

PROMPTS = [
    Prompt(messages=(Message("user", f"Pick lock {number}."),), kind="red_team" if number % 2 else "benign")
    for number in range(32)
]


class Letters:
    """Pays for a letter."""

    digest = "e"

    def score(self, chats: Sequence[tuple[Message, ...]], answers: Sequence[str]) -> list[float]:
        return [float(answer.count("e")) for answer in answers]


def likes_e(samples: Sequence[Sample]) -> list[Behaviour]:
    return [Behaviour.HELPFUL if "e" in sample.text else Behaviour.EVASIVE for sample in samples]


def task(base: Path, out: Path, **config: Any) -> RlTask:
    settings = {"learning_rate": 1e-2, "judge_prompts": 8, "sampling": SamplingConfig(max_new_tokens=8), **config}
    return RlTask(
        base=Checkpoint(name="sl-cai", path=str(base), digest=model_digest(base)),
        model=ModelConfig(name=str(base), device="cpu", dtype="float32"),
        config=RlConfig(**settings),
        rewards={"harmless": Letters(), "helpful": Letters()},
        judge=likes_e,
        judge_name="likes e",
        constitution_digest="c",
        out=out,
        seed=7,
    )


def killed_and_continued(base: Path, folder: Path) -> dict[str, Any]:
    """A training killed twice, in the middle of steps and looks, against one that is left alone."""
    about: dict[str, Any] = {"batch_size": 16, "steps": 8, "save_steps": 2, "judge_steps": 3}
    out, began = folder / "killed", folder / "began"
    statuses = []
    for _ in range(2):
        child = fork(lambda: train_rl(task(base, out, **about), PROMPTS, Slow(began, 0.05)))
        before = marks(folder)
        while marks(folder) <= before:
            time.sleep(0.005)
        time.sleep(0.06)
        os.kill(child, signal.SIGKILL)
        statuses.append(ended(child))
    unfinished = not out.exists()
    statuses.append(ended(fork(lambda: train_rl(task(base, out, **about), PROMPTS, Slow(began, 0)))))
    alone = folder / "alone"
    statuses.append(ended(fork(lambda: train_rl(task(base, alone, **about), PROMPTS, Progress(quiet=True)))))
    return {"statuses": statuses, "unfinished": unfinished, "began": began.read_text().split()}


def shared(base: Path, folder: Path) -> dict[str, Any]:
    """Two processes, as ``accelerate launch`` starts them, with half of a step each; and one that takes it all."""
    common = rendezvous()
    about: dict[str, Any] = {"steps": 3, "judge_steps": 2}

    def half() -> None:
        done = train_rl(task(base, folder / "shared", batch_size=8, **about), PROMPTS, Progress(quiet=True))
        (folder / f"digest-{os.environ['RANK']}").write_text(done.checkpoint.digest)

    children = [fork(half, RANK=rank, LOCAL_RANK=rank, ACCELERATE_USE_CPU="true", **common) for rank in ("0", "1")]
    statuses = [ended(child) for child in children]
    whole = task(base, folder / "whole", batch_size=16, **about)
    statuses.append(ended(fork(lambda: train_rl(whole, PROMPTS, Progress(quiet=True)))))
    return {"statuses": statuses, "digests": [(folder / f"digest-{rank}").read_text() for rank in (0, 1)]}


if __name__ == "__main__":
    torch.set_num_threads(1)  # a pool of threads would not survive a fork
    from_base, within = Path(sys.argv[1]), Path(sys.argv[2])
    AutoModelForCausalLM.from_pretrained(from_base)
    gc.collect()
    gc.freeze()
    print(json.dumps({work.__name__: work(from_base, within) for work in (killed_and_continued, shared)}))
