"""Reading a server's reply to a chat. It may lack anything; what cannot be trusted becomes a failed completion."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from charter.models.completer import Completion
from charter.models.endpoint_text import error_text, one_line, whole
from charter.models.endpoint_types import Failure, Reply
from charter.records import Finish

_FINISH: Mapping[str, Finish] = {
    "stop": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "max_tokens": "length",
}
"""What servers call the two ways in which a text ends."""


def read_completion(reply: Reply) -> Completion:
    """The completion that a reply holds, or one with the reason why it holds none."""
    if isinstance(reply, Failure):
        return _failed(reply.reason)
    choice = first_choice(reply)
    if isinstance(choice, str):
        return _failed(choice)
    message, ended = choice.get("message"), choice.get("finish_reason")
    text = message.get("content") if isinstance(message, dict) else None
    finish = _FINISH.get(ended) if isinstance(ended, str) else None
    if ended == "content_filter":
        return _failed("the server's content filter withheld the text")
    if not isinstance(text, str):
        return _failed(f"the reply has no text (finish_reason {_quoted(ended)})")
    if finish is None:
        return _failed(f"the text may not be whole: finish_reason is {_quoted(ended)}")
    return Completion(whole(text), finish, _tokens(reply))


def first_choice(reply: Mapping[str, Any]) -> dict[str, Any] | str:
    """The reply's only choice, or why there is none."""
    choices = reply.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return choices[0]
    said = error_text(reply, b"")
    return f"the reply has no choices: {one_line(said)}" if said else "the reply has no choices"


def _failed(reason: str) -> Completion:
    return Completion("", "stop", 0, reason)


def _quoted(value: object) -> str:
    return "null" if value is None else f"'{one_line(str(value), 40)}'"


def _tokens(reply: Mapping[str, Any]) -> int:
    usage = reply.get("usage")
    tokens = usage.get("completion_tokens") if isinstance(usage, dict) else None
    return tokens if isinstance(tokens, int) and tokens >= 0 else 0


@dataclass(frozen=True, slots=True)
class _Position:
    """One generated token, and the likeliest ones in its place."""

    token: str
    logprob: float
    alternatives: Mapping[str, float]


def read_scores(reply: Mapping[str, Any], options: Sequence[str]) -> list[float] | None:
    """The log-probability of each option by the tokens that tell it from the others; None without log-probabilities.

    An option that is not among the tokens listed gets the most that it can have: what the listed ones leave over, and
    not more than the least of them. So an answer that says nothing of the options scores them alike.
    """
    positions = list(_positions(first_choice(reply)))
    if not positions:
        return None
    chances = [0.0] * len(options)
    written, chance, bound = "", 1.0, 0.0
    for position in positions:
        for token, logprob in position.alternatives.items():
            meant = _meant(written + token, options)
            if len(meant) == 1:
                chances[meant[0]] += chance * math.exp(logprob)
        bound += chance * _unlisted(position.alternatives)
        written, chance = written + position.token, chance * math.exp(position.logprob)
        if written.strip() and len(_meant(written, options)) < 2:
            break
    least = max(bound, 1e-30)
    return [math.log(min(1.0, found or least)) for found in chances]


def _positions(choice: dict[str, Any] | str) -> Iterator[_Position]:
    """The positions of a choice, up to the first that cannot be read."""
    logprobs = None if isinstance(choice, str) else choice.get("logprobs")
    content = logprobs.get("content") if isinstance(logprobs, dict) else None
    for entry in content if isinstance(content, list) else ():
        listed = entry.get("top_logprobs") if isinstance(entry, dict) else None
        pairs = [_pair(item) for item in [entry, *listed]] if isinstance(listed, list) else [None]
        if pairs[0] is None:
            return
        yield _Position(*pairs[0], dict(pair for pair in pairs if pair is not None))


def _pair(item: object) -> tuple[str, float] | None:
    """A token and its log-probability; None where either is missing or no number."""
    if not isinstance(item, dict):
        return None
    token, logprob = item.get("token"), item.get("logprob")
    if not isinstance(token, str) or isinstance(logprob, bool) or not isinstance(logprob, int | float):
        return None
    return (token, min(0.0, float(logprob))) if math.isfinite(logprob) else None


def _unlisted(alternatives: Mapping[str, float]) -> float:
    """The most that a token which is not listed can have."""
    listed = [math.exp(logprob) for logprob in alternatives.values()]
    return max(0.0, min(1.0 - sum(listed), *listed))


def _meant(text: str, options: Sequence[str]) -> list[int]:
    """The options that ``text`` can be the beginning of, or that it has written in full."""
    text = text.lstrip()
    return [index for index, option in enumerate(options) if text and _agrees(text, option.lstrip())]


def _agrees(text: str, option: str) -> bool:
    if option.startswith(text):
        return True
    return text.startswith(option) and not text[len(option)].isalnum()
