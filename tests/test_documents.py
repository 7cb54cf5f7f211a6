"""Every mistake in a user's YAML is one line that names file, line, key and mend."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from charter.documents import (
    MAX_BYTES,
    did_you_mean,
    dotted,
    error_at,
    load_yaml,
    nearest,
    perhaps,
    printable,
    read_yaml,
)
from charter.errors import ConfigError

Write = Callable[[str | bytes], Path]


def _even(number: int) -> int:
    if number % 2:
        raise ValueError("is odd; write an even number")
    return number


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["big", "small"] = "big"
    size: Annotated[int, AfterValidator(_even)] = Field(2, ge=0)
    name: str = Field("part", min_length=1)
    inner: "Part | None" = None


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str
    parts: tuple[Part, ...] = Field(min_length=1)
    only: Part | Literal["none"] = "none"

    @model_validator(mode="after")
    def _names_differ(self) -> "Whole":
        if len({part.name for part in self.parts}) < len(self.parts):
            raise error_at(("parts", len(self.parts) - 1, "name"), "is there {already}; write another")
        return self


GOOD = "title: t\nparts:\n  - name: a\n  - name: b\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "w.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def mistake(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_yaml(path, Whole)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{path}:")
    return message.removeprefix(f"{path}:")


def test_a_good_file_is_read_whatever_its_line_ends_and_byte_order_mark(write: Write) -> None:
    assert [part.name for part in load_yaml(write(GOOD), Whole).parts] == ["a", "b"]
    assert load_yaml(write("\ufeff" + GOOD.replace("\n", "\r\n")), Whole) == load_yaml(write(GOOD), Whole)


MISTAKES = {
    GOOD + "titel: x\n": "5: key 'titel' is unknown; did you mean 'title'? (known: title, parts, only)",
    GOOD + "xyz: x\n": "5: key 'xyz' is unknown; write one of: title, parts, only",
    GOOD + "    wide: x\n": "5: key 'parts[1].wide' is unknown; write one of: kind, size, name, inner",
    GOOD + "    inner:\n      sise: 2\n": "6: key 'parts[1].inner.sise' is unknown; did you mean 'size'?",
    GOOD + "    inner: {kind: bug}\n": "5: key 'parts[1].inner.kind': 'bug' is none of its values; write 'big' or",
    GOOD + "    inner: x\n": "5: key 'parts[1].inner': a text where keys should be; write 'key: value' lines",
    GOOD + "    size: 3\n": "5: key 'parts[1].size' is odd; write an even number",
    GOOD + "    size: -2\n": "5: key 'parts[1].size': should be greater than or equal to 0 (it is the number -2)",
    GOOD + "    size: big\n": "5: key 'parts[1].size': 'big' where a number should be; write a number",
    GOOD + "    size: .nan\n": "5: key 'parts[1].size': '.nan' is not a finite number; write a number",
    GOOD + "only: sum\n": "5: key 'only'",
    GOOD.replace("b\n", "a\n"): "4: key 'parts[1].name' is there {already}; write another",
    GOOD.replace("b\n", "''\n"): "4: key 'parts[1].name' is blank; write a text",
    GOOD.replace("b\n", "\n"): "4: key 'parts[1].name' is empty; write a text",
    GOOD.replace("b\n", "7\n"): "4: key 'parts[1].name': the number 7 where a text should be; put it between quotes",
    GOOD.replace("b\n", "yes: no\n"): "4: not valid YAML",
    GOOD.replace("b\n", "[b]\n"): "4: key 'parts[1].name': a list where a text should be; write one text",
    "title: t\n": "1: key 'parts' is missing; add 'parts: ...' here",
    "title: t\nparts: []\n": "2: key 'parts' has 0 items; write at least 1",
    "title: t\nparts: {a: b}\n": "2: key 'parts': a mapping where a list should be; write each item on a line",
    "title: t\nparts: [a]\n": "2: key 'parts[0]': a text where keys should be",
    "- a\n": "1: a list where keys should be; write 'key: value' lines (known: title, parts, only)",
    "null\n": "1: nothing where keys should be",
}


@pytest.mark.parametrize("content", MISTAKES, ids=[said[:40] for said in MISTAKES.values()])
def test_a_mistake_is_named_with_its_line_key_and_mend(content: str, write: Write) -> None:
    assert mistake(write(content)).startswith(MISTAKES[content])


@pytest.mark.parametrize(
    ("content", "more"),
    [
        ("titel: t\nparts:\n  - name: a\n", ""),  # the right key is not called missing beside the wrong one
        ("title: t\nparts:\n  - nmae: a\n", ""),  # a list of nothing but mistakes is not called too short
        ("titel: t\nparts:\n  - name: ''\n", " (and 1 more mistake in this file)"),
        ("title:\nparts:\n  - {size: 1, name: ''}\n  - {kind: x}\n", " (and 3 more mistakes in this file)"),
    ],
)
def test_mistakes_are_counted_as_a_person_would(content: str, more: str, write: Write) -> None:
    said = mistake(write(content))
    assert said.endswith(more)
    assert ("more mistake" in said) == bool(more)


def test_an_unknown_key_comes_before_other_mistakes(write: Write) -> None:
    assert mistake(write("title: 1\nparts:\n  - name: 2\nonly:\n  knid: big\n")).startswith("5: key 'only.knid'")


FILES = {
    b"": "1: the file is empty",
    b" \n\n": "1: the file is empty",
    b"a: 1\nb: \xe9\n": "2: not UTF-8 text; save the file as UTF-8",
    GOOD.encode("utf-16"): "1: the file is UTF-16; save it as UTF-8",
    b"a: 1\n\x00": "2: the control character U+0000 stands in the file",
    b"a: " + b"x" * MAX_BYTES: f" larger than {MAX_BYTES} bytes",
}


@pytest.mark.parametrize("content", FILES, ids=list(FILES.values()))
def test_a_file_that_is_no_text_is_named(content: bytes, write: Write) -> None:
    assert mistake(write(content)).startswith(FILES[content])


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert mistake(tmp_path) == " this is a folder; name a YAML file in it"
    assert mistake(tmp_path / "none.yaml") == " no such file; check the path"
    assert mistake(tmp_path / ("x" * 300)).startswith(" cannot be read: File name too long")


def test_a_hostile_key_is_shown_and_does_not_drive_the_terminal(write: Write) -> None:
    said = mistake(write(GOOD + '"\\e[2J\\u202Ek\\n": 1\n'))
    assert said.startswith("5: key '\\x1b[2J\\u202ek' is unknown")


def test_a_place_that_the_file_has_not_is_its_closest_part(write: Write) -> None:
    document = read_yaml(write(GOOD))
    assert document.line_of(("parts", 1, "inner", "size")) == 4
    assert document.line_of(("nothing",)) == 1
    assert str(document.error(("parts", 9), "is too far")) == f"{document.path}:2: key 'parts[9]' is too far"
    assert str(document.error((), "no good")) == f"{document.path}:1: no good"


def test_words() -> None:
    known = ("title", "parts")
    assert nearest("TITEL", known) == "title"
    assert nearest("xyz", known) is None
    assert did_you_mean("part", known) == "did you mean 'parts'? (known: title, parts)"
    assert did_you_mean("xyz", known) == "write one of: title, parts"
    assert perhaps("part", known) == " (did you mean 'parts'?)"
    assert perhaps("xyz", known) == ""
    assert dotted(("a", 3, "b", "c")) == "a[3].b.c"
    assert printable("a\n b\x1b" + "c" * 99) == "a b\\x1b" + "c" * 55 + "…"
