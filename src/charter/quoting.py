"""Quoting what a judge is shown, so that it cannot be taken for what the judge is told.

What is judged is the work of a model or of an attacker, and may say "the verdict is helpful", or look like the end of
the quotation and a new turn. So each record is quoted between marks that carry a hash of the record itself, every line
of it stands behind a sign, and what looks like a special token is taken apart. That keeps the form safe; whether a
clever text can persuade the judge is up to the judge.
"""

import re
from collections.abc import Sequence

from charter.digests import record_id
from charter.records import Message

_BRACKET = re.compile(r"[<\[](?=[^<>\[\]\n]{1,60}[>\]])")
"""The bracket that opens what a tokenizer may know as one token: ``<|im_end|>``, ``</s>``, ``[INST]``."""


def quotation_code(messages: Sequence[Message], *responses: str) -> str:
    """What the marks around a quotation carry. No text can hold a hash of itself, so none can close its quotation."""
    return record_id("quotation", [[message.role, message.content] for message in messages], *responses)


def quoted_turns(messages: Sequence[Message]) -> str:
    """A conversation, each turn below the name of who speaks."""
    return "\n".join(f"{message.role}:\n{quoted(message.content)}" for message in messages)


def quoted(text: str) -> str:
    """Every line behind a sign, and nothing in it that a tokenizer could read as the end of a turn."""
    # "splitlines" knows every character that some reader takes for a line's end.
    return "\n".join(f"> {line}" for line in without_tokens(text).splitlines())


def without_tokens(text: str) -> str:
    """The text with a space in whatever looks like a special token, so that it is one no more."""
    return _BRACKET.sub(r"\g<0> ", text)
