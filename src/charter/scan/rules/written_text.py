"""A text with values in it, as it is written: what fixes take apart. Only the plainest form; others need a person."""

import re
from dataclasses import dataclass

_WRITTEN = re.compile(
    r"""(?:[fF](?P<quote>"{3}|'{3}|"|')|(?P<tick>`))(?P<inside>[^\\]*?)(?(quote)(?P=quote)|`)""", re.DOTALL
)
_VALUE = {"python": re.compile(r"\{([^{}!:]+)\}"), "typescript": re.compile(r"\$\{([^{}`]+)\}")}


@dataclass(frozen=True, slots=True)
class WrittenText:
    """An f-string or a template literal: ``words[0] values[0] words[1] … words[-1]``."""

    quote: str
    words: tuple[str, ...]
    values: tuple[str, ...]
    """The expressions, as written."""


def written_text(source: str) -> WrittenText | None:
    """The parts; None where it is something else, or has escapes, formats or nested braces."""
    match = _WRITTEN.fullmatch(source)
    if not match:
        return None
    parts = _VALUE["python" if match["quote"] else "typescript"].split(match["inside"])
    words, values = tuple(parts[::2]), tuple(value.strip() for value in parts[1::2])
    if any(brace in word for word in words for brace in ("{", "}")) or (match["tick"] and any("`" in w for w in words)):
        return None
    return WrittenText(match["quote"] or "`", words, values)
