"""The models of a run, each loaded when it is first needed, one at a time."""

import gc
from pathlib import Path

from charter.models import Completer, load_completer
from charter.models.deferred import Deferred
from charter.models.loading import in_own_form
from charter.recipe import ModelConfig
from charter.served import is_served


class Models:
    """Loads what a stage asks for, and keeps the last one."""

    def __init__(self, config: ModelConfig) -> None:
        self._config = config
        self._loaded: tuple[ModelConfig, Completer] | None = None

    def base(self) -> Completer:
        """The model that the run began with."""
        return self.load(self._config)

    def trained(self, path: Path, server: str | None) -> Completer:
        """The checkpoint at ``path``, loaded as the base model was, or asked of its server."""
        return self.load(self._config.model_copy(update={"name": str(path), "revision": None, "server": server}))

    def judge(self, name: str) -> Completer:
        """A model that judges; ``self`` is the base model. Another one is shown conversations in its own form.

        It is loaded when it is asked, in the place of the one before: of several judges one at a time is in memory.
        """
        config = self._config
        if name != "self":
            config = in_own_form(config.model_copy(update={"name": name, "revision": None, "server": None}))
        return self.load(config) if is_served(config.server or config.name) else Deferred(config, self.load)

    def release(self) -> None:
        """Gives the models' memory back."""
        self._loaded = None
        gc.collect()

    def load(self, config: ModelConfig) -> Completer:
        """The model of that configuration, in the place of the one before."""
        if self._loaded is None or self._loaded[0] != config:
            self.release()  # two large models do not fit beside each other
            self._loaded = config, load_completer(config)
        return self._loaded[1]
