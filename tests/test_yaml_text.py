"""YAML is read as its reader sees it, and no text, however hostile, does more than give one line."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.yaml_text import MAX_DEPTH, YamlTextError, dump_yaml_text, parse_yaml_text

SCALARS = {
    "plain": "plain",
    "no": "no",
    "off": "off",
    "12:30": "12:30",
    "2026-01-02": "2026-01-02",
    "0x10": "0x10",
    "1_000": "1_000",
    "'7'": "7",
    "true": True,
    "False": False,
    "~": None,
    "null": None,
    "": None,
    "-7": -7,
    "1.5": 1.5,
    "1e3": 1000.0,
    ".5": 0.5,
    "!!str 7": "7",
    "!!float 7": 7.0,
}


@pytest.mark.parametrize(("written", "meant"), SCALARS.items())
def test_a_value_is_what_its_reader_sees(written: str, meant: object) -> None:
    data, _ = parse_yaml_text(f"key: {written}")
    assert data == {"key": meant}
    assert type(data["key"]) is type(meant)


def test_every_key_and_item_has_its_line() -> None:
    data, lines = parse_yaml_text("# one\na:\n  - x\n  -\n    b: >-\n      folded\n      text\nc: {d: 1,\n  e: 2}\n")
    assert data == {"a": ["x", {"b": "folded text"}], "c": {"d": 1, "e": 2}}
    assert lines == {
        (): 2,
        ("a",): 2,
        ("a", 0): 3,
        ("a", 1): 5,
        ("a", 1, "b"): 5,
        ("c",): 8,
        ("c", "d"): 8,
        ("c", "e"): 9,
    }


def test_an_alias_repeats_its_anchor() -> None:
    assert parse_yaml_text("a: &x [1, 2]\nb: *x\n")[0] == {"a": [1, 2], "b": [1, 2]}


REFUSED = {
    "": (1, "empty"),
    "# only a comment\n": (1, "empty"),
    "a: 1\nb: [1\n": (3, "check the quotes"),
    "a:\n\tb: 1\n": (2, "spaces, not with tabs"),
    "a: b: c\n": (1, "between quotes"),
    "a: 'b\n": (2, "close the quote"),
    "a: *b\n": (1, "begins with '*'"),
    "a: @b\n": (1, "between quotes"),
    'a: "\\q"\n': (1, "single quotes"),
    "a: 1\n---\nb: 2\n": (2, "remove the second"),
    "a: 1\nb: 2\na: 3\n": (3, "on lines 1 and 3; keep one"),
    "? [a]\n: 1\n": (1, "cannot be a key"),
    "1: a\n": (1, "'1' cannot be a key"),
    "x: &x {a: 1}\ny:\n  <<: *x\n": (3, "merge keys"),
    "a: !!python/object/apply:os.system [ls]\n": (1, "!!python/object/apply:os.system"),
    "a: !mine b\n": (1, "'!mine' is not read"),
    "a: !!set {b}\n": (1, "'!!set' is not read"),
    "a: !!int x\n": (1, "'x' is no int"),
    "a: .nan\n": (1, "not a finite number"),
    "a: 1\nb: -.INF\n": (2, "not a finite number"),
    "a: 1e999\n": (1, "not a finite number"),
    f"a: {'9' * 5000}\n": (1, "5000 digits"),
    "a: x\x1b[2J\n": (1, "U+001B"),
    "a: 1\nb: \0\n": (2, "U+0000"),
    'a: "\\0"\n': (1, "U+0000"),
    'a: "\\ud800"\n': (1, "U+D800"),
    'a: "\\UFFFFFFFF"\n': (1, "too large a number"),
    f"%YAML {'9' * 5000}.1\n---\na\n": (1, "too large a number"),
    "a: &a [*a]\n": (1, "inside its own anchor"),
    "a: " + "[" * 100_000: (1, f"over {MAX_DEPTH} levels"),
    "\n".join("  " * depth + "a:" for depth in range(99)): (MAX_DEPTH, f"over {MAX_DEPTH} levels"),
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: repr(text[:30]))
def test_what_is_refused_names_its_line_and_the_mend(text: str) -> None:
    line, what = REFUSED[text]
    with pytest.raises(YamlTextError) as caught:
        parse_yaml_text(text)
    assert what in str(caught.value)
    assert caught.value.line == line
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_bad_value_has_its_place() -> None:
    with pytest.raises(YamlTextError) as caught:
        parse_yaml_text("a:\n  - b: .inf\n")
    assert caught.value.loc == ("a", 0, "b")


def test_a_bomb_of_aliases_is_defused() -> None:
    levels = [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 12)]
    with pytest.raises(YamlTextError, match="aliases"):
        parse_yaml_text("\n".join(["a0: &a0 lol", *levels]))
    text = "x" * 100_000
    with pytest.raises(YamlTextError, match="aliases"):
        parse_yaml_text(f"a: &a {text}\nb: [{', '.join(['*a'] * 50)}]")


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
    | st.sampled_from([*SCALARS, "<<", "=", "- a", "a: b", "#", "~", "0o7", "1__0", "yes", "&a", "*a"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abc:#<7-.~ \n", min_size=1).filter(lambda key: key != "<<"), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(PLAIN)
def test_what_is_written_is_read_back(data: Any) -> None:
    assert parse_yaml_text(dump_yaml_text({"a": data}))[0] == {"a": data}


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=20) | st.sampled_from([*SCALARS, "yes", "1_000", "0o7", "="]))
def test_other_readers_take_a_written_text_for_text(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode().replace("\0", "")
    assert yaml.safe_load(dump_yaml_text([text])) == [text]


@settings(max_examples=300, deadline=None)
@given(st.text("ab:-?[]{},#&*!|>'\"%@` \n\t\\x01~<.", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        data, lines = parse_yaml_text(text)
    except YamlTextError as refusal:
        line = refusal.line
    else:
        line = lines[()]
        assert isinstance(data, str | int | float | bool | None | list | dict)
    assert 1 <= line <= text.count("\n") + 2
