"""What every page stands in: nothing acts that was not written by us, and nothing is loaded."""

import base64
import hashlib

import pytest
from jinja2 import UndefinedError

from charter.page_shell import page_environment, page_policy, theme, trusted

HOSTILE = "<script>alert(1)</script>\u202e"


def test_what_a_template_prints_is_text_whether_or_not_it_says_so() -> None:
    environment = page_environment("charter.report")
    shown = "&lt;script&gt;alert(1)&lt;/script&gt;"
    assert environment.from_string("{{ value }}").render(value=HOSTILE) == f"{shown}[U+202E]"
    assert environment.from_string("{{ value | text }}").render(value=HOSTILE).startswith(f"{shown}<span")
    assert environment.from_string("{{ value }}").render(value=trusted("<b>ours</b>")) == "<b>ours</b>"


def test_a_name_that_a_template_is_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        page_environment("charter.report").from_string("{{ value }}").render()


def test_the_policy_names_the_style_and_the_script_by_their_hashes_and_allows_nothing_else() -> None:
    def digest(content: str) -> str:
        return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()

    style, script = theme(), "run()"
    assert "script-src" not in page_policy(style)
    assert page_policy(style, script).split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digest(style)}'",
        f"script-src 'sha256-{digest(script)}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
