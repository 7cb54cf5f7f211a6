"""Log-probabilities over real tokens are those of one row at a time, whatever they are padded to and grouped by."""

from pathlib import Path
from typing import Any

import pytest

from charter.train.rl_loss import Batch, Head, log_probs

ROWS = [([5, 9, 11, 40, 7], [8, 30]), ([6], [12, 13, 14, 15]), ([7, 8, 9], [21]), ([30, 31, 32, 33], [3, 3, 3])]
LONGEST = 5, 4
TEMPERATURE = 0.7


def padded() -> tuple[Any, Any]:
    """As TRL pads: prompts on the left, answers on the right."""
    import torch

    ids, mask = [], []
    for prompt, answer in ROWS:
        before, after = LONGEST[0] - len(prompt), LONGEST[1] - len(answer)
        ids.append([0] * before + prompt + answer + [0] * after)
        mask.append([0] * before + [1] * (len(prompt) + len(answer)) + [0] * after)
    return torch.tensor(ids), torch.tensor(mask)


@pytest.fixture(scope="module")
def model(tiny_llama: Path) -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(tiny_llama)


def expected(model: Any) -> tuple[Any, Any]:
    import torch

    values, entropies = torch.zeros(4, 4), torch.zeros(4, 4)
    for row, (prompt, answer) in enumerate(ROWS):
        logits = model(input_ids=torch.tensor([prompt + answer])).logits[0, len(prompt) - 1 : -1]
        each = (logits / TEMPERATURE).log_softmax(-1)
        values[row, : len(answer)] = each[range(len(answer)), answer]
        entropies[row, : len(answer)] = -(each.exp() * each).sum(-1)
    return values, entropies


@pytest.mark.parametrize("budget", [None, 1, 12])
@pytest.mark.parametrize("positions", [True, False])
def test_values_entropies_and_gradients_are_those_of_each_row_alone(
    model: Any, budget: int | None, positions: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch
    from trl.trainer.utils import add_fused_lm_head

    wanted, wanted_entropies = expected(model)
    weight = model.model.layers[0].mlp.up_proj.weight
    (wanted_gradient,) = torch.autograd.grad(wanted.sum(), weight)
    if not positions:
        monkeypatch.setattr(model, "forward", model.forward)  # put back what the head replaces
        add_fused_lm_head(model, temperature=TEMPERATURE, outputs=("log_probs", "entropy"))
    values, entropies = log_probs(model, Batch.of(*padded(), LONGEST[1]), Head(TEMPERATURE, positions), budget)
    torch.testing.assert_close(values, wanted, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(entropies, wanted_entropies, rtol=1e-4, atol=1e-5)
    assert not entropies.requires_grad
    (gradient,) = torch.autograd.grad(values.sum(), weight)
    torch.testing.assert_close(gradient, wanted_gradient, rtol=1e-3, atol=1e-5)


def test_rows_of_like_length_go_through_the_model_together() -> None:
    batch = Batch.of(*padded(), LONGEST[1])
    assert batch.lengths.tolist() == [7, 5, 4, 7]
    assert batch.prompts.tolist() == [5, 1, 3, 4]
    assert [part.tolist() for part in batch.passes(12)] == [[2, 1], [0], [3]]
    assert [part.tolist() for part in batch.passes(None)] == [[0, 1, 2, 3]]
