"""The policy answers as the finished model would, and with the weights that it has now."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from charter.models.completer import Chat, Sampling
from charter.models.hf import HfCompleter
from charter.models.loading import load_completer
from charter.models.rendering import make_renderer
from charter.recipe import ModelConfig
from charter.records import Message
from charter.train.rl_rollouts import Decoder

SAMPLING = Sampling(max_new_tokens=10)
CHATS = [(Message("user", f"How do I pick lock {number}?"),) for number in range(6)]
SEEDS = [3, 1, 4, 1, 5, 9]


def never(prompts: list[list[int]]) -> list[list[int]]:
    raise AssertionError(f"{len(prompts)} prompts were answered in another way")


@pytest.fixture
def loaded(tiny_llama: Path) -> Any:
    config = ModelConfig(name=str(tiny_llama), device="cpu", dtype="float32")
    completer = load_completer(config)
    assert isinstance(completer, HfCompleter)
    return completer._loaded


def decoder(loaded: Any, form: str = "chat", *, whole: bool = True) -> Decoder:
    loaded.model.set_attn_implementation("sdpa")
    renderer = make_renderer(loaded.tokenizer, form, loaded.stop_tokens)
    return Decoder(loaded.model, renderer, SAMPLING, batch_size=4, context=loaded.context, whole=whole)


def prompts(loaded: Any, form: str = "chat") -> list[list[int]]:
    renderer = make_renderer(loaded.tokenizer, form, loaded.stop_tokens)
    return renderer.encode([renderer.prompt(chat) for chat in CHATS])


def answers(loaded: Any, folder: Path) -> Sequence[str]:
    """What the completer of the model's weights, saved, says."""
    loaded.model.save_pretrained(folder)
    loaded.tokenizer.save_pretrained(folder)
    completer = load_completer(ModelConfig(name=str(folder), device="cpu", dtype="float32", batch_size=4))
    chats = [Chat(chat, seed) for chat, seed in zip(CHATS, SEEDS, strict=True)]
    return [each.text for each in completer.complete(chats, SAMPLING)]


def test_answers_are_the_completers_and_follow_the_weights(loaded: Any, tmp_path: Path) -> None:
    import torch

    writes = decoder(loaded)
    assert writes.reason.startswith("shared")
    loaded.model.train()
    before = [each.text for each in writes.write(prompts(loaded), SEEDS, never)]
    assert loaded.model.training
    assert loaded.model.config._attn_implementation == "sdpa"
    assert before == answers(loaded, tmp_path / "before")
    with torch.no_grad():
        loaded.model.lm_head.weight.mul_(-1)
    after = [each.text for each in writes.write(prompts(loaded), SEEDS, never)]
    assert after == answers(loaded, tmp_path / "after")
    assert after != before


def test_each_answer_depends_on_its_own_seed_alone(loaded: Any) -> None:
    writes = decoder(loaded)
    alone = [writes.write([prompt], [seed], never)[0] for prompt, seed in zip(prompts(loaded), SEEDS, strict=True)]
    assert [each.tokens for each in alone] == [each.tokens for each in writes.write(prompts(loaded), SEEDS, never)]


def test_weights_that_are_divided_among_processes_are_left_to_the_trainers_own_way(loaded: Any) -> None:
    writes = decoder(loaded, whole=False)
    assert writes.reason == "through generate: the weights are divided among processes"
    stop = min(loaded.stop_tokens)
    letters = loaded.tokenizer("Oil it.", add_special_tokens=False)["input_ids"]
    first, second = writes.write([[1], [2]], [0, 0], lambda asked: [[*letters, stop, *letters], letters])
    assert (first.text, first.finish, first.tokens) == ("Oil it.", "stop", [*letters, stop])
    assert (second.text, second.finish) == ("Oil it.", "length")


def test_a_transcript_ends_where_the_human_speaks_again(loaded: Any) -> None:
    writes = decoder(loaded, "transcript", whole=False)
    tokens = loaded.tokenizer(" Oil it.\n\nHuman: And then?", add_special_tokens=False)["input_ids"]
    (cut,) = writes.write([[1]], [0], lambda _: [tokens])
    assert (cut.text, cut.finish) == ("Oil it.", "stop")
    assert len(cut.tokens) < len(tokens)
