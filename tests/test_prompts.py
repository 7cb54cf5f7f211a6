"""Prompts: every mistake in a user's file gets one clear line, and prompts are dealt out by a stable hash."""

import json
import logging
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.errors import ConfigError
from charter.prompts import load_prompts, read_jsonl, split, write_jsonl
from charter.recipe import PromptsConfig
from charter.records import Message, Prompt

GOOD = {"messages": [{"role": "user", "content": "How do I bake bread?"}], "kind": "benign", "category": "cook"}


def user(*contents: str) -> str:
    return json.dumps({"messages": [{"role": "user", "content": content} for content in contents]})


def turns(*roles: object) -> str:
    return json.dumps({"messages": [{"role": role, "content": f"turn {index}"} for index, role in enumerate(roles)]})


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "p.jsonl"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


def test_reads_both_forms_and_skips_a_byte_order_mark_and_blank_lines(write: Callable[[str | bytes], Path]) -> None:
    lines = [
        json.dumps({**GOOD, "split": "test"}),
        "",
        '{"prompt": "Wie öffne ich ein Schloß? 🔒", "category": "theft"}',
        "",
    ]
    prompts = read_jsonl(write("\ufeff" + "\r\n".join(lines)), test_fraction=0.001)
    assert prompts == (
        Prompt(messages=(Message("user", "How do I bake bread?"),), kind="benign", category="cook", split="test"),
        Prompt(messages=(Message("user", "Wie öffne ich ein Schloß? 🔒"),), kind="red_team", category="theft"),
    )


def test_keeps_a_system_turn_and_earlier_turns(write: Callable[[str | bytes], Path]) -> None:
    (prompt,) = read_jsonl(write(turns("system", "user", "assistant", "user")))
    assert [message.role for message in prompt.messages] == ["system", "user", "assistant", "user"]


BAD_LINES = {
    "not JSON": ("How do I bake bread?", "not JSON", '{"prompt": "..."}'),
    "Python's repr": ("{'prompt': 'x'}", "not JSON", "json.dumps"),
    "pretty-printed": ("{", "not JSON", "line of its own"),
    "an array": ('[{"prompt": "x"}]', "a list where an object should be", "line of its own"),
    "a string": ('"x"', "a string where an object should be", "one JSON object a line"),
    "nested too deeply": ("[" * 100_000, "nested too deeply", "flat"),
    "a huge number": ('{"prompt": ' + "1" * 5000 + "}", "5000 digits", "quotes"),
    "NaN": ('{"prompt": NaN}', "NaN is not JSON", "null"),
    "Infinity": ('{"prompt": -Infinity}', "-Infinity is not JSON", "null"),
    "a key twice": ('{"prompt": "x", "prompt": "y"}', "'prompt' stands twice", "keep one"),
    "an escaped NUL": (r'{"prompt": "a\u0000b"}', "NUL", "remove"),
    "a lone surrogate": (r'{"prompt": "a\ud83db"}', "surrogate", "both halves"),
    "a lone surrogate in a key": (r'{"prompt": "x", "\udc00": 1}', "surrogate", "both halves"),
    "no messages": ("{}", "no 'messages'", '"role": "user"'),
    "both forms": ('{"prompt": "x", "messages": []}', "both 'messages' and 'prompt'", "keep one"),
    "messages as text": ('{"messages": "x"}', "'messages': a string where a list", "use 'prompt'"),
    "no turns": ('{"messages": []}', "no turns", "at least the user's"),
    "a turn as text": ('{"messages": ["x"]}', "'messages[0]': a string", "role"),
    "a turn without role": ('{"messages": [{"content": "x"}]}', "no 'role'", "'content'"),
    "another format's turn": ('{"messages": [{"from": "human", "value": "x"}]}', "unknown key 'from'", "'role'"),
    "another format's role": (turns("human"), "'messages[0].role': 'human' is no role", "did you mean 'user'?"),
    "a role in capitals": (turns("User"), "'User' is no role", "did you mean 'user'?"),
    "a role that is no text": (turns(7), "7 is no role", "write one of: system, user, assistant"),
    "the assistant last": (turns("user", "assistant"), "last turn is the assistant's", "drop"),
    "system only": (turns("system"), "last turn is the system's", "ends with the user's"),
    "the assistant first": (turns("assistant", "user"), "the assistant speaks first", "begin with the user's"),
    "two in a row": (user("a", "b"), "'messages[1].role': two turns of the user in a row", "join"),
    "a late system turn": (turns("user", "system", "user"), "a system turn after the first", "beginning"),
    "content that is no text": ('{"messages": [{"role": "user", "content": [1]}]}', "a list where text", "one string"),
    "content that is null": ('{"messages": [{"role": "user", "content": null}]}', "null where text", "one string"),
    "blank content": (user(" \n\t"), "'messages[0].content': the text is blank", "drop the line"),
    "an unknown key": ('{"prompt": "x", "catgory": "theft"}', "unknown key 'catgory'", "did you mean 'category'?"),
    "another format's key": ('{"instruction": "x"}', "unknown key 'instruction'", "did you mean 'prompt'?"),
    "an unknown kind": ('{"prompt": "x", "kind": "red-team"}', "'red-team' is none", "did you mean 'red_team'?"),
    "an unknown split": ('{"prompt": "x", "split": "validation"}', "none of its values", "did you mean 'test'?"),
    "a category that is no text": ('{"prompt": "x", "category": 3}', "'category': a number where text", "should be"),
    "held_out as text": ('{"prompt": "x", "held_out": "yes"}', "'held_out': a string", "true or false"),
    "held out of training, but trained on": (
        '{"prompt": "x", "category": "c", "held_out": true, "split": "train"}',
        "a held-out prompt is a test prompt",
        'split "test"',
    ),
    "held out without a category": ('{"prompt": "x", "held_out": true}', "category is held out", "name it"),
}


