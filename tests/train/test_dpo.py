"""What is DPO's own: the reference, and the loss that TRL has for hard labels."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from charter.models import load_completer
from charter.models.hf_load import load_model
from charter.progress import Progress
from charter.recipe import LoraConfig
from charter.records import Preference
from charter.train import DpoTask, train_dpo
from charter.train.dpo import DpoTraining, make_trainer
from charter.train.encode import Encoder
from charter.train.pairs import PairExamples
from charter.train.plan import make_plan
from charter.train.preference_data import preference_data
from charter.train.trainer import trl_settings

MakeTask = Callable[..., DpoTask]
MakeTinyModel = Callable[..., Path]


def trainer_of(task: DpoTask, preferences: Sequence[Preference], reference: bool = False) -> Any:
    """A trainer that has not taken a step."""
    folder = Path(task.base.path)
    loaded = load_model(task.model, folder, None, folder)
    pairs = PairExamples.of(preference_data(preferences), Encoder.of(loaded, "chat", 512), task.label).pairs
    settings = trl_settings(task.config, make_plan(task.config, task.model, 1), task.out, task.seed)
    args = DpoTraining(task, preferences).arguments(settings)
    held = load_model(task.model, folder, None, folder).model if reference else None
    lora = task.config.lora if task.config.method == "lora" else None
    return make_trainer(loaded.model, loaded.tokenizer, pairs, args, lora=lora, reference=held)


def moved(trainer: Any) -> None:
    """Weights that are no longer the reference's."""
    import torch

    torch.manual_seed(0)
    with torch.no_grad():
        for weight in trainer.model.parameters():
            if weight.requires_grad:
                weight.add_(torch.randn_like(weight), alpha=0.02)
    trainer.model.eval()


@pytest.mark.parametrize(("ties", "moves"), [(True, False), (False, True)])
def test_ties_have_no_gradient_where_the_policy_is_the_reference(
    ties: bool, moves: bool, make_dpo_task: MakeTask, preferences: Sequence[Preference]
) -> None:
    import torch

    trainer = trainer_of(make_dpo_task(), preferences, reference=True)
    trainer.model.eval()
    batch = next(iter(trainer.get_train_dataloader()))
    batch["p_first"] = torch.full_like(batch["p_first"], 0.5 if ties else 0.9)
    with torch.no_grad():
        batch["reference"] = trainer._difference(trainer.model, batch)
    loss = trainer.compute_loss(trainer.model, batch)
    loss.backward()
    assert loss.item() == pytest.approx(0.6931472)
    gradients = [weight.grad for weight in trainer.model.parameters() if weight.grad is not None]
    assert any(bool(gradient.any()) for gradient in gradients) is moves


@pytest.mark.parametrize("method", ["full", "lora"])
def test_with_hard_labels_the_loss_is_trls_own(
    method: str, make_dpo_task: MakeTask, preferences: Sequence[Preference]
) -> None:
    import torch
    from trl import DPOTrainer

    task = make_dpo_task(method=method, lora=LoraConfig(r=4))
    trainer = trainer_of(task, preferences, reference=method == "full")
    trainer.ask_reference()
    moved(trainer)
    batch = next(iter(trainer.get_train_dataloader()))
    batch["p_first"] = torch.ones_like(batch["p_first"])
    theirs_of = {"input_ids": "input_ids", "attention_mask": "attention_mask", "completion_mask": "answer_mask"}
    theirs = DPOTrainer.compute_loss(trainer, trainer.model, {name: batch[ours] for name, ours in theirs_of.items()})
    ours = trainer.compute_loss(trainer.model, batch)
    assert abs(ours.item() - 0.6931472) > 1e-3
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)

    asked = batch.pop("reference")
    torch.testing.assert_close(trainer._reference(batch), asked, rtol=1e-4, atol=1e-3)


def test_swapping_pairs_with_their_labels_trains_the_same(
    make_dpo_task: MakeTask, preferences: Sequence[Preference]
) -> None:
    import torch

    losses = []
    for records in (preferences, [each.swapped() for each in preferences]):
        trainer = trainer_of(make_dpo_task(batch_size=24), records)
        trainer.ask_reference()
        moved(trainer)
        losses.append(trainer.compute_loss(trainer.model, next(iter(trainer.get_train_dataloader()))))
    torch.testing.assert_close(losses[0], losses[1])


@pytest.mark.parametrize("architecture", ["gpt2", "mamba"])
def test_other_architectures_are_trained_and_load(
    architecture: str,
    make_dpo_task: MakeTask,
    make_tiny_model: MakeTinyModel,
    preferences: Sequence[Preference],
    tmp_path: Path,
) -> None:
    task = make_dpo_task(base=make_tiny_model(tmp_path / "base", architecture), epochs=0.5)
    done = train_dpo(task, preferences, Progress(quiet=True))
    trained = task.model.model_copy(update={"name": str(task.out)})
    assert load_completer(trained).digest == done.checkpoint.digest != task.base.digest
