"""A model that is loaded when it is first asked, so that who only names it needs no memory for it."""

import functools
from collections.abc import Callable, Sequence

from charter.models.completer import Chat, Completer, Completion, OnDone, Sampling
from charter.models.loading import digest_of
from charter.recipe import ModelConfig


class Deferred:
    """Stands for a model in this process. It holds none itself: ``load`` decides how long one is kept."""

    def __init__(self, config: ModelConfig, load: Callable[[ModelConfig], Completer]) -> None:
        """``load`` gives the model of that configuration, each time that it is asked."""
        self._config = config
        self._load = load

    @property
    def name(self) -> str:
        """The name in the recipe: ``organism``, a folder, or the hub's name."""
        return self._config.name

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of weights, configuration and tokenizer, read from the files.

        Raises:
            ModelError: the model cannot be found.
        """
        return digest_of(self._config)

    def complete(self, chats: Sequence[Chat], sampling: Sampling, on_done: OnDone | None = None) -> list[Completion]:
        """One completion a chat, in the order of ``chats``."""
        return self._load(self._config).complete(chats, sampling, on_done)

    def score(self, chats: Sequence[Chat], options: Sequence[Sequence[str]]) -> list[list[float]]:
        """Log-probabilities, shape (N, options of that chat)."""
        return self._load(self._config).score(chats, options)
