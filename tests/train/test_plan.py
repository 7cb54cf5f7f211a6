"""What is chosen for the user, and that the reason is said."""

import pytest
import torch

from charter.errors import ConfigError
from charter.recipe import ModelConfig, SftConfig
from charter.train.plan import FULL_UP_TO, make_plan

CPU = ModelConfig(device="cpu")


def test_full_up_to_a_billion_parameters_and_lora_above() -> None:
    small, large = (make_plan(SftConfig(), CPU, FULL_UP_TO + more) for more in (0, 1))
    assert (small.method, large.method) == ("full", "lora")
    assert "1,000,000,001 parameters are more than" in large.method_reason


def test_a_method_that_is_asked_for_is_taken() -> None:
    assert make_plan(SftConfig(method="lora"), CPU, 10).method == "lora"
    plan = make_plan(SftConfig(method="full"), CPU, 10**12)
    assert (plan.method, plan.method_reason) == ("full", "sft.method says so")


def test_on_a_cpu_the_weights_are_float32() -> None:
    for method in ("full", "lora"):
        plan = make_plan(SftConfig(method=method), CPU, 10)
        assert (plan.device, plan.weights) == ("cpu", "float32")
        assert plan.precision_reason


def test_float32_throughout_where_the_recipe_says_so() -> None:
    plan = make_plan(SftConfig(), ModelConfig(device="cpu", dtype="float32"), 10)
    assert (plan.autocast, plan.precision, plan.precision_reason) == (
        False,
        "float32 throughout",
        "model.dtype says so",
    )


@pytest.mark.parametrize("device", ["mps", "gpu", ""])
def test_a_device_that_cannot_train_is_refused(device: str) -> None:
    with pytest.raises(ConfigError, match="training runs on 'cpu' or 'cuda'"):
        make_plan(SftConfig(), ModelConfig(device=device), 10)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_a_gpu_that_is_not_there_is_refused() -> None:
    with pytest.raises(ConfigError, match="no usable CUDA device"):
        make_plan(SftConfig(), ModelConfig(device="cuda:1"), 10)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_on_a_gpu_frozen_weights_are_halved_and_trained_ones_are_not() -> None:
    assert make_plan(SftConfig(method="full"), ModelConfig(), 10).weights == "float32"
    assert make_plan(SftConfig(method="lora"), ModelConfig(), 10).weights == "bfloat16"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_another_gpu_than_the_first_is_refused_with_the_mend() -> None:
    with pytest.raises(ConfigError, match="set CUDA_VISIBLE_DEVICES=1"):
        make_plan(SftConfig(), ModelConfig(device="cuda:1"), 10)
