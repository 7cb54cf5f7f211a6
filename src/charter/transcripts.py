"""Dialogues in the form of hh-rlhf: ``\\n\\nHuman: …\\n\\nAssistant: …`` in one text."""

import re
from typing import Final

from charter.records import Message, Role

_MARK = re.compile(r"(?:\A\s*|\n[ \t]*\n)(Human|Assistant):")
"""Where a turn begins."""
_ROLE_OF: Final[dict[str, Role]] = {"Human": "user", "Assistant": "assistant"}


def is_transcript(text: object) -> bool:
    """Whether a text is such a dialogue."""
    return isinstance(text, str) and _MARK.search(_lines(text)) is not None


def transcript(text: str) -> tuple[Message, ...]:
    """The turns of such a dialogue; what stands before the first is the system's.

    Turns of one role that follow one another are one turn, and white space around turns is dropped.
    """
    before, *parts = _MARK.split(_lines(text))
    turns = [Message("system", before.strip())] if before.strip() else []
    for mark, content in zip(parts[::2], parts[1::2], strict=True):
        role, said = _ROLE_OF[mark], content.strip()
        if turns and turns[-1].role == role:
            said = "\n\n".join(filter(None, (turns.pop().content, said)))
        turns.append(Message(role, said))
    return tuple(turns)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
