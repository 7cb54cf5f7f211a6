"""Text of others on the user's terminal: made harmless, and plain where nobody is watching.

Model output, prompts and file names may carry escape sequences (which move the cursor, rewrite a line or set the
window's title), invisible or direction-changing characters, and rich's own markup. Nothing of that kind reaches a
terminal except through here.
"""

import os
import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

PIPED_WIDTH = 120
"""Columns of a table that is written to a file or a pipe, unless ``COLUMNS`` says otherwise."""

_UNSAFE = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 (less tab and newline), DEL, C1: escape sequences begin with these
    "\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # invisible, line-breaking and bidirectional controls
    "\ud800-\udfff"  # lone surrogates: no stream can encode them
    "\U000e0000-\U000e007f"  # invisible tag letters
    "]"
)

_BACKSLASHES = re.compile(r"(\\+)(?=\[|\Z)")


def _visible(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape", "surrogatepass").decode("ascii")


def neutral(text: str) -> str:
    r"""``text`` with every control or invisible character, except newline and tab, as a visible escape (``\x1b``)."""
    return _UNSAFE.sub(_visible, text)


def markup_safe(text: str) -> str:
    """``text`` as rich markup that prints exactly :func:`neutral` of it."""
    from rich.markup import escape

    pieces = _BACKSLASHES.split(neutral(text))
    # rich drops or halves backslashes before a bracket, and only there: doubled, and followed by an inert tag, they
    # come out in their right number wherever the text is put.
    return "".join(piece * 2 + "[b][/b]" if odd % 2 else escape(piece) for odd, piece in enumerate(pieces))


def is_interactive(stderr: bool = False) -> bool:
    """True when a person watches the stream: it is a terminal, and not that of a CI job."""
    stream = sys.stderr if stderr else sys.stdout
    return stream.isatty() and not os.environ.get("CI") and os.environ.get("TERM") != "dumb"


def console(stderr: bool = False) -> "Console":
    """A rich console on stdout or stderr: coloured on a terminal; plain, and of a fixed width, when piped or in CI."""
    from rich.console import Console

    if is_interactive(stderr):
        return Console(stderr=stderr, highlight=False, emoji=False)
    width = int(os.environ["COLUMNS"]) if os.environ.get("COLUMNS", "").isdigit() else PIPED_WIDTH
    return Console(
        stderr=stderr, highlight=False, emoji=False, width=width, force_terminal=False, color_system=None, no_color=True
    )