@pytest.mark.parametrize(("line", "what", "mend"), BAD_LINES.values(), ids=BAD_LINES.keys())
def test_a_bad_line_is_named_with_its_mend(
    line: str, what: str, mend: str, write: Callable[[str | bytes], Path]
) -> None:
    path = write(f"{json.dumps(GOOD)}\n{line}\n")
    with pytest.raises(ConfigError) as caught:
        read_jsonl(path)
    message = str(caught.value)
    assert message.startswith(f"{path}:2: ")
    assert what in message
    assert mend in message
    assert "\n" not in message
    assert len(message) < 400


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "the file is empty"),
        (b"\n \n\t\n", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        ('{"prompt": "x"}'.encode("utf-16"), ":1: the file is UTF-16"),
        (b'{"prompt": "caf\xe9"}', ":1: byte 16 of the line is not UTF-8"),
        (b'{"prompt": "x"}\n{"prompt": "\x00"}', ":2: the line holds NUL bytes"),
    ],
)
def test_a_file_that_is_no_text_is_refused(content: bytes, what: str, write: Callable[[str | bytes], Path]) -> None:
    with pytest.raises(ConfigError, match=what):
        read_jsonl(write(content))


def test_a_path_that_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        read_jsonl(tmp_path / "missing.jsonl")
    with pytest.raises(ConfigError, match="folder"):
        read_jsonl(tmp_path)


def test_a_line_of_ten_megabytes_is_named_by_line_and_size_alone(write: Callable[[str | bytes], Path]) -> None:
    path = write(json.dumps(GOOD) + "\n" + user("x" * 10_000_000) + "\n" + json.dumps(GOOD))
    with pytest.raises(ConfigError, match=r":2: the line is 10\.0 MB long") as caught:
        read_jsonl(path)
    assert len(str(caught.value)) < 400


def test_duplicates_are_dropped_and_counted_out_loud(
    write: Callable[[str | bytes], Path], caplog: pytest.LogCaptureFixture
) -> None:
    path = write("\n".join([json.dumps(GOOD), user("another"), json.dumps(GOOD), json.dumps(GOOD)]))
    with caplog.at_level(logging.WARNING, logger="charter.prompts"):
        assert len(read_jsonl(path)) == 2
    assert "2 duplicate prompts dropped (the first: line 3 repeats line 1)" in caplog.text


@pytest.mark.parametrize(("key", "value"), [("kind", "look_alike"), ("category", "garden"), ("split", "test")])
def test_the_same_conversation_under_two_labels_is_refused(
    key: str, value: str, write: Callable[[str | bytes], Path]
) -> None:
    path = write(json.dumps(GOOD) + "\n" + json.dumps({**GOOD, key: value}))
    with pytest.raises(ConfigError, match=f":2: key '{key}': the same conversation as in line 1"):
        read_jsonl(path)


def test_a_held_out_category_that_is_also_trained_on_is_refused(write: Callable[[str | bytes], Path]) -> None:
    lines = [
        {"prompt": "a", "category": "cyber", "held_out": True},
        {"prompt": "b", "category": "cyber", "split": "train"},
    ]
    with pytest.raises(ConfigError, match=r":1: key 'held_out': category 'cyber' is also trained on \(line 2\)"):
        read_jsonl(write("\n".join(map(json.dumps, lines))))


