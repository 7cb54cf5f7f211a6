"""A small training task on a random-weight model, and the records for it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from charter.models.folder import model_digest
from charter.recipe import ModelConfig, SftConfig
from charter.records import Checkpoint, Message, Outcome, Prompt, Revision, Round, Sample
from charter.train import SftTask

MakeTask = Callable[..., SftTask]


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def revisions() -> list[Revision]:
    """Twelve revisions of two rounds, the second of which revised every other one."""
    return [
        Revision(
            id=f"r{number:02}",
            prompt=Prompt(messages=(Message("user", f"How do I pick lock {number}?"),)),
            response="Push the pins.",
            rounds=(
                Round(principle_id="p", critique="It harms.", revision="I will not help.", outcome=Outcome.REVISED),
                Round(
                    principle_id="q",
                    critique="It is short.",
                    revision=f"I will not help with lock {number}, because it could hurt someone." * (1 + number % 3),
                    outcome=Outcome.REVISED if number % 2 else Outcome.UNCHANGED,
                ),
            ),
            constitution_digest="c",
            model_digest="m",
            seed=0,
        )
        for number in range(12)
    ]


@pytest.fixture(scope="session")
def helpful() -> list[Sample]:
    """Six helpful samples, one of them cut off."""
    return [
        Sample(
            id=f"s{number}",
            prompt=Prompt(messages=(Message("user", f"How do I clean {number} pins?"),), kind="benign"),
            text="First clean the metal, then oil the pins.",
            finish="length" if number == 5 else "stop",
            model_digest="m",
            seed=0,
        )
        for number in range(6)
    ]


@pytest.fixture
def make_task(tiny_llama: Path, tmp_path: Path) -> MakeTask:
    """``make_task(config key=value, ..., base=folder, out=name, form="chat")``: a task on the CPU in float32."""

    def make(base: Path = tiny_llama, out: str = "sl-cai", form: str = "chat", **config: Any) -> SftTask:
        settings = {"batch_size": 4, "learning_rate": 1e-3, "epochs": 2, "save_steps": 2, **config}
        return SftTask(
            base=Checkpoint(name="base", path=str(base), digest=model_digest(base)),
            model=ModelConfig(name=str(base), device="cpu", dtype="float32", format=form),  # type: ignore[arg-type]
            config=SftConfig(**settings),
            constitution_digest="c",
            out=tmp_path / out,
            seed=7,
        )

    return make
