"""Two dialogues that part at their last turn: the turns that they share, and the two responses."""

from typing import Any, get_args

from charter.records import Message, Role

Turns = tuple[Message, ...]


class UnusableRow(ValueError):  # noqa: N818  # nothing failed: the row is counted, with this as the reason
    """Why one row of a file says nothing about two responses."""


def conversation(value: object) -> Turns:
    """The turns of a list of ``{"role": ..., "content": ...}``.

    Raises:
        UnusableRow: it is no such list, has a role that is unknown, or content that is no text.
    """
    if not isinstance(value, list):
        raise UnusableRow("neither a text nor a list of turns")
    return tuple(_turn(item) for item in value)


def _turn(item: Any) -> Message:
    if not isinstance(item, dict) or not {"role", "content"} <= item.keys():
        raise UnusableRow("a turn without role or content")
    if item["role"] not in get_args(Role):
        raise UnusableRow("a turn of an unknown role (known: system, user, assistant)")
    if not isinstance(item["content"], str):
        raise UnusableRow("a turn whose content is no text")
    return Message(item["role"], item["content"])


def parted(one: Turns, other: Turns) -> tuple[Turns, str, str]:
    """The turns that two dialogues share, and the response that each ends with.

    Raises:
        UnusableRow: they part before their last turn, or one of them does not end with a response.
    """
    if not one or not other or {one[-1].role, other[-1].role} != {"assistant"}:
        raise UnusableRow("a dialogue does not end with the assistant's turn")
    if one[:-1] != other[:-1]:
        raise UnusableRow("the dialogues differ before their last turn")
    return check(one[:-1], one[-1].content, other[-1].content)


def check(messages: Turns, one: str, other: str) -> tuple[Turns, str, str]:
    """The same three, if they make a pair of responses to a prompt.

    Raises:
        UnusableRow: they do not.
    """
    spoken = messages[1:] if messages and messages[0].role == "system" else messages
    roles = [message.role for message in spoken]
    if len(roles) % 2 == 0 or roles != ["user", "assistant"] * (len(roles) // 2) + ["user"]:
        raise UnusableRow("no conversation of user and assistant in turn that ends with the user")
    if not all(message.content.strip() for message in messages):
        raise UnusableRow("an empty turn before the responses")
    if not one.strip() or not other.strip():
        raise UnusableRow("an empty response")
    if one.strip() == other.strip():
        raise UnusableRow("both responses are the same")
    return messages, one, other


def shared_beginning(one: str, other: str) -> tuple[str, str, str]:
    """What two plain texts begin with alike, up to the last space of it, and the rest of each."""
    length = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    cut = one.rfind(" ", 0, length) + 1
    return one[:cut].rstrip(), one[cut:], other[cut:]