def test_a_given_split_is_honoured_and_the_rest_is_split_by_hash(write: Callable[[str | bytes], Path]) -> None:
    lines = [{"prompt": f"request {index}"} for index in range(1000)]
    lines += [{"prompt": f"given {index}", "split": "test"} for index in range(50)]
    lines += [{"prompt": f"similar {index}", "kind": "look_alike"} for index in range(50)]
    random.Random(0).shuffle(lines)
    by_text = {
        prompt.messages[0].content: prompt.split for prompt in read_jsonl(write("\n".join(map(json.dumps, lines))))
    }
    assert {by_text[f"given {index}"] for index in range(50)} == {"test"}
    assert {by_text[f"similar {index}"] for index in range(50)} == {"test"}, "nothing trains on look-alikes"
    tested = sum(by_text[f"request {index}"] == "test" for index in range(1000))
    assert 150 < tested < 250

    fewer = read_jsonl(write("\n".join(map(json.dumps, lines[:300]))))
    assert all(prompt.split == by_text[prompt.messages[0].content] for prompt in fewer), "other lines do not matter"
    other_seed = read_jsonl(write("\n".join(map(json.dumps, lines))), seed=1)
    assert any(prompt.split != by_text[prompt.messages[0].content] for prompt in other_seed)


texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1).filter(str.strip)


@settings(max_examples=50, deadline=None)
@given(contents=st.lists(texts, min_size=1, max_size=5), category=texts)
def test_writing_and_reading_again_changes_nothing(
    contents: list[str], category: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    contents = contents if len(contents) % 2 else contents[:-1] or contents * 3
    messages = tuple(Message("assistant" if index % 2 else "user", content) for index, content in enumerate(contents))
    prompts = (Prompt(messages=messages, category=category, split="test", held_out=True),)
    path = tmp_path_factory.mktemp("round") / "deeper" / "p.jsonl"
    write_jsonl(prompts, path)
    assert read_jsonl(path) == prompts
    assert [entry.name for entry in path.parent.iterdir()] == ["p.jsonl"]


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    write_jsonl(many(1), path)
    before = path.read_bytes()

    def broken() -> object:
        yield from many(3)
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_jsonl(broken(), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def many(count: int, **labels: object) -> list[Prompt]:
    return [Prompt(messages=(Message("user", f"{labels} {index}"),), **labels) for index in range(count)]


def everything() -> list[Prompt]:
    return [
        *many(40, kind="red_team", split="train"),
        *many(30, kind="benign", split="train"),
        *many(20, kind="red_team", split="test"),
        *many(10, kind="benign", split="test"),
        *many(10, kind="look_alike", split="test"),
        *many(5, kind="red_team", split="test", category="cyber", held_out=True),
    ]


def test_prompts_are_dealt_out_by_split_and_kind() -> None:
    sets = split(everything(), PromptsConfig(), seed=0)
    assert [len(part) for part in (sets.train_red_team, sets.train_benign)] == [40, 30]
    assert [len(part) for part in (sets.test_red_team, sets.test_benign, sets.test_look_alike)] == [20, 10, 10]
    assert {prompt.category for prompt in sets.test_held_out} == {"cyber"}
    assert not any(prompt.held_out for prompt in sets.test_red_team)
    assert {prompt.id for prompt in sets.train + sets.test} == {prompt.id for prompt in everything()}


def test_a_smaller_maximum_takes_a_subset_and_order_does_not_matter() -> None:
    prompts = everything()
    shuffled = random.Random(1).sample(prompts, len(prompts))
    small = split(prompts, PromptsConfig(train_red_team=5, test_held_out=0), seed=3)
    large = split(shuffled, PromptsConfig(train_red_team=17), seed=3)
    assert large.train_red_team[:5] == small.train_red_team
    assert small.test_held_out == ()
    assert large.test == split(prompts, PromptsConfig(), seed=3).test
    assert split(prompts, PromptsConfig(train_red_team=5), seed=4).train_red_team != small.train_red_team


def test_unused_look_alikes_are_named(caplog: pytest.LogCaptureFixture) -> None:
    split([*everything(), *many(3, kind="look_alike", split="train")], PromptsConfig(path="x.jsonl"), seed=0)
    assert "x.jsonl: 3 look-alike prompts have split 'train' and are not used" in caplog.text


@pytest.mark.parametrize(("kept", "missing"), [("train", "test"), ("test", "training")])
def test_a_run_without_red_team_prompts_on_one_side_is_refused(kept: str, missing: str) -> None:
    prompts = many(3, kind="red_team", split=kept) + many(9, kind="benign", split="train")
    with pytest.raises(ConfigError, match=rf"^p\.jsonl: no red-team {missing} prompts"):
        split(prompts, PromptsConfig(path="p.jsonl"), seed=0)


def test_a_recipe_names_its_file(write: Callable[[str | bytes], Path]) -> None:
    path = write("\n".join(user(f"request {index}") for index in range(200)))
    few = load_prompts(PromptsConfig(path=str(path), test_fraction=0.05), seed=0)
    many_tested = load_prompts(PromptsConfig(path=str(path), test_fraction=0.9), seed=0)
    assert sum(prompt.split == "test" for prompt in few) < 30
    assert sum(prompt.split == "test" for prompt in many_tested) > 150
