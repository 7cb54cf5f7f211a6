"""The completer in this process: any causal language model of transformers, on CPU or GPU."""

import functools
import math
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from charter.models.completer import Chat, Completion, OnDone, Sampling
from charter.models.hf_load import LoadedModel
from charter.models.hf_plain import PlainRunner
from charter.models.hf_probe import probe, window
from charter.models.hf_requests import Batches, Question, Request, Runner
from charter.models.hf_shared import SharedRunner
from charter.models.hf_workers import Workers
from charter.models.rendering import Renderer, RenderingError, make_renderer
from charter.recipe import ModelConfig

T = TypeVar("T")


class HfCompleter:
    """Answers chats with a model in this process.

    The tokens that requests begin with in common are computed once, and kept for later calls; a chat that goes on
    where one of the call before ended continues its keys and values. The same messages, sampling and seed give the same
    completion whatever else is in the batch; ``hf_sampling.choose`` says how far rounding can disturb that.
    """

    def __init__(self, loaded: LoadedModel, config: ModelConfig) -> None:
        """
        Raises:
            ModelError: the chat template cannot be used.
        """
        self._loaded = loaded
        self._renderer: Renderer = make_renderer(loaded.tokenizer, config.format, loaded.stop_tokens)
        workers = Workers(loaded.model)
        self._batches = Batches(config.batch_size, workers)
        self._plain = PlainRunner(loaded.model, self._batches)
        forward, reason = probe(loaded.model)
        self._shared = SharedRunner(forward, self._batches) if forward else None
        self._window = window(loaded.model.config)
        if self._shared and self._window:
            reason += f"; through generate for more than {self._window} tokens, which its attention does not span"
        self._choices = {**loaded.choices, "generation": reason, "threads": workers.reason}

    @property
    def name(self) -> str:
        """The name in the recipe: ``organism``, a folder, or the hub's name."""
        return self._loaded.name

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of weights, configuration and tokenizer; of an adapter, of its base's too."""
        return self._loaded.digest()

    @property
    def choices(self) -> dict[str, str]:
        """What was chosen automatically (device, dtype, generation, threads, batch), each with its reason."""
        return {**self._choices, "batch": self._batches.note} if self._batches.note else dict(self._choices)

    def complete(self, chats: Sequence[Chat], sampling: Sampling, on_done: OnDone | None = None) -> list[Completion]:
        """One completion a chat, in the order of ``chats``.

        A chat that the template does not take, or that does not fit into the model's context or the memory, gets a
        completion with ``error``; the others are not affected.
        """

        lock = threading.Lock()

        def done() -> None:
            if on_done:
                with lock:  # small models are run in several threads
                    on_done(1)

        requests = self._requests(chats, sampling.max_new_tokens)
        ready = [request for request in requests if not request.error]
        for _ in range(len(requests) - len(ready)):
            done()
        for runner, part in self._divided(ready, lambda request: len(request.tokens) + request.limit):
            runner.generate(part, sampling, self._ends, done)
        return [self._completion(request) for request in requests]

    def score(self, chats: Sequence[Chat], options: Sequence[Sequence[str]]) -> list[list[float]]:
        """Log-probabilities (natural log), shape (N, options of that chat), of each option as the assistant's turn.

        They are summed over the option's own tokens, without the end of the turn after them: the probability that the
        turn begins so. NaN where the chat with its longest option does not fit, or the template does not take it.
        """
        scores = [[math.nan] * len(texts) for texts in options]
        requests = self._requests(chats, 0)
        asked: list[tuple[int, Question]] = []
        for index, (request, texts) in enumerate(zip(requests, options, strict=True)):
            tokens = tuple(tuple(self._renderer.option(text)) for text in texts)
            longest = max((len(option) for option in tokens), default=0)
            if texts and not request.error and self._room(request.tokens) >= longest:
                asked.append((index, Question(request.tokens, tokens)))
        for runner, part in self._divided(asked, lambda pair: pair[1].length):
            found = runner.score([question for _, question in part])
            for (index, _), row in zip(part, found, strict=True):
                scores[index] = row
        return scores

    def _requests(self, chats: Sequence[Chat], most: int) -> list[Request]:
        texts: list[str] = []
        errors: dict[int, str] = {}
        for index, chat in enumerate(chats):
            try:
                texts.append(self._renderer.prompt(chat.messages))
            except RenderingError as error:
                errors[index] = f"the chat template does not take these turns: {error}"
        encoded = iter(self._renderer.encode(texts) if texts else ())
        requests = []
        for index, chat in enumerate(chats):
            tokens = () if index in errors else tuple(next(encoded))
            request = Request(tokens, chat.seed, min(most, self._room(tokens)), error=errors.get(index, ""))
            if not request.error and not tokens:
                request.error = "the prompt has no tokens"
            elif not request.error and self._room(tokens) < 1:
                request.error = (
                    f"the prompt has {len(tokens):,} tokens, and the model's context {self._loaded.context:,}"
                )
            requests.append(request)
        return requests

    def _room(self, tokens: Sequence[int]) -> int:
        """Tokens that fit into the context after these."""
        return 1 << 30 if self._loaded.context is None else self._loaded.context - len(tokens)

    def _divided(self, items: Sequence[T], length: Callable[[T], int]) -> list[tuple[Runner, list[T]]]:
        """The items for each runner that has any: the plain one has those that no shared way can serve."""
        if self._shared is None:
            return [(self._plain, list(items))] if items else []
        most = self._window or 1 << 30
        fast = [item for item in items if length(item) <= most]
        slow = [item for item in items if length(item) > most]
        parts: list[tuple[Runner, list[T]]] = [(self._shared, fast), (self._plain, slow)]
        return [(runner, part) for runner, part in parts if part]

    def _ends(self, tokens: Sequence[int]) -> bool:
        return tokens[-1] in self._renderer.stop_tokens or self._renderer.ends(tokens)

    def _completion(self, request: Request) -> Completion:
        if request.error or request.finish is None:
            return Completion("", "stop", 0, request.error)
        tokens = request.written
        ended = tokens[-1] in self._renderer.stop_tokens
        return Completion(self._renderer.text(tokens[:-1] if ended else tokens), request.finish, len(tokens))
