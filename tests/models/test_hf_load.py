"""What is chosen automatically, and the reason that is recorded with it."""

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import torch

from charter.models.hf import HfCompleter
from charter.models.hf_load import choose_device, choose_dtype

Load = Callable[..., HfCompleter]
CPU, CUDA = torch.device("cpu"), torch.device("cuda")


def test_a_small_model_runs_in_float32_on_a_cpu() -> None:
    dtype, reason = choose_dtype("auto", CPU, torch.float16, 1_000_000)
    assert dtype == torch.float32
    assert reason == "float32: exact, and the weights (0.0 GiB) fit into memory"


def test_a_model_too_large_for_float32_runs_in_bfloat16_on_a_cpu() -> None:
    free = psutil.virtual_memory().available
    dtype, reason = choose_dtype("auto", CPU, torch.bfloat16, free // 4)
    assert dtype == torch.bfloat16
    assert reason.startswith("bfloat16: in float32 the weights would take ")


@pytest.mark.parametrize(
    ("capability", "stored", "dtype", "reason"),
    [
        ((9, 0), torch.float32, torch.bfloat16, "bfloat16: fast on this GPU, with the range of float32"),
        ((8, 0), torch.bfloat16, torch.bfloat16, "bfloat16: fast on this GPU, with the range of float32"),
        ((8, 0), torch.float16, torch.float16, "float16: the weights are saved in it"),
        ((7, 5), torch.float32, torch.float16, "float16: this GPU has no fast bfloat16"),
    ],
)
def test_precision_on_a_gpu(
    monkeypatch: pytest.MonkeyPatch,
    capability: tuple[int, int],
    stored: torch.dtype,
    dtype: torch.dtype,
    reason: str,
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    assert choose_dtype("auto", CUDA, stored, 8_000_000_000) == (dtype, reason)


def test_what_the_recipe_says_is_done() -> None:
    assert choose_dtype("bfloat16", CPU, torch.float32, 1) == (torch.bfloat16, "bfloat16: the recipe says so")
    assert choose_device("cpu") == (CPU, "cpu: the recipe says so")


@pytest.mark.parametrize(
    ("here", "device", "reason"),
    [(False, CPU, "cpu: no GPU that torch can use"), (True, CUDA, "cuda: a GPU is here (Some GPU)")],
)
def test_a_gpu_is_used_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, here: bool, device: torch.device, reason: str
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: here)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Some GPU")
    assert choose_device("auto") == (device, reason)


def test_the_choices_of_a_completer_are_recorded(tiny_llama: Path, load: Load) -> None:
    choices = load(tiny_llama, dtype="bfloat16", device="cpu").choices
    assert choices["dtype"] == "bfloat16: the recipe says so"
    assert choices["device"] == "cpu: the recipe says so"
    assert choices["generation"].startswith("shared: logits as in a plain pass")
