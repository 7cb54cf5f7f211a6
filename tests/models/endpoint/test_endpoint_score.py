"""Scores are read from the likeliest tokens that a server lists, as far as they tell the options apart."""

import math
from typing import Any

import pytest

from charter.errors import StageError

from .conftest import Answer, Connect, Script, Serve, chat_answer, chats, echo


def position(token: str, **listed: float) -> dict[str, Any]:
    """One generated token and the probabilities of what might stand in its place (``_`` for a space)."""
    named = {name.replace("_", " "): chance for name, chance in listed.items()}
    return {
        "token": token,
        "logprob": math.log(named[token]),
        "top_logprobs": [{"token": name, "logprob": math.log(chance)} for name, chance in named.items()],
    }


def generating(*positions: dict[str, Any]) -> Script:
    answer = chat_answer("", logprobs={"content": list(positions)})
    return lambda asked: echo(asked) if asked.method == "GET" else answer


def chances(serve: Serve, connect: Connect, options: list[str], *positions: dict[str, Any]) -> list[float]:
    (scores,) = connect(serve(generating(*positions))).score(chats("q"), [options])
    return [math.exp(score) for score in scores]


def test_what_is_asked_for(serve: Serve, connect: Connect) -> None:
    server = serve(generating(position("A", A=0.5, B=0.25)))
    connect(server).score(chats("q", "r", "s"), [["A", "B"], ["(A)", "(B)"], ["yes", "yes, but"]])
    bodies = {asked.text: asked.body for asked in server.posted}
    assert [bodies[text]["max_tokens"] for text in "qrs"] == [1, 2, 4]
    assert all(body["logprobs"] is True and body["top_logprobs"] == 20 for body in bodies.values())
    assert bodies["r"]["seed"] == 1


def test_options_of_one_token(serve: Serve, connect: Connect) -> None:
    found = chances(serve, connect, ["A", "B"], position("A", A=0.5, B=0.25, C=0.125))
    assert found == pytest.approx([0.5, 0.25])


def test_tokens_with_a_space_or_more_than_the_option_add_up(serve: Serve, connect: Connect) -> None:
    found = chances(serve, connect, ["A", "B"], position("A", **{"A": 0.4, "_A": 0.2, "A)": 0.1, "B.": 0.1}))
    assert found == pytest.approx([0.7, 0.1])


def test_a_word_that_only_begins_like_an_option_is_not_it(serve: Serve, connect: Connect) -> None:
    found = chances(serve, connect, ["A", "B"], position("As", As=0.6, A=0.1, B=0.2))
    assert found == pytest.approx([0.1, 0.2])


def test_the_beginning_of_a_longer_option(serve: Serve, connect: Connect) -> None:
    found = chances(serve, connect, ["yes", "no"], position("y", y=0.5, yes=0.25, n=0.125))
    assert found == pytest.approx([0.75, 0.125])


def test_a_common_beginning_is_walked(serve: Serve, connect: Connect) -> None:
    options = ["(A)", "(B)"]
    found = chances(serve, connect, options, position("(", **{"(": 0.8, "(B": 0.1}), position("A", A=0.75, B=0.25))
    assert found == pytest.approx([0.6, 0.3])


def test_a_space_comes_first(serve: Serve, connect: Connect) -> None:
    options = ["(A)", "(B)"]
    found = chances(serve, connect, options, position(" ", _=0.5, I=0.5), position("(A", **{"(A": 0.6, "(B": 0.4}))
    assert found == pytest.approx([0.3, 0.2])


def test_a_walk_that_leaves_the_options_ends_there(serve: Serve, connect: Connect) -> None:
    options = ["(A)", "(B)"]
    found = chances(serve, connect, options, position("I", **{"I": 0.9, "(A": 0.05, "(": 0.01}), position("A", A=1.0))
    assert found == pytest.approx([0.05, 0.01])  # 0.01 is listed for both, so it is the most that (B) may have


def test_an_option_that_is_not_listed_has_at_most_what_is_left(serve: Serve, connect: Connect) -> None:
    assert chances(serve, connect, ["A", "B"], position("A", A=0.75, C=0.125)) == pytest.approx([0.75, 0.125])
    assert chances(serve, connect, ["A", "B"], position("A", A=0.75, C=0.2)) == pytest.approx([0.75, 0.05])


def test_an_answer_that_says_nothing_of_the_options_scores_them_alike(serve: Serve, connect: Connect) -> None:
    a, b = chances(serve, connect, ["A", "B"], position("Well", Well=0.9, So=0.09))
    assert a == b == pytest.approx(0.01)


@pytest.mark.parametrize(
    "logprobs",
    [None, [], {}, {"content": None}, {"content": []}, {"content": [{"token": "A"}]}, {"content": [[1]]}]
    + [{"content": [{"token": "A", "logprob": value, "top_logprobs": []}]} for value in (None, "-1", True, -math.inf)],
    ids=str,
)
def test_a_server_without_log_probabilities(serve: Serve, connect: Connect, logprobs: Any) -> None:
    answer = chat_answer("A", logprobs=logprobs)
    completer = connect(serve(lambda asked: echo(asked) if asked.method == "GET" else answer))
    (scores,) = completer.score(chats("q"), [["A", "B"]])
    assert [math.isnan(score) for score in scores] == [True, True]


def test_one_reply_without_them_leaves_the_others(serve: Serve, connect: Connect) -> None:
    good, bad = chat_answer("A", logprobs={"content": [position("A", A=0.5, B=0.25)]}), Answer({"detail": "no"}, 400)
    answers = {"q": good, "r": bad}
    completer = connect(serve(lambda asked: echo(asked) if asked.method == "GET" else answers[asked.text]))
    scored, unscored = completer.score(chats("q", "r"), [["A", "B"]] * 2)
    assert [math.exp(score) for score in scored] == pytest.approx([0.5, 0.25])
    assert all(map(math.isnan, unscored))


def test_a_server_that_refuses_them(serve: Serve, connect: Connect) -> None:
    answer = Answer({"error": {"message": "logprobs are not supported"}}, 400)
    completer = connect(serve(lambda asked: echo(asked) if asked.method == "GET" else answer))
    (scores,) = completer.score(chats("q"), [["A", "B"]])
    assert all(map(math.isnan, scores))


def test_a_server_that_refuses_the_key_ends_the_stage(serve: Serve, connect: Connect) -> None:
    answer = Answer({"error": "who are you"}, 401)
    completer = connect(serve(lambda asked: echo(asked) if asked.method == "GET" else answer))
    with pytest.raises(StageError, match="answers none of 2 requests any more: HTTP 401"):
        completer.score(chats("q", "r"), [["A", "B"]] * 2)
