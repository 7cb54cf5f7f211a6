"""Whole trainings of tiny real models: what they leave behind, and how they end when something goes wrong."""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from charter.errors import ConfigError, Interrupted, ModelError, RunFolderError, StageError
from charter.models import load_completer
from charter.models.folder import model_digest
from charter.progress import Advance, Progress
from charter.recipe import LoraConfig, ModelConfig
from charter.records import Outcome, Revision, Sample
from charter.train import SftTask, train_sft
from charter.train.publish import CHECKPOINT_NAME, LOG_NAME, TRAINING_NAME
from charter.training_data import LeftOut

MakeTask = Callable[..., SftTask]
MakeTinyModel = Callable[..., Path]
QUIET = Progress(quiet=True)
WHOLE_MODEL = {
    "charter.json",
    "chat_template.jinja",
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
    "training-log.jsonl",
    "training.json",
}


class At(Progress):
    """Does something when a step is done."""

    def __init__(self, step: int, act: Callable[[], object]) -> None:
        super().__init__(quiet=True)
        self.notes: list[str] = []
        self.began_at = -1
        self._step = step
        self._act = act

    def note(self, text: str) -> None:
        self.notes.append(text)

    @contextmanager
    def task(self, label: str, total: int, done: int = 0) -> Iterator[Advance]:
        self.began_at = at = done

        def advance(n: float) -> None:
            nonlocal at
            at += int(n)
            if at == self._step:
                self._act()

        yield advance


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return dict(load_file(folder / "model.safetensors"))


def log(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / LOG_NAME).read_text().splitlines()]


