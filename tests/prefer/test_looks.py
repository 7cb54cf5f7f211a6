"""How a judge's answer is read: from two log-probabilities, or from what it wrote."""

import math

import pytest

from charter.constitution import load_constitution
from charter.prefer.looks import Look, read_answer

from .conftest import make_pair


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("(A)", "A"),
        (" (B)\n", "B"),
        ("**(B)**", "B"),
        ("`(A)`.", "A"),
        ("( B )", "B"),
        ("A", "A"),
        ("B.", "B"),
        ("B)", "B"),
        ("(A) is better than (B).", "A"),
        ("(B), because (A) is harmful", "B"),
        ("The answer is (B).", "B"),
        ("Answer: B", "B"),
        ("My choice is **A**", "A"),
        ("Response B is less harmful.", "B"),
        ("I prefer option b", "B"),
    ],
)
def test_an_answer_in_any_usual_dress(text: str, letter: str) -> None:
    assert read_answer(text) == letter


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A good response declines.",
        "Both are fine.",
        "Neither (A) nor (B).",
        "Response A and response B are alike.",
        "a",
        "(C)",
        "I cannot compare these.",
        "\x1b[2J",
        "An answer: Because it is so.",
    ],
)
def test_what_names_neither_or_both_is_no_answer(text: str) -> None:
    assert read_answer(text) == ""


def look(forward: bool = True) -> Look:
    principle = load_constitution("default").select()[0]
    return Look(make_pair("a", "b"), principle, forward, 0, ())


@pytest.mark.parametrize(("a", "b"), [(0.6, 0.2), (0.02, 0.03), (1.0, 0.0), (1e-3, 1e-5)])
def test_probabilities_are_normalised_over_the_two_options(a: float, b: float) -> None:
    one, other = look(), look(forward=False)
    for each in (one, other):
        each.score(*(math.log(p) if p else -math.inf for p in (a, b)))
        assert each.mass == pytest.approx(a + b)
    assert one.p_first == pytest.approx(a / (a + b))
    assert other.p_first == pytest.approx(b / (a + b)), "shown second, the pair's first response is B"


def test_far_apart_log_probabilities_do_not_overflow() -> None:
    for a, b, expected in ((-0.0, -5000.0, 1.0), (-5000.0, -0.0, 0.0)):
        each = look()
        each.score(a, b)
        assert each.p_a == expected


@pytest.mark.parametrize(("a", "b"), [(math.log(3e-5), math.log(3e-5)), (-math.inf, -math.inf), (-800.0, -900.0)])
def test_options_that_the_judge_all_but_rules_out_are_no_answer(a: float, b: float) -> None:
    each = look()
    each.score(a, b)
    assert each.p_a is None
    assert each.reason.startswith("the judge answered with neither option: together they have a probability of ")


def test_no_number_leaves_the_question_open() -> None:
    each = look()
    each.score(math.nan, -1.0)
    assert each.open


def test_votes_are_shares_of_those_that_name_an_option() -> None:
    each = look()
    each.count(["A", "", "A", "B", ""])
    assert each.p_a == pytest.approx(2 / 3)
    each = look()
    each.count(["", ""])
    assert (each.p_a, each.reason) == (None, "the judge answered with neither option: in 2 samples")
