"""Trainings in processes of their own, for ``test_processes.py``: killed ones, and ones that share the work.

``python sft_process.py BASE FOLDER`` prints one JSON object. All processes are forked from this one, which has imported
and read everything once: that takes longer than the trainings.
"""

import gc
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig as _Peft  # noqa: F401
from transformers import AutoModelForCausalLM
from trl import SFTConfig, SFTTrainer  # noqa: F401

from charter.models import hf_load  # noqa: F401
from charter.models.folder import model_digest
from charter.progress import Advance, Progress
from charter.recipe import LoraConfig, ModelConfig, SftConfig
from charter.records import Checkpoint, Message, Prompt, Sample
from charter.train import SftTask, train_sft

KILLS = 3
SAMPLES = [
    Sample(
        id=f"s{number:02}",
        prompt=Prompt(messages=(Message("user", f"How do I clean {number} pins?"),), kind="benign"),
        text="First clean the metal, then oil the pins." * (1 + number % 3),
        finish="stop",
        model_digest="m",
        seed=0,
    )
    for number in range(16)
]


class Slow(Progress):
    """Leaves time to be killed in, and says where it began."""

    def __init__(self, began: Path, pause: float) -> None:
        super().__init__(quiet=True)
        self._began = began
        self._pause = pause

    @contextmanager
    def task(self, label: str, total: int, done: int = 0) -> Iterator[Advance]:
        with self._began.open("a") as file:
            file.write(f"{done}\n")
        yield lambda _: time.sleep(self._pause)


def task(base: Path, out: Path, **config: Any) -> SftTask:
    return SftTask(
        base=Checkpoint(name="base", path=str(base), digest=model_digest(base)),
        model=ModelConfig(name=str(base), device="cpu", dtype="float32"),
        config=SftConfig(**{"learning_rate": 1e-3, "save_steps": 3, **config}),
        constitution_digest="c",
        out=out,
        seed=7,
    )


def fork(work: Callable[[], object], **environment: str) -> int:
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        os.environ.update(environment)
        work()
        status = 0
    finally:
        sys.stderr.flush()
        os._exit(status)


def ended(child: int) -> int:
    """The exit status, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_and_continued(base: Path, folder: Path) -> dict[str, Any]:
    """A training killed whenever it has got a checkpoint further, against one that is left alone."""
    about: dict[str, Any] = {"batch_size": 4, "epochs": 4, "method": "lora", "lora": LoraConfig(dropout=0.1)}
    out, began = folder / "killed", folder / "began"
    statuses = []
    for kill in range(KILLS):
        child = fork(lambda: train_sft(task(base, out, **about), [], SAMPLES, Slow(began, 0.05)))
        before = marks(folder)
        while marks(folder) <= before:
            time.sleep(0.005)
        time.sleep(0.04 * kill)  # in the middle of different things
        os.kill(child, signal.SIGKILL)
        statuses.append(ended(child))
    unfinished = not out.exists()
    statuses.append(ended(fork(lambda: train_sft(task(base, out, **about), [], SAMPLES, Slow(began, 0)))))
    alone = folder / "alone"
    statuses.append(ended(fork(lambda: train_sft(task(base, alone, **about), [], SAMPLES, Progress(quiet=True)))))
    return {"statuses": statuses, "unfinished": unfinished, "began": began.read_text().split()}


def marks(folder: Path) -> int:
    """The step of the last whole checkpoint."""
    found = folder.glob(".killed.training/checkpoint-*/charter-complete")
    return max((int(mark.parent.name.removeprefix("checkpoint-")) for mark in found), default=0)


def rendezvous() -> dict[str, str]:
    """What ``accelerate launch`` tells each of two processes of where to meet."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    return {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}


def shared(base: Path, folder: Path) -> dict[str, Any]:
    """Two processes, as ``accelerate launch`` starts them, with half of a step each; and one that takes it all."""
    common = rendezvous()

    def half() -> None:
        done = train_sft(task(base, folder / "shared", batch_size=2, epochs=2), [], SAMPLES, Progress(quiet=True))
        (folder / f"digest-{os.environ['RANK']}").write_text(done.checkpoint.digest)

    children = [fork(half, RANK=rank, LOCAL_RANK=rank, ACCELERATE_USE_CPU="true", **common) for rank in ("0", "1")]
    statuses = [ended(child) for child in children]
    whole = task(base, folder / "whole", batch_size=4, epochs=2)
    statuses.append(ended(fork(lambda: train_sft(whole, [], SAMPLES, Progress(quiet=True)))))
    return {"statuses": statuses, "digests": [(folder / f"digest-{rank}").read_text() for rank in (0, 1)]}


if __name__ == "__main__":
    torch.set_num_threads(1)  # a pool of threads would not survive a fork
    from_base, within = Path(sys.argv[1]), Path(sys.argv[2])
    AutoModelForCausalLM.from_pretrained(from_base)
    gc.collect()
    gc.freeze()
    print(json.dumps({work.__name__: work(from_base, within) for work in (killed_and_continued, shared)}))