def test_a_full_fine_tuning_leaves_an_ordinary_model_folder_and_nothing_else(
    make_task: MakeTask,
    revisions: Sequence[Revision],
    helpful: Sequence[Sample],
    tiny_llama: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    import torch

    task = make_task()
    done = train_sft(task, revisions, helpful, Progress())
    told = capfd.readouterr()
    assert told.out == ""
    assert all(line.startswith("fine-tune: ") for line in told.err.splitlines())
    assert "23 examples" in told.err
    assert "left out: 1 cut off, 6 unchanged" in told.err

    assert names(task.out) == WHOLE_MODEL
    assert names(task.out.parent) == {"sl-cai"}
    assert done.examples == 23
    assert done.left_out == {LeftOut.UNCHANGED: 6, LeftOut.CUT_OFF: 1}
    assert done.choices["method"].startswith("full: auto: ")
    assert done.checkpoint.base_digest == task.base.digest
    assert asdict(done.checkpoint) == json.loads((task.out / CHECKPOINT_NAME).read_text())

    before, after = weights(tiny_llama), weights(task.out)
    assert before.keys() == after.keys()
    assert {tensor.dtype for tensor in after.values()} == {torch.float32}
    assert any(not torch.equal(before[name], after[name]) for name in before)
    assert json.loads((task.out / "config.json").read_text())["use_cache"] is True
    entries = log(task.out)
    assert [entry["step"] for entry in entries] == list(range(1, 13))
    assert entries[-1]["loss"] < entries[0]["loss"]
    assert {entry["learning_rate"] for entry in entries} == {1e-3}


def test_the_checkpoint_loads_and_has_the_digest_that_is_written_in_it(
    make_task: MakeTask, revisions: Sequence[Revision]
) -> None:
    task = make_task(epochs=0.5)
    done = train_sft(task, revisions, [], QUIET)
    assert load_completer(replace_name(task, task.out)).digest == done.checkpoint.digest == model_digest(task.out)


def replace_name(task: SftTask, folder: Path) -> ModelConfig:
    return task.model.model_copy(update={"name": str(folder)})


def test_the_trainer_sees_loss_on_final_answers_alone(
    make_task: MakeTask, revisions: Sequence[Revision], monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers import AutoTokenizer, Trainer

    task = make_task(epochs=1, batch_size=3)
    tokenizer = AutoTokenizer.from_pretrained(task.base.path)
    learned: list[str] = []
    real = Trainer.training_step

    def spy(self: Any, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        learned.extend(tokenizer.decode(row[row != -100]) for row in inputs["labels"])
        return real(self, model, inputs, *args, **kwargs)

    monkeypatch.setattr(Trainer, "training_step", spy)
    train_sft(task, revisions, [], QUIET)
    revised = [done.revision for each in revisions for done in each.rounds if done.outcome is Outcome.REVISED]
    assert sorted(learned) == sorted(f"{text}<|end|>" for text in revised)


def test_a_finished_checkpoint_is_not_trained_again(make_task: MakeTask, revisions: Sequence[Revision]) -> None:
    task = make_task(epochs=0.5)
    first = train_sft(task, revisions, [], QUIET)
    written = (task.out / "model.safetensors").stat()
    progress = At(1, interrupt)
    assert train_sft(task, list(reversed(revisions)), [], progress) == first
    assert progress.began_at == -1
    assert (task.out / "model.safetensors").stat() == written


def test_a_folder_that_holds_something_else_is_refused(make_task: MakeTask, revisions: Sequence[Revision]) -> None:
    task = make_task(epochs=0.5)
    train_sft(task, revisions, [], QUIET)
    for other, differs in (
        (replace(task, seed=8), "seed"),
        (replace(task, constitution_digest="d"), "constitution"),
        (make_task(epochs=1), "config"),
    ):
        with pytest.raises(RunFolderError, match=rf"made from something else \({differs} differ\)"):
            train_sft(other, revisions, [], QUIET)
    with pytest.raises(RunFolderError, match="data differ"):
        train_sft(task, revisions[1:], [], QUIET)

    tampered = task.out / "model.safetensors"
    tampered.write_bytes(tampered.read_bytes()[:-1] + b"\x01")
    with pytest.raises(RunFolderError, match=r"not those that charter\.json was written for"):
        train_sft(task, revisions, [], QUIET)
    (task.out / TRAINING_NAME).unlink()
    with pytest.raises(RunFolderError, match=r"no finished checkpoint of Charter \(training\.json is missing"):
        train_sft(task, revisions, [], QUIET)


def test_lora_leaves_an_adapter_that_loads_onto_its_base(
    make_task: MakeTask, revisions: Sequence[Revision], tiny_llama: Path
) -> None:
    task = make_task(method="lora", epochs=1, gradient_checkpointing=True)
    done = train_sft(task, revisions, [], QUIET)
    assert names(task.out) == (WHOLE_MODEL - {"config.json", "generation_config.json", "model.safetensors"}) | {
        "adapter_config.json",
        "adapter_model.safetensors",
    }
    config = json.loads((task.out / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == str(tiny_llama)
    assert config["target_modules"] == sorted(config["target_modules"])
    assert load_completer(replace_name(task, task.out)).digest == done.checkpoint.digest
    assert done.checkpoint.digest == model_digest(task.out, model_digest(tiny_llama))

    again = replace(task, base=done.checkpoint, out=task.out.with_name("again"))
    with pytest.raises(ModelError, match="is itself an adapter"):
        train_sft(again, revisions, [], QUIET)
    whole = replace(again, config=task.config.model_copy(update={"method": "full"}))
    assert "model.safetensors" in names(Path(train_sft(whole, revisions, [], QUIET).checkpoint.path))


def test_modules_that_the_model_does_not_have_are_refused(make_task: MakeTask, revisions: Sequence[Revision]) -> None:
    task = make_task(method="lora", lora=LoraConfig(target_modules=("nothing",)))
    with pytest.raises(ConfigError, match=r"^sft\.lora\.target_modules: .*nothing"):
        train_sft(task, revisions, [], QUIET)


@pytest.mark.parametrize("architecture", ["gpt2", "qwen2"])
def test_a_base_model_is_trained_on_transcripts(
    architecture: str,
    make_task: MakeTask,
    make_tiny_model: MakeTinyModel,
    revisions: Sequence[Revision],
    tmp_path: Path,
) -> None:
    """In another architecture, without a chat template, stored in float16."""
    import torch
    from transformers import AutoModelForCausalLM

    base = make_tiny_model(tmp_path / "base", architecture, chat_template=False)
    AutoModelForCausalLM.from_pretrained(base, dtype=torch.float16).save_pretrained(base)
    task = make_task(base=base, form="transcript", epochs=1, gradient_accumulation=2)
    train_sft(task, revisions, [], QUIET)
    assert {tensor.dtype for tensor in weights(task.out).values()} == {torch.float32}
    assert [entry["step"] for entry in log(task.out)] == [1, 2, 3]


def test_nothing_to_train_on_is_said_with_the_counts(
    make_task: MakeTask, revisions: Sequence[Revision], helpful: Sequence[Sample]
) -> None:
    task = make_task()
    for records, samples, said in (
        ([], [], "nothing to train on: there are no records"),
        ([], helpful[5:], "nothing to train on: 1 cut off"),
    ):
        with pytest.raises(StageError, match=said):
            train_sft(task, records, samples, QUIET)
    with pytest.raises(StageError, match=r"nothing to train on: 6 unchanged, 18 too long \(at most 16 tokens each\)"):
        train_sft(make_task(max_length=16), revisions, [], QUIET)
    assert not task.out.exists()


def test_an_example_longer_than_the_context_is_left_out(
    make_task: MakeTask, revisions: Sequence[Revision], make_tiny_model: MakeTinyModel, tmp_path: Path
) -> None:
    base = make_tiny_model(tmp_path / "base", "gpt2", max_positions=48)
    done = train_sft(make_task(base=base, epochs=1), revisions, [], QUIET)
    assert done.left_out[LeftOut.TOO_LONG] > 0
    assert done.examples + done.left_out[LeftOut.TOO_LONG] == 18


def test_a_loss_that_is_no_number_stops_and_keeps_the_last_good_checkpoint(
    make_task: MakeTask, revisions: Sequence[Revision]
) -> None:
    task = make_task(learning_rate=1e30, warmup_steps=0, save_steps=1)
    with pytest.raises(StageError, match=r"loss is (nan|inf) at step 2; the last good checkpoint is kept") as said:
        train_sft(task, revisions, [], QUIET)
    kept = task.out.parent / ".sl-cai.training" / "checkpoint-1"
    assert str(kept) in str(said.value)
    assert "lower sft.learning_rate" in str(said.value)
    assert (kept / "model.safetensors").is_file()
    assert not task.out.exists()


@pytest.mark.parametrize("method", ["full", "lora"])
def test_ctrl_c_saves_and_the_next_run_ends_with_the_same_weights(
    method: str, make_task: MakeTask, revisions: Sequence[Revision], helpful: Sequence[Sample]
) -> None:
    settings: dict[str, Any] = {"method": method, "gradient_accumulation": 2, "batch_size": 2, "save_steps": 100}
    lora = LoraConfig(dropout=0.1)  # drawn at random: the generators must go on from where they were
    undisturbed = train_sft(make_task(out="undisturbed", lora=lora, **settings), revisions, helpful, QUIET)
    task = make_task(lora=lora, **settings)
    for step, began_at in ((2, 0), (8, 2)):  # in the first and in the second epoch
        progress = At(step, interrupt)
        with pytest.raises(Interrupted, match=rf"after step {step} of 12: checkpoint-{step} is kept .* same --out"):
            train_sft(task, revisions, helpful, progress)
        assert progress.began_at == began_at
        assert not task.out.exists()
    done = train_sft(task, revisions, helpful, QUIET)
    assert done.checkpoint.digest == undisturbed.checkpoint.digest
    assert log(task.out) == log(task.out.with_name("undisturbed"))
    assert names(task.out.parent) == {"sl-cai", "undisturbed"}


def test_a_second_ctrl_c_stops_at_once(make_task: MakeTask, revisions: Sequence[Revision]) -> None:
    task = make_task(save_steps=2)

    def twice() -> None:
        interrupt()
        interrupt()

    with pytest.raises(Interrupted, match="checkpoint-2 is kept"):
        train_sft(task, revisions, [], At(4, twice))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_work_on_other_data_or_settings_is_not_gone_on_with(make_task: MakeTask, revisions: Sequence[Revision]) -> None:
    task = make_task()
    with pytest.raises(Interrupted):
        train_sft(task, revisions, [], At(4, interrupt))
    for other, records in ((task, revisions[1:]), (make_task(learning_rate=2e-3), revisions)):
        progress = At(2, interrupt)
        with pytest.raises(Interrupted):
            train_sft(other, records, [], progress)
        assert progress.began_at == 0
        assert any("was made from other data or settings; starting anew" in note for note in progress.notes)


def test_a_checkpoint_that_was_not_written_to_the_end_is_passed_over(
    make_task: MakeTask, revisions: Sequence[Revision]
) -> None:
    task = make_task()
    with pytest.raises(Interrupted):
        train_sft(task, revisions, [], At(2, interrupt))
    work = task.out.parent / ".sl-cai.training"
    (work / "checkpoint-4").mkdir()
    (work / "checkpoint-4" / "model.safetensors").write_bytes(b"half")
    progress = At(-1, interrupt)
    train_sft(task, revisions, [], progress)
    assert progress.began_at == 2


def test_a_full_disk_is_one_line(make_task: MakeTask, revisions: Sequence[Revision]) -> None:
    task = make_task()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(StageError, match=r"\.training: .*make room and run the same command again") as said:
            train_sft(task, revisions, [], QUIET)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "\n" not in str(said.value)
    assert train_sft(task, revisions, [], QUIET).examples == 18


def test_nobody_is_told_what_is_trained(
    make_task: MakeTask, revisions: Sequence[Revision], monkeypatch: pytest.MonkeyPatch
) -> None:
    from trl.trainer import base_trainer

    told: list[object] = []
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(base_trainer, "send_telemetry", lambda *args, **about: told.append((args, about)))
    train_sft(make_task(epochs=0.5), revisions, [], QUIET)
    assert told == []


def test_importing_the_stage_imports_no_torch() -> None:
    code = "import sys, charter.train; print({'torch', 'transformers', 'trl', 'peft'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"
