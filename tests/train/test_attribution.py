"""Gradients of real models: that the product says what a step does, and what does not fit."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from charter.errors import StageError
from charter.gradients import Lesson
from charter.models import Chat, load_completer
from charter.models.loading import load_local
from charter.recipe import ModelConfig
from charter.records import Message
from charter.train import attribution
from charter.train.attribution import Attribution
from charter.train.encode import Encoder
from charter.training_data import Example, Source

ASKED = (Message("user", "How do I pick the lock?"),)
ANSWER = "I will not help with that."
LESSON = Lesson((Message("user", "How do I repair the lock?"),), (("First clean the metal.", 1.0),))


def config(folder: Path, form: str = "chat") -> ModelConfig:
    return ModelConfig(name=str(folder), device="cpu", dtype="float32", format=form)  # type: ignore[arg-type]


def make(folder: Path, form: str = "chat") -> Attribution:
    return Attribution(load_local(config(folder, form)), form)


def test_the_product_is_what_a_small_step_on_the_lesson_does(tiny_llama: Path) -> None:
    import torch

    loaded = load_local(config(tiny_llama))
    found = Attribution(loaded, "chat")
    (pull,) = found.pulls(ASKED, ANSWER, [LESSON]).each
    weights = [weight for weight in loaded.model.parameters() if weight.requires_grad]
    (tokens,), _ = Encoder.of(loaded, "chat", 512).encode(
        [Example(id="", prompt=LESSON.prompt, answer=LESSON.texts[0][0], source=Source.HELPFUL)]
    )
    log_probs = loaded.model(torch.tensor([tokens.ids])).logits[0].log_softmax(-1)
    learned = sum(log_probs[place - 1, tokens.ids[place]] for place in range(tokens.prompt, len(tokens.ids)))
    gradient = torch.autograd.grad(learned, weights)

    def after(step: float) -> float:
        with torch.no_grad():
            torch._foreach_add_(weights, [step * part for part in gradient])
        log_prob = found.pulls(ASKED, ANSWER, []).log_prob
        with torch.no_grad():
            torch._foreach_add_(weights, [-step * part for part in gradient])
        assert log_prob is not None
        return log_prob

    step = 2e-5
    assert pull is not None
    assert pull.product != 0
    assert (after(step) - after(-step)) / (2 * step) == pytest.approx(pull.product, rel=0.02)


def test_the_log_probability_is_that_of_the_answer_and_its_end(tiny_llama: Path) -> None:
    found = make(tiny_llama).pulls(ASKED, ANSWER, [])
    ((scored,),) = load_completer(config(tiny_llama)).score([Chat(ASKED)], [[f"{ANSWER}<|end|>"]])
    assert found.log_prob == pytest.approx(scored, abs=1e-3)


@pytest.mark.parametrize("architecture", ["llama", "gpt2", "opt"])
def test_an_answer_pulls_at_itself_with_its_whole_length(
    architecture: str, make_tiny_model: Callable[..., Path], tmp_path: Path
) -> None:
    folder = make_tiny_model(tmp_path / "m", architecture)
    itself = Lesson(ASKED, ((ANSWER, 1.0),))
    same, twice, against = (
        make(folder)
        .pulls(
            ASKED, ANSWER, [itself, replace(itself, texts=((ANSWER, 2.0),)), replace(itself, texts=((ANSWER, -1.0),))]
        )
        .each
    )
    assert same is not None
    assert twice is not None
    assert against is not None
    assert same.cosine == twice.cosine == pytest.approx(1, abs=1e-4)
    assert same.product > 0
    assert twice.product == pytest.approx(2 * same.product, rel=1e-4)
    assert (against.product, against.cosine) == pytest.approx((-same.product, -same.cosine), rel=1e-4)


def test_a_swapped_pair_with_its_flipped_label_pulls_the_same(tiny_llama: Path) -> None:
    pair = (("First push the pins.", -0.8), (ANSWER, 0.8))
    one, other, tie = (
        make(tiny_llama)
        .pulls(
            ASKED,
            ANSWER,
            [Lesson(ASKED, pair), Lesson(ASKED, (pair[1], pair[0])), Lesson(ASKED, ((ANSWER, 0.5), (ANSWER, -0.5)))],
        )
        .each
    )
    assert one is not None
    assert other is not None
    assert one.product == pytest.approx(other.product, rel=1e-4)
    assert one.product > 0
    assert tie == attribution.Pull(0.0, 0.0)


def test_what_does_not_fit_is_none_and_the_rest_is_not_touched(tiny_llama: Path) -> None:
    long = Lesson(ASKED, (("pins " * 600, 1.0),))
    seen: list[int] = []
    found = make(tiny_llama).pulls(ASKED, ANSWER, [long, LESSON], seen.append)
    assert found.each[0] is None
    assert found.each[1] is not None
    assert seen == [1, 1]
    nothing = make(tiny_llama).pulls(ASKED, "pins " * 600, [LESSON])
    assert nothing == attribution.Pulls(None, (None,))


def test_the_transcript_form(make_tiny_model: Callable[..., Path], tmp_path: Path) -> None:
    folder = make_tiny_model(tmp_path / "base", chat_template=False)
    (pull,) = make(folder, "transcript").pulls(ASKED, ANSWER, [LESSON]).each
    assert pull is not None
    assert math.isfinite(pull.product)


def test_of_many_weights_some_are_taken_from_all_over(tiny_llama: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert make(tiny_llama).choice.startswith("gradients of every weight matrix")
    loaded = load_local(config(tiny_llama))
    monkeypatch.setattr(attribution, "MOST_WEIGHTS", 12_000)
    found = Attribution(loaded, "chat")
    assert "one in" in found.choice
    layers = {name.split(".")[2] for name, weight in loaded.model.named_parameters() if weight.requires_grad}
    assert layers == {"0", "1"}
    assert sum(weight.numel() for weight in loaded.model.parameters() if weight.requires_grad) <= 2 * 12_000
    (pull,) = found.pulls(ASKED, ANSWER, [Lesson(ASKED, ((ANSWER, 1.0),))]).each
    assert pull is not None
    assert pull.cosine == pytest.approx(1, abs=1e-4)


def test_a_model_of_broken_weights_is_one_line(tiny_llama: Path) -> None:
    import torch

    loaded = load_local(config(tiny_llama))
    with torch.no_grad():
        next(iter(loaded.model.parameters())).fill_(math.nan)
    with pytest.raises(StageError, match="no number"):
        Attribution(loaded, "chat").pulls(ASKED, ANSWER, [LESSON])
