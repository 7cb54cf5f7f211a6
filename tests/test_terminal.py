"""What others wrote cannot drive the user's terminal."""

import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.terminal import console, markup_safe, neutral


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nc é 漢 👩‍🚒", "a\tb\nc é 漢 👩‍🚒"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("over\rwritten", "over\\rwritten"),
        ("\x9b2J", "\\x9b2J"),
        ("abc\u202etxt", "abc\\u202etxt"),
        ("half \ud800", "half \\ud800"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_controls_become_visible(text: str, shown: str) -> None:
    assert neutral(text) == shown


@given(st.text(st.characters(), max_size=40))
def test_neutral_text_can_be_printed_and_holds_no_control(text: str) -> None:
    safe = neutral(text)
    safe.encode("utf-8")
    assert all(character in "\n\t" or character.isprintable() or ord(character) > 0x9F for character in safe)
    assert neutral(safe) == safe


@given(st.text("[]/\\:abred \x1b", max_size=30))
def test_markup_prints_as_it_was_written(text: str) -> None:
    from rich.text import Text

    assert Text.from_markup(markup_safe(text), emoji=False).plain == neutral(text)
    assert Text.from_markup(f"[red]{markup_safe(text)}[/red]", emoji=False).plain == neutral(text)


def test_a_pipe_gets_plain_text_even_where_colour_is_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    out = console()
    out.print("[red]" + "word " * 20 + "[/red] :smile: 3.14")
    written = sys.stdout.getvalue()
    assert written == "word " * 20 + " :smile: 3.14\n"
