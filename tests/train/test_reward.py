"""What is a reward model's own: its head, its pairs, its middle, and one model a kind of label."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from charter.errors import ModelError
from charter.models.hf_load import load_model
from charter.progress import Progress
from charter.records import Preference
from charter.train import RewardTask, load_reward_model, measure_reward, train_reward
from charter.train.encode import Encoder
from charter.train.pairs import PairExamples, PairTokens
from charter.train.preference_data import hold_out, preference_data
from charter.train.reward import RewardTraining, make_trainer
from charter.train.reward_model import with_score_head

MakeTask = Callable[..., RewardTask]
MakeTinyModel = Callable[..., Path]
QUIET = Progress(quiet=True)


def trainer_of(task: RewardTask, preferences: Sequence[Preference]) -> tuple[Any, list[PairTokens]]:
    """A trainer that has not taken a step, and its pairs."""
    from charter.train.plan import make_plan
    from charter.train.trainer import trl_settings

    folder = Path(task.base.path)
    loaded = load_model(task.model, folder, None, folder)
    data = preference_data(preferences)
    pairs = PairExamples.of(data, Encoder.of(loaded, "chat", 512), task.label).pairs
    settings = trl_settings(task.config, make_plan(task.config, task.model, 1), task.out, task.seed)
    args = RewardTraining(task, preferences).arguments(settings)
    return make_trainer(with_score_head(loaded.model, loaded.tokenizer), loaded.tokenizer, pairs, args, None), pairs


def test_a_pair_is_what_the_policy_sees_and_writes(
    make_reward_task: MakeTask, preferences: Sequence[Preference]
) -> None:
    from transformers import AutoTokenizer

    task = make_reward_task()
    _, pairs = trainer_of(task, preferences)
    tokenizer = AutoTokenizer.from_pretrained(task.base.path)
    for pair, preference in zip(pairs, preferences, strict=True):
        request = preference.pair.prompt.messages[0].content
        for tokens, answer in ((pair.first, preference.pair.first), (pair.second, preference.pair.second)):
            assert tokenizer.decode(tokens.ids[: tokens.prompt]) == f"<|bos|><|user|>{request}<|end|><|assistant|>"
            assert tokenizer.decode(tokens.ids[tokens.prompt :]) == f"{answer}<|end|>"


def test_a_batch_is_all_first_answers_and_then_all_second_ones(
    make_reward_task: MakeTask, preferences: Sequence[Preference]
) -> None:
    trainer, pairs = trainer_of(make_reward_task(), preferences)
    order = list(trainer.order)[:4]
    batch = next(iter(trainer.get_train_dataloader()))
    texts = [pairs[place].first for place in order] + [pairs[place].second for place in order]
    for row, mask, answer, text in zip(
        batch["input_ids"], batch["attention_mask"], batch["answer_mask"], texts, strict=True
    ):
        assert row[mask.bool()].tolist() == text.ids
        assert row[answer].tolist() == text.ids[text.prompt :]
    assert batch["p_first"].tolist() == pytest.approx([pairs[place].p_first for place in order])


@pytest.mark.parametrize(("ties", "moves"), [(True, False), (False, True)])
def test_ties_at_equal_scores_have_no_gradient(
    ties: bool, moves: bool, make_reward_task: MakeTask, preferences: Sequence[Preference]
) -> None:
    """The head is zero, so all scores are equal: nothing may move but for labels that are no tie."""
    import torch

    trainer, _ = trainer_of(make_reward_task(), preferences)
    batch = next(iter(trainer.get_train_dataloader()))
    batch["p_first"] = torch.full_like(batch["p_first"], 0.5) if ties else torch.full_like(batch["p_first"], 0.9)
    loss = trainer.compute_loss(trainer.model, batch)
    loss.backward()
    assert loss.item() == pytest.approx(0.6931472)
    gradients = [weight.grad for weight in trainer.model.parameters() if weight.grad is not None]
    assert any(bool(gradient.any()) for gradient in gradients) is moves


def test_scores_are_centred_on_what_was_trained_on(
    make_reward_task: MakeTask, preferences: Sequence[Preference]
) -> None:
    task = make_reward_task()
    done = train_reward(task, preferences, QUIET)
    kept, held = hold_out(preferences, task.config.held_out, task.seed)
    assert (len(kept), held) == (done.examples, done.held_out)
    assert held
    chats = [each.pair.prompt.messages for each in kept]
    model = load_reward_model(task.out, task.model)
    scores = model.score(chats * 2, [each.pair.first for each in kept] + [each.pair.second for each in kept])
    assert sum(scores) / len(scores) == pytest.approx(0, abs=1e-4)
    assert max(scores) - min(scores) > 0.1
    assert json.loads((task.out / "training.json").read_text())["offset"] != 0

    found = measure_reward(model, held, done.examples, oracle=lambda *_: 1.0)
    assert (found.digest, found.trained_on, found.held_out) == (done.checkpoint.digest, len(kept), len(held))
    assert found.oracle is not None
    assert found.oracle.n == len(held)


def test_one_model_a_kind_of_label(make_reward_task: MakeTask, preferences: Sequence[Preference]) -> None:
    done = {
        aim: train_reward(make_reward_task(aim=aim, out=f"reward-{aim}", epochs=0.5), preferences, QUIET)
        for aim in ("harmless", "helpful")
    }
    assert all(0 < each.examples + len(each.held_out) <= 12 for each in done.values())
    assert {each.pair.aim for each in done["helpful"].held_out} <= {"helpful"}
    assert done["harmless"].checkpoint.digest != done["helpful"].checkpoint.digest


@pytest.mark.parametrize("architecture", ["gpt2", "qwen2", "opt", "gpt_neox"])
def test_models_of_other_architectures_get_a_head(
    architecture: str, make_tiny_model: MakeTinyModel, tmp_path: Path
) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = make_tiny_model(tmp_path / "base", architecture)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = with_score_head(AutoModelForCausalLM.from_pretrained(folder), tokenizer)
    ids = torch.tensor([[5, 6, 7]])
    assert model(input_ids=ids).logits.tolist() == [[0.0]]
    assert not any(weight.is_meta for weight in model.parameters())


def test_a_model_that_has_no_such_form_is_refused(
    make_reward_task: MakeTask, preferences: Sequence[Preference], make_tiny_model: MakeTinyModel, tmp_path: Path
) -> None:
    base = make_tiny_model(tmp_path / "base", "mamba")
    with pytest.raises(ModelError, match="a model of type mamba cannot become a reward model"):
        train_reward(make_reward_task(base=base), preferences, QUIET)
