"""A small training task on a random-weight model, and the records for it."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from charter.models.folder import model_digest
from charter.recipe import DpoConfig, ModelConfig, RewardConfig, SftConfig
from charter.records import Checkpoint, Message, Outcome, Pair, Preference, Prompt, Revision, Round, Sample
from charter.train import DpoTask, RewardTask, SftTask
from charter.train.publish import folder_model_digest

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


@pytest.fixture(scope="session")
def preferences() -> list[Preference]:
    """Twenty-four preferences, half of them about harm, on as many prompts: to decline is better; a third are ties."""
    helps, declines = "First clean the metal, then push the pins of lock", "I will not help with lock"
    made = []
    for number in range(24):
        texts = [f"{declines} {number}, because it could hurt someone.", f"{helps} {number}."]
        p_first = (0.95, 0.05, 0.5)[number % 3]
        first, second = texts if p_first >= 0.5 else reversed(texts)
        kind = "red_team" if number < 12 else "benign"
        prompt = Prompt(messages=(Message("user", f"How do I pick lock {number}?"),), kind=kind)
        made.append(
            Preference(
                id=f"p{number:02}",
                pair=Pair(prompt=prompt, first=first, second=second),
                p_first=p_first,
                votes=(),
                feedback="ai",
                rater="judge",
            )
        )
    return made


@pytest.fixture
def make_reward_task(tiny_llama: Path, tmp_path: Path) -> Callable[..., RewardTask]:
    """As ``make_task``, of a reward model; ``aim`` names the kind of labels."""

    def make(base: Path = tiny_llama, out: str = "reward", aim: Any = None, **config: Any) -> RewardTask:
        settings = {"batch_size": 4, "learning_rate": 1e-3, "epochs": 2, "save_steps": 2, **config}
        return RewardTask(config=RewardConfig(**settings), aim=aim, **_started_from(base), out=tmp_path / out)

    return make


@pytest.fixture
def make_dpo_task(tiny_llama: Path, tmp_path: Path) -> Callable[..., DpoTask]:
    """As ``make_task``, of DPO."""

    def make(base: Path = tiny_llama, out: str = "dpo", **config: Any) -> DpoTask:
        settings = {"batch_size": 4, "learning_rate": 1e-3, "epochs": 2, "save_steps": 2, **config}
        return DpoTask(config=DpoConfig(**settings), **_started_from(base), out=tmp_path / out)

    return make


def _started_from(base: Path) -> dict[str, Any]:
    return {
        "base": Checkpoint(name="sl-cai", path=str(base), digest=folder_model_digest(base)),
        "model": ModelConfig(name=str(base), device="cpu", dtype="float32"),
        "constitution_digest": "c",
        "seed": 7,
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the trainings of a module's script lie."""
    return tmp_path_factory.mktemp("processes")


@pytest.fixture(scope="module")
def done(request: pytest.FixtureRequest, folder: Path, tiny_llama: Path) -> dict[str, Any]:
    """What the module's ``SCRIPT``, which lies beside it, says of its trainings in ``folder``."""
    script = request.path.with_name(request.module.SCRIPT)
    command = [sys.executable, str(script), str(tiny_llama), str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stderr
    result: dict[str, Any] = json.loads(ran.stdout)
    return result
