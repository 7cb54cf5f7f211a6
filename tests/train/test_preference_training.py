"""What trainings on preferences have in common: what they leave behind, and how they end when something goes wrong."""

import json
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from charter.errors import ConfigError, Interrupted, RunFolderError, StageError
from charter.models.folder import model_digest
from charter.progress import Advance, Progress
from charter.recipe import LoraConfig
from charter.records import Preference
from charter.train import train_dpo, train_reward
from charter.train.publish import folder_model_digest, read_log
from charter.training_data import LeftOut

MakeTask = Callable[..., Any]
Train = Callable[..., Any]
QUIET = Progress(quiet=True)
FILES = {"charter.json", "chat_template.jinja", "tokenizer.json", "tokenizer_config.json"} | {
    "training-log.jsonl",
    "training.json",
}
WHOLE, ADAPTER = {"config.json", "model.safetensors"}, {"adapter_config.json", "adapter_model.safetensors"}


class At(Progress):
    """Interrupts when a step is done."""

    def __init__(self, step: int) -> None:
        super().__init__(quiet=True)
        self.began_at = -1
        self._step = step

    @contextmanager
    def task(self, label: str, total: int, done: int = 0) -> Iterator[Advance]:
        self.began_at = at = done

        def advance(n: float) -> None:
            nonlocal at
            at += int(n)
            if at == self._step:
                os.kill(os.getpid(), signal.SIGINT)

        yield advance


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture(params=["reward", "dpo"])
def stage(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def train(stage: str) -> Train:
    return {"reward": train_reward, "dpo": train_dpo}[stage]


@pytest.fixture
def make(stage: str, make_reward_task: MakeTask, make_dpo_task: MakeTask) -> MakeTask:
    return {"reward": make_reward_task, "dpo": make_dpo_task}[stage]


def test_a_training_learns_the_labels_and_leaves_an_ordinary_model_folder(
    stage: str, train: Train, make: MakeTask, preferences: Sequence[Preference], capfd: pytest.CaptureFixture[str]
) -> None:
    task = make(epochs=4)
    done = train(task, [*preferences, replace(preferences[0], id="x", p_first=None)], Progress())
    told = capfd.readouterr()
    assert told.out == ""
    assert all(line.startswith(f"{task.label}: ") for line in told.err.splitlines())
    assert f"{done.examples} pairs" in told.err
    assert "left out: 1 failed" in told.err

    assert names(task.out) == FILES | WHOLE | ({"generation_config.json"} if stage == "dpo" else set())
    assert names(task.out.parent) == {stage}
    assert done.left_out == {LeftOut.FAILED: 1}
    assert sum(done.labels.values()) == done.examples
    assert done.labels["tie"] > 0
    assert asdict(done.checkpoint) == json.loads((task.out / "charter.json").read_text())
    assert done.checkpoint.base_digest == task.base.digest
    assert done.checkpoint.digest == model_digest(task.out)

    steps = read_log(task.out)
    assert [step["step"] for step in steps] == list(range(1, len(steps) + 1))
    assert steps[0]["loss"] == pytest.approx(0.6931472, abs=1e-5)  # no opinion yet
    last = steps[-len(steps) // 4 :]  # the last epoch; a step of nothing but ties has no accuracy
    assert sum(step["loss"] for step in last) / len(last) < 0.6
    assert {step["accuracy"] for step in last if "accuracy" in step} == {1.0}
    assert all(step["margin"] > 0.3 for step in last if "margin" in step)

    assert train(task, list(reversed([*preferences, replace(preferences[0], id="x", p_first=None)])), QUIET) == done


@pytest.mark.parametrize("method", ["full", "lora"])
def test_ctrl_c_saves_and_the_next_run_ends_with_the_same_weights(
    method: str, train: Train, make: MakeTask, preferences: Sequence[Preference]
) -> None:
    settings: dict[str, Any] = {"method": method, "lora": LoraConfig(dropout=0.1), "save_steps": 100}
    undisturbed = train(make(out="undisturbed", **settings), preferences, QUIET)
    task = make(**settings)
    for step, began_at in ((2, 0), (8, 2)):  # in the first and in the second epoch
        progress = At(step)
        with pytest.raises(
            Interrupted, match=rf"stopped in {task.label} after step {step} of .* is kept .* same --out"
        ):
            train(task, preferences, progress)
        assert progress.began_at == began_at
        assert not task.out.exists()
    done = train(task, preferences, QUIET)
    assert done.checkpoint.digest == undisturbed.checkpoint.digest
    assert read_log(task.out) == read_log(task.out.with_name("undisturbed"))


def test_a_loss_that_is_no_number_stops_and_keeps_the_last_good_checkpoint(
    stage: str, train: Train, make: MakeTask, preferences: Sequence[Preference]
) -> None:
    task = make(learning_rate=1e38, save_steps=1)
    with pytest.raises(StageError, match=rf"^{task.label}: the loss is (nan|inf) at step \d") as said:
        train(task, preferences, QUIET)
    kept = list((task.out.parent / f".{stage}.training").glob("checkpoint-*"))
    assert [str(folder) in str(said.value) for folder in kept] == [True]
    assert f"lower {stage}.learning_rate" in str(said.value)
    assert not task.out.exists()


def test_preferences_that_teach_nothing_are_refused_before_a_model_is_loaded(
    train: Train, make: MakeTask, preferences: Sequence[Preference], tmp_path: Path
) -> None:
    task = replace(make(), base=replace(make().base, path=str(tmp_path / "nowhere")))
    with pytest.raises(StageError, match=f"^{task.label}: nothing to train on: there are no preferences$"):
        train(task, [], QUIET)
    ties = [replace(each, p_first=0.5) for each in preferences]
    with pytest.raises(StageError, match=rf"^{task.label}: all \d+ labels are ties: nothing can be learned"):
        train(task, ties, QUIET)
    assert names(tmp_path) == set()


def test_pairs_that_do_not_fit_are_left_out_and_told(
    train: Train, make: MakeTask, preferences: Sequence[Preference]
) -> None:
    with pytest.raises(StageError, match=r"nothing to train on: \d+ too long"):
        train(make(max_length=16), preferences, QUIET)


def test_a_folder_that_holds_something_else_is_refused(
    train: Train, make: MakeTask, preferences: Sequence[Preference]
) -> None:
    task = make(epochs=0.5)
    train(task, preferences, QUIET)
    assert train(make(epochs=0.5, save_steps=9), preferences, QUIET)
    with pytest.raises(RunFolderError, match=r"made from something else \(config differ\)"):
        train(make(epochs=1), preferences, QUIET)
    with pytest.raises(RunFolderError, match=r"made from something else \(data differ\)"):
        train(task, [replace(each, p_first=1.0) for each in preferences], QUIET)


def test_modules_that_the_model_does_not_have_are_refused(
    stage: str, train: Train, make: MakeTask, preferences: Sequence[Preference]
) -> None:
    with pytest.raises(ConfigError, match=rf"^{stage}\.lora\.target_modules: .*target"):
        train(make(method="lora", lora=LoraConfig(target_modules=("nothing",))), preferences, QUIET)


def test_an_adapter_upon_a_whole_model_stays_one_and_upon_an_adapter_becomes_a_whole_model(
    train: Train,
    make: MakeTask,
    make_dpo_task: MakeTask,
    preferences: Sequence[Preference],
    tiny_llama: Path,
) -> None:
    start = train_dpo(make_dpo_task(method="lora", epochs=0.5, out="start"), preferences, QUIET)
    adapter = train(make(method="lora", epochs=0.5), preferences, QUIET)
    assert names(Path(adapter.checkpoint.path)) == FILES | ADAPTER
    assert adapter.checkpoint.digest == model_digest(Path(adapter.checkpoint.path), model_digest(tiny_llama))

    upon = train(make(Path(start.checkpoint.path), out="upon", method="lora", epochs=0.5), preferences, QUIET)
    folder = Path(upon.checkpoint.path)
    assert names(folder) >= FILES | WHOLE
    assert not names(folder) & ADAPTER
    assert upon.checkpoint.base_digest == folder_model_digest(Path(start.checkpoint.path))
