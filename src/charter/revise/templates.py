"""The conversation in which a model criticises and revises its own response.

    [few-shot turns] prompt, assistant(text in force), user(critique request), assistant(critique),
    user(revision request), assistant(revision)

Each round starts again from the prompt and the text then in force, so a conversation never grows with the rounds.
"""

from collections.abc import Sequence

from charter.records import Message
from charter.revise.few_shot import FewShotExample

TEMPLATE_VERSION = 1
"""Part of every revision's id: raise it when a change here changes what a model sees."""

Turns = tuple[Message, ...]


def few_shot_turns(examples: Sequence[FewShotExample], *, critique: bool) -> Turns:
    """The examples as turns; without ``critique``, each one goes from response to revision directly."""
    turns: list[Message] = []
    for example in examples:
        turns += [Message("user", example.request), Message("assistant", example.response)]
        if critique:
            turns += [Message("user", example.critique_request), Message("assistant", example.critique)]
        turns += [Message("user", example.revision_request), Message("assistant", example.revision)]
    return tuple(turns)


def answered(few_shot: Turns, prompt: Turns, text: str) -> Turns:
    """The examples, the prompt, and ``text`` as the answer to it. A prompt's system turn stays in front of all."""
    system = tuple(turn for turn in prompt[:1] if turn.role == "system")
    return system + few_shot + prompt[len(system) :] + (Message("assistant", text),)


def ask(turns: Turns, request: str) -> Turns:
    """``turns``, and the user's request for a critique or a revision."""
    return (*turns, Message("user", request))


def criticised(turns: Turns, critique: str) -> Turns:
    """A conversation that asked for a critique, and the critique that came."""
    return (*turns, Message("assistant", critique))
