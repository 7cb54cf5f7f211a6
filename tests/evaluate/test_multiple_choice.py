"""Questions put to a model, and what is made of its log-probabilities."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from charter.errors import ConfigError
from charter.evaluate.choice_files import Question
from charter.evaluate.multiple_choice import ask, load_choices, measure_choices
from charter.models import load_completer
from charter.models.completer import Chat, Completion, OnDone, Sampling
from charter.recipe import ModelConfig
from charter.records import Message

NAN = math.nan


def question(number: int, *options: str, right: int = 0, subset: str = "s", **of: Any) -> Question:
    return Question(
        where=f"x:{number}",
        subset=subset,
        messages=(Message("user", f"Q{number}?"),),
        options=options,
        right=frozenset({right}),
        **of,
    )


class Scored:
    """A completer with a log-probability for each option."""

    name = digest = "scored"

    def __init__(self, scores: dict[str, float]) -> None:
        self._scores = scores

    def complete(self, chats: Sequence[Chat], sampling: Sampling, on_done: OnDone | None = None) -> list[Completion]:
        raise AssertionError("nothing is generated")

    def score(self, chats: Sequence[Chat], options: Sequence[Sequence[str]]) -> list[list[float]]:
        assert len(chats) == len(options)
        return [[self._scores[text] for text in texts] for texts in options]


def test_the_most_probable_option_is_the_answer() -> None:
    model = Scored(
        {"yes": math.log(0.6), "no": math.log(0.2), "tie": math.log(0.6), "unknown": NAN, "never": -math.inf}
    )
    told: list[int] = []
    report = measure_choices(
        model,
        [
            question(1, "yes", "no"),
            question(2, "yes", "no", right=1),
            question(3, "yes", "tie"),
            question(4, "yes", "unknown", subset="t"),
            question(5, "yes", "never", "no", subset="t"),
            question(6, "never", "never", subset="t"),
        ],
        "texts",
        told.append,
    )
    first, second = report.subsets["s"], report.subsets["t"]
    assert (first.accuracy.k, first.accuracy.n, first.questions, first.unscored) == (1, 3, 3, 0)
    assert first.p_right == pytest.approx((0.75 + 0.25 + 0.5) / 3)
    assert first.chance == 0.5
    assert (second.accuracy.k, second.accuracy.n, second.unscored) == (1, 1, 2)
    assert second.chance == pytest.approx((1 / 2 + 1 / 3 + 1 / 2) / 3)
    assert (report.overall.accuracy.k, report.overall.accuracy.n, report.overall.questions) == (2, 4, 6)
    assert sum(told) == 6
    assert list(report.subsets) == ["s", "t"]


def test_by_length_a_long_option_is_not_at_a_disadvantage() -> None:
    report = measure_choices(Scored({"a long answer": -6.5, "no": -4.0}), [question(1, "a long answer", "no")], "texts")
    assert (report.overall.accuracy.k, report.overall.accuracy_by_length.k) == (0, 1)


def test_several_options_may_be_right() -> None:
    both = Question(
        where="x:1", subset="s", messages=(Message("user", "Q?"),), options=("a", "b", "c"), right=frozenset({0, 2})
    )
    report = measure_choices(Scored({"a": -9.0, "b": -2.0, "c": -1.0}), [both], "texts")
    assert report.overall.accuracy.k == 1
    assert report.overall.p_right == pytest.approx(1 - math.exp(-2) / (math.exp(-9) + math.exp(-2) + math.exp(-1)))
    assert report.overall.chance == pytest.approx(2 / 3)


def test_where_nothing_is_scored_nothing_is_claimed() -> None:
    report = measure_choices(Scored({"a": NAN, "b": NAN}), [question(1, "a", "b")], "texts")
    assert (report.overall.accuracy.rate, report.overall.p_right, report.overall.unscored) == (None, None, 1)
    assert json.loads(json.dumps(report.as_json(), allow_nan=False))["overall"]["p_right"] is None


def test_letters_are_asked_for_with_the_files_own_prompt() -> None:
    own = question(1, "yes", "no", listed="Pick one:\n (A) yes\n (B) no", letters=("(A)", "(B)"))
    chat, options = ask(own, "letters")
    assert (chat.messages, options) == ((Message("user", "Pick one:\n (A) yes\n (B) no"),), ("(A)", "(B)"))
    assert ask(own, "texts") == (Chat((Message("user", "Q1?"),)), ("yes", "no"))


def test_letters_of_our_own_are_in_no_order_that_gives_the_answer_away() -> None:
    firsts = 0
    for number in range(60):
        chat, (right, wrong) = ask(question(number, "yes", "no"), "letters")
        text = chat.messages[0].content
        assert f" {right} yes" in text
        assert f" {wrong} no" in text
        assert {right, wrong} == {"(A)", "(B)"}
        firsts += right == "(A)"
    assert 15 < firsts < 45
    assert ask(question(3, "yes", "no"), "letters") == ask(question(3, "yes", "no"), "letters")


def test_a_conversation_is_shown_as_one_before_its_options() -> None:
    turns = (Message("user", "Hi"), Message("assistant", "Ho"), Message("user", "Well?"))
    long = Question(where="x:1", subset="s", messages=turns, options=("a", "b"), right=frozenset({1}))
    (shown,) = ask(long, "letters")[0].messages
    assert "User: Hi\n\nAssistant: Ho\n\nUser: Well?" in shown.content
    assert ask(long, "texts")[0].messages == turns


def test_a_real_model_scores_what_fits(tiny_llama: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    rows = [{"question": "Q?" + " long" * n, "choices": ["yes", "no"], "answer": 0} for n in (0, 3000)]
    path.write_text("\n".join(map(json.dumps, rows)))
    completer = load_completer(ModelConfig(name=str(tiny_llama), device="cpu", dtype="float32"))
    for form in ("letters", "texts"):
        report = measure_choices(completer, load_choices([path], form), form)  # type: ignore[arg-type]
        assert (report.overall.accuracy.n, report.overall.unscored) == (1, 1)
        assert report.overall.p_right is not None
        assert 0 < report.overall.p_right < 1


def test_a_file_named_twice_and_letters_without_texts_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"prompt": "A or B?", "corrects": ["(A)"], "incorrects": ["(B)"]}))
    with pytest.raises(ConfigError, match="named twice"):
        load_choices([path, tmp_path / "." / "x.jsonl"], "letters")
    with pytest.raises(ConfigError, match=r"x\.jsonl:1: its options are letters without texts; use --options letters"):
        load_choices([path], "texts")
    assert len(load_choices([path], "letters")) == 1
