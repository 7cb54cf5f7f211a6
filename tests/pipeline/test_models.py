"""The models of a run: one in memory at a time, and a judge only once it is asked."""

from pathlib import Path

import pytest
import torch

from charter.models import Chat, Sampling, load_completer
from charter.pipeline import models as module
from charter.pipeline.models import Models
from charter.recipe import ModelConfig
from charter.records import Message

CHAT = [Chat((Message("user", "How do I oil the pins?"),), 3)]
SHORT = Sampling(max_new_tokens=4)


def test_judges_are_loaded_when_they_are_asked_and_one_at_a_time(
    tiny_llama: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = []

    def load(config: ModelConfig) -> object:
        loaded.append(config.name)
        return load_completer(config)

    monkeypatch.setattr(module, "load_completer", load)
    models = Models(ModelConfig())
    itself, other = models.judge("self"), models.judge(str(tiny_llama))
    assert (itself.name, other.name) == ("organism", str(tiny_llama))
    assert itself.digest != other.digest
    assert loaded == []
    for judge in (itself, itself, other, other, itself):
        judge.complete(CHAT, SHORT)
        judge.score(CHAT, [("A", "B")])
    assert loaded == ["organism", str(tiny_llama), "organism"]


def test_a_deferred_judge_is_the_model_that_it_stands_for(tiny_llama: Path) -> None:
    config = ModelConfig(name=str(tiny_llama))
    judge, itself = Models(ModelConfig()).judge(str(tiny_llama)), load_completer(config)
    assert (judge.name, judge.digest) == (itself.name, itself.digest)
    assert judge.complete(CHAT, SHORT) == itself.complete(CHAT, SHORT)
    assert judge.score(CHAT, [("A", "B")]) == itself.score(CHAT, [("A", "B")])


def test_a_judge_that_is_loaded_while_a_policy_learns_draws_nothing_from_the_random_numbers_of_training(
    tiny_llama: Path,
) -> None:
    before = torch.get_rng_state()
    Models(ModelConfig()).judge(str(tiny_llama)).complete(CHAT, SHORT)
    assert torch.equal(torch.get_rng_state(), before)
