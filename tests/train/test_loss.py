"""The loss over learned tokens alone is TRL's own loss."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from charter.recipe import LoraConfig, ModelConfig, SftConfig
from charter.train.encode import Tokens
from charter.train.loss import answer_loss, takes_positions
from charter.train.plan import make_plan
from charter.train.sft import make_trainer, trl_config

MakeTinyModel = Callable[..., Path]
EXAMPLES = [
    Tokens(list(range(10, 30)), 12),
    Tokens(list(range(40, 55)), 3),
    Tokens(list(range(20, 24)), 1),
]


def gradients(model: Any, loss: Any) -> dict[str, Any]:
    model.zero_grad()
    loss.backward()
    return {name: weight.grad.clone() for name, weight in model.named_parameters() if weight.grad is not None}


@pytest.mark.parametrize(
    ("architecture", "method", "num_items"),
    [("llama_gqa", "full", None), ("llama_gqa", "lora", 40), ("gpt2", "full", 40), ("mamba", "full", None)],
)
def test_the_loss_and_its_gradients_are_those_of_trl(
    architecture: str, method: str, num_items: int | None, make_tiny_model: MakeTinyModel, tmp_path: Path
) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from trl import SFTTrainer

    folder = make_tiny_model(tmp_path / "model", architecture)
    config = SftConfig(batch_size=3, method=method)  # type: ignore[arg-type]
    args = trl_config(config, make_plan(config, ModelConfig(device="cpu", dtype="float32"), 1), tmp_path / "work", 0)
    lora = LoraConfig() if method == "lora" else None
    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    trainer = make_trainer(model, tokenizer, EXAMPLES, args, lora)
    trained = trainer.model.eval()
    assert takes_positions(trained)
    (batch,) = trainer.get_train_dataloader()

    theirs = SFTTrainer.compute_loss(trainer, trained, dict(batch), num_items_in_batch=num_items)
    ours = answer_loss(trained, batch, num_items)
    torch.testing.assert_close(ours, theirs)
    expected, found = gradients(trained, theirs), gradients(trained, ours)
    assert expected.keys() == found.keys()
    assert found
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, rtol=1e-4, atol=1e-5)
