"""Scores of answers, and which folders are refused as reward models."""

import json
import math
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from charter.errors import ModelError
from charter.progress import Progress
from charter.recipe import ModelConfig
from charter.records import Message, Preference
from charter.train import RewardTask, check_same_tokenizer, load_reward_model, train_reward
from charter.train.publish import folder_model_digest

MakeTinyModel = Callable[..., Path]
QUIET = Progress(quiet=True)
CONFIG = ModelConfig(device="cpu", dtype="float32", batch_size=3)
CHATS = [(Message("user", f"How do I pick lock {number}?"),) for number in range(7)]
ANSWERS = ["Push the pins. " * (1 + number % 3) for number in range(7)]


@pytest.fixture(params=["full", "lora"])
def reward(
    request: pytest.FixtureRequest, make_reward_task: Callable[..., RewardTask], preferences: Sequence[Preference]
) -> Path:
    return Path(train_reward(make_reward_task(method=request.param), preferences, QUIET).checkpoint.path)


def test_a_score_does_not_depend_on_what_it_is_scored_with(reward: Path) -> None:
    model = load_reward_model(reward, CONFIG)
    together = model.score(CHATS, ANSWERS)
    alone = [model.score([chat], [answer])[0] for chat, answer in zip(CHATS, ANSWERS, strict=True)]
    assert together == pytest.approx(alone, abs=1e-4)
    assert len({round(score, 3) for score in together}) > 3
    assert model.digest == folder_model_digest(reward)
    short, long = (each.tokens for each in model.rate(CHATS[:2], ["Push.", "Push. Push."]))
    assert 1 < short < long
    assert model.score([], []) == []


def test_what_does_not_fit_has_no_score(reward: Path) -> None:
    scores = load_reward_model(reward, CONFIG).score(CHATS[:2], ["Push. " * 2000, "Push."])
    assert [math.isnan(score) for score in scores] == [True, False]


def test_a_folder_that_is_no_reward_model_is_refused(tiny_llama: Path, reward: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not a reward model"):
        load_reward_model(tiny_llama, CONFIG)
    with pytest.raises(ModelError, match="no such folder"):
        load_reward_model(tmp_path / "nowhere", CONFIG)
    two = shutil.copytree(reward, tmp_path / "two")
    if (two / "adapter_config.json").exists():
        settings = json.loads((two / "adapter_config.json").read_text())
        (two / "adapter_config.json").write_text(json.dumps({**settings, "task_type": "CAUSAL_LM"}))
    else:
        settings = json.loads((two / "config.json").read_text())
        (two / "config.json").write_text(json.dumps({**settings, "id2label": {"0": "bad", "1": "good"}}))
    with pytest.raises(ModelError, match="not a reward model"):
        load_reward_model(two, CONFIG)


def test_a_reward_model_of_another_tokenizer_is_refused(
    reward: Path, tiny_llama: Path, make_tiny_model: MakeTinyModel, tmp_path: Path
) -> None:
    check_same_tokenizer(reward, tiny_llama)
    other = make_tiny_model(tmp_path / "other", vocab_size=300)
    with pytest.raises(ModelError, match=r"a reward model of another tokenizer than that of .*other \(vocabulary"):
        check_same_tokenizer(reward, other)
    retold = shutil.copytree(tiny_llama, tmp_path / "retold")
    template = retold / "chat_template.jinja"
    template.write_text(template.read_text().replace("<|end|>", "<|end|>\n"))
    with pytest.raises(ModelError, match=r"\(chat template differ\)"):
        check_same_tokenizer(reward, retold)
