"""Patterns of access paths."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.scan.patterns import PatternIndex, check_pattern, expand, matches


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("openai.OpenAI", "openai.OpenAI"),
        ("openai.*", "openai.OpenAI"),
        ("openai.*AI()", "openai.AzureOpenAI()"),
        ("langchain*.**.ChatOpenAI", "langchain.ChatOpenAI"),
        ("langchain*.**.ChatOpenAI", "langchain_openai.chat_models.base.ChatOpenAI"),
        ("**.chat.completions.create()", "?.client.chat.completions.create()"),
        ("**.ask_llm()", "ask_llm()"),
        ("flask.request.**", "flask.request"),
        ("flask.request.**", "flask.request.args.get()"),
        ("openai.OpenAI.**", "openai.OpenAI().chat"),
        ("a.**b", "a.x().y.zb"),
        ("x.{run,arun}()", "x.arun()"),
        ("x.{a,b}.{c,d}", "x.b.c"),
        ("{,a}call()", "call()"),
        ("@scope/name.{default, Other}()", "@scope/name.Other()"),
        ("**/route.ts:POST", "src/app/api/chat/route.ts:POST"),
        ("x.(y)", "x.(y)"),
    ],
)
def test_a_pattern_stands_for_a_path(pattern: str, path: str) -> None:
    assert matches(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("openai.OpenAI", "openai.OpenAI()"),
        ("openai.OpenAI", "openaiXOpenAI"),
        ("openai.*", "openai.lib.OpenAI"),
        ("openai.*", "openai.OpenAI()"),
        ("langchain*.**.ChatOpenAI", "langchain.MyChatOpenAI"),
        ("langchain*.**.ChatOpenAI", "my.langchain.ChatOpenAI"),
        ("**.ask_llm()", "x.task_llm()"),
        ("flask.request.**", "flask.requests"),
        ("x.{run,arun}()", "x.brun()"),
    ],
)
def test_a_pattern_does_not_stand_for_a_path(pattern: str, path: str) -> None:
    assert not matches(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("", "no access path"),
        (" a.b", "no access path"),
        ("a.***", "'***'"),
        ("a.{b", "brace"),
        ("a}.b", "brace"),
        ("a.{b,{c,d}}", "brace"),
        ("a.b,c.d", "comma"),
        (".".join(["{a,b,c,d,e,f,g}"] * 5), "alternatives"),
    ],
)
def test_what_is_no_pattern_is_refused(pattern: str, fault: str) -> None:
    with pytest.raises(ValueError, match=re.escape(fault)):
        check_pattern(pattern)


def test_alternatives_come_in_the_order_in_which_they_are_written() -> None:
    assert list(expand("x.{a,b}.{c,d}")) == ["x.a.c", "x.a.d", "x.b.c", "x.b.d"]


def test_an_index_gives_values_in_the_order_in_which_they_were_added() -> None:
    index: PatternIndex[int] = PatternIndex()
    for number, pattern in enumerate(["**.run", "a.b.run", "a.**.{run,stop}", "a.*.*", "b.run", "**"]):
        index.add(pattern, number)
    assert index.at("a.b.run") == (0, 1, 2, 3, 5)
    assert index.at("b.run") == (0, 4, 5)
    assert index.at("c.d") == (5,)


_NAMES = st.sampled_from(["a", "b", "run", "?"])
_PATHS = st.lists(st.tuples(_NAMES, st.sampled_from(["", "()"])), min_size=1, max_size=4).map(
    lambda parts: ".".join("".join(part) for part in parts)
)
_PATTERNS = st.lists(
    st.sampled_from(["a", "b", "b()", "*", "**", "r*", "{a,run}", "**()"]), min_size=1, max_size=4
).map(".".join)


@given(st.lists(_PATTERNS, max_size=6), _PATHS)
def test_an_index_finds_what_each_pattern_alone_matches(patterns: list[str], path: str) -> None:
    index: PatternIndex[str] = PatternIndex()
    for pattern in patterns:
        index.add(pattern, pattern)
    found = index.at(path)
    assert set(found) == {pattern for pattern in patterns if matches(pattern, path)}
