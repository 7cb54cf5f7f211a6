"""A model behind any server that speaks OpenAI's chat completions: vLLM, SGLang, llama.cpp, Ollama, hosted ones."""

import math
from collections.abc import Sequence
from typing import Any

from charter.digests import digest
from charter.errors import MissingExtraError, StageError
from charter.models.completer import Chat, Completion, OnDone, Sampling
from charter.models.endpoint_key import Key
from charter.models.endpoint_reply import read_completion, read_scores
from charter.models.endpoint_types import Failure, Limits, Question, Reply
from charter.served import parse_served

TOP = 20
"""Tokens asked for in the place of each one: the most that OpenAI, and vLLM as it comes, will list."""
_SEEDS = 2**31
"""Seeds are taken modulo this, for some servers keep them in 32 bits."""


class EndpointCompleter:
    """Asks the server; a request that fails for good is a completion with an error, never the end of the others.

    ``digest`` is made of the model's name, the URL and what the server says of the model. It identifies less than a
    digest of weights does: who serves other weights under the same name is not found out.
    """

    def __init__(self, name: str, limits: Limits | None = None) -> None:
        """``name`` is ``openai:MODEL@URL``; the server is asked at once whether it has the model.

        Raises:
            ConfigError: the name is not of that form.
            ModelError: nobody answers there, the key is refused, or there is no such model.
            MissingExtraError: httpx2 is not installed.
        """
        self._served = parse_served(name)
        try:
            from charter.models.endpoint_check import describe
            from charter.models.endpoint_client import EndpointClient
        except ImportError as error:
            raise MissingExtraError("endpoint", f"the served model '{self._served.model}'") from error
        self._key = Key.of(self._served)
        limits = limits or Limits()
        facts = describe(self._served, self._key, limits)
        self._client = EndpointClient(self._served, self._key, limits)
        self._digest = digest(["endpoint", self._served.model, self._served.url, facts])

    @property
    def name(self) -> str:
        """``openai:MODEL@URL``."""
        return self._served.name

    @property
    def digest(self) -> str:
        """SHA-256 of model, URL and what the server says of the model; see the class."""
        return self._digest

    def complete(self, chats: Sequence[Chat], sampling: Sampling, on_done: OnDone | None = None) -> list[Completion]:
        """One completion a chat, in the order of ``chats``; how it failed is in its ``error``.

        The server draws each sample with the chat's seed, if it heeds seeds. ``tokens`` is 0 where it does not count.

        Raises:
            StageError: not one of the chats could be put to the server, for a reason that has nothing to do with them.
        """
        settings = {
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": sampling.max_new_tokens,
        }
        return [read_completion(reply) for reply in self._ask(chats, settings, on_done)]

    def score(self, chats: Sequence[Chat], options: Sequence[Sequence[str]]) -> list[list[float]]:
        """Log-probabilities, shape (N, options of that chat), by the first token that tells the options apart.

        ``A`` and ``B`` take a single token of the server. Options that begin alike, such as ``(A)`` and ``(B)``, take
        as many as their common beginning may have. What follows the token that tells them apart is not looked at: this
        is the probability that the answer goes the option's way, not that of the whole option. A token that would fit
        two options counts for neither, and an option that is not among the likeliest 20 tokens gets the most that it
        can have.

        NaN where the server gives no log-probabilities, or no reply to that chat.

        Raises:
            StageError: as of ``complete``.
        """
        depths = [_common_beginning(texts) + 1 for texts in options]
        settings = {"temperature": 0.0, "logprobs": True, "top_logprobs": TOP}
        questions = [self._question(chat, settings | {"max_tokens": n}) for chat, n in zip(chats, depths, strict=True)]
        replies = self._checked(self._client.ask_all(questions))
        scores = [
            None if isinstance(reply, Failure) else read_scores(reply, texts)
            for reply, texts in zip(replies, options, strict=True)
        ]
        return [found or [math.nan] * len(texts) for found, texts in zip(scores, options, strict=True)]

    def _ask(self, chats: Sequence[Chat], settings: dict[str, Any], on_done: OnDone | None) -> list[Reply]:
        return self._checked(self._client.ask_all([self._question(chat, settings) for chat in chats], on_done))

    def _checked(self, replies: list[Reply]) -> list[Reply]:
        first = next(iter(replies), None)
        if isinstance(first, Failure) and all(isinstance(reply, Failure) and reply.is_the_server for reply in replies):
            # Records that failed are kept as such. A server that went away is no reason to use up a run's records.
            raise StageError(f"{self.name} answers none of {len(replies)} requests any more: {first.reason}")
        return replies

    def _question(self, chat: Chat, settings: dict[str, Any]) -> Question:
        messages = [{"role": message.role, "content": message.content} for message in chat.messages]
        body = {"model": self._served.model, "messages": messages, "seed": chat.seed % _SEEDS, **settings}
        return Question("POST", "chat/completions", body)


def _common_beginning(options: Sequence[str]) -> int:
    """How many characters all the options begin with; a token has at least one."""
    shortest = min(options, key=len, default="")
    return next((n for n, letters in enumerate(zip(*options, strict=False)) if len(set(letters)) > 1), len(shortest))
