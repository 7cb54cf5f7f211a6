"""Makes text from models and data sets safe to show, and shows what it would rather hide.

Escaping keeps markup from acting; that is not enough for a reviewer. Text can also carry characters that reorder the
line they stand in (bidirectional overrides), or that cannot be seen at all (zero-width, tag and control characters),
and a text can be a megabyte long. Here each such character is replaced by its code point, and a long text is cut with
a count of what was left out. Nothing disappears in silence.
"""

import re
import unicodedata

from markupsafe import Markup, escape

LIMIT = 4_000
"""Characters of one text that the page shows."""
SHORT = 80
"""Characters of a name that the page shows."""
MARKERS = 200
"""Hidden characters of one text that the page shows; the text is cut where there are more."""

_SUSPECT = re.compile(r"[^\t\n\x20-\x7e]")
_JOINERS = "\u200c\u200d"
"""Zero-width (non-)joiner: emoji sequences, Persian and Indic scripts need them between two of their own characters."""
_SCRIPTS_THAT_JOIN = 0x0590
"""Joiners are kept only between characters from this code point on; between Latin letters they can only hide."""
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control, format, surrogate, private use, unassigned, line and paragraph separators (Unicode 15, table 4-4)."""
_VARIATION_SUPPLEMENT = range(0xE0100, 0xE01F0)
"""Variation selectors that no font here needs, and that can smuggle a byte each."""


def plain(value: object, limit: int = LIMIT) -> str:
    """``value`` as text without markup, for attributes, titles and labels; hidden characters read ``[U+202E]``."""
    text, more = _cut(str(value), limit)
    text = _SUSPECT.sub(lambda match: f"[{_code(match[0])}]" if _is_hidden(match) else match[0], text)
    return text + _more_words(more)


def short(value: object) -> str:
    """As ``plain``, of a name: a category, an id."""
    return plain(value, SHORT)


def visible(value: object, limit: int = LIMIT) -> Markup:
    """``value`` as escaped HTML for an element's content (never for an attribute: it may hold ``<span>``)."""
    text, more = _cut(str(value), limit)
    hidden = [match for match in _SUSPECT.finditer(text) if _is_hidden(match)]
    if len(hidden) > MARKERS:
        more += len(text) - hidden[MARKERS].start()
        text = text[: hidden[MARKERS].start()]
    parts: list[Markup] = []
    done = 0
    for match in hidden[:MARKERS]:
        parts += [escape(text[done : match.start()]), _marker(match[0])]
        done = match.end()
    parts.append(escape(text[done:]))
    if more:
        parts.append(Markup('<span class="more">{}</span>').format(_more_words(more)))
    return Markup("").join(parts)


def _cut(text: str, limit: int) -> tuple[str, int]:
    """The first ``limit`` characters, with line ends made alike, and the number of those left out."""
    kept = text[:limit].replace("\r\n", "\n")
    return kept, max(0, len(text) - limit)


def _more_words(count: int) -> str:
    if not count:
        return ""
    return f" … {count:,} more character{'' if count == 1 else 's'}"


def _is_hidden(match: re.Match[str]) -> bool:
    """Whether the character at the match would be invisible, or would change how its neighbours are laid out."""
    char, text = match[0], match.string
    if char in _JOINERS:
        around = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
        return len(around) < 2 or any(ord(c) < _SCRIPTS_THAT_JOIN or c in _JOINERS for c in around)
    return unicodedata.category(char) in _HIDDEN_CATEGORIES or ord(char) in _VARIATION_SUPPLEMENT


def _code(char: str) -> str:
    return f"U+{ord(char):04X}"


def _marker(char: str) -> Markup:
    name = unicodedata.name(char, "a character that cannot be shown")
    return Markup('<span class="hidden-char" title="{}">{}</span>').format(name.capitalize(), _code(char))
