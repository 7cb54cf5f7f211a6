"""Text of others in the page: nothing acts, nothing hides, nothing is endless."""

import html
import re

import pytest
from markupsafe import Markup

from charter.page_text import LIMIT, MARKERS, SHORT, plain, short, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("a\r\nb", "a\nb"),
        ("a\rb", "a[U+000D]b"),
        ("\x1b[31m\x9b\x00", "[U+001B][31m[U+009B][U+0000]"),
        ("\u202egnp\u2066", "[U+202E]gnp[U+2066]"),
        ("zero\u200bwidth\ufeff\u00ad", "zero[U+200B]width[U+FEFF][U+00AD]"),
        ("\U000e0041\ue000\ud800\u2028", "[U+E0041][U+E000][U+D800][U+2028]"),
        ("\U000e0101", "[U+E0101]"),
        ("pass\u200dword", "pass[U+200D]word"),
        ("\u200d", "[U+200D]"),
        ("👩\u200d👧 नमस्\u200dते", "👩\u200d👧 नमस्\u200dते"),
        ("👩\u200d\u200d👧", "👩[U+200D][U+200D]👧"),
        ("שלום 日本語 é ∑", "שלום 日本語 é ∑"),
    ],
)
def test_hidden_characters_are_shown_by_their_code_points(text: str, shown: str) -> None:
    assert plain(text) == shown
    marked = visible(text)
    assert html.unescape(re.sub(r"<[^>]*>", "", marked)) == re.sub(r"\[(U\+\w+)\]", r"\1", shown)
    assert not set(marked) & set("\x1b\x9b\x00\u202e\u2066\u200b\ufeff\u00ad\ue000\ud800\u2028\r")


def test_markup_is_escaped_and_a_marker_names_its_character() -> None:
    assert visible("<b>&\"'\u202e") == Markup(
        '&lt;b&gt;&amp;&#34;&#39;<span class="hidden-char" title="Right-to-left override">U+202E</span>'
    )


def test_a_long_text_is_cut_and_says_by_how_much() -> None:
    assert plain("x" * (LIMIT + 1)).endswith("x … 1 more character")
    assert str(visible("x" * 1_000_000)).endswith('<span class="more"> … 996,000 more characters</span>')
    assert plain("x" * LIMIT) == "x" * LIMIT
    assert short("x" * 100) == "x" * SHORT + " … 20 more characters"


def test_many_hidden_characters_cannot_blow_a_page_up() -> None:
    shown = visible("\u200b" * 100_000)
    assert shown.count("hidden-char") == MARKERS
    assert f"{100_000 - MARKERS:,} more characters" in shown
    assert visible("\u200b" * MARKERS).count("hidden-char") == MARKERS
    assert "more character" not in visible("\u200b" * MARKERS)
