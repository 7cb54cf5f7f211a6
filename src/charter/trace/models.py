"""The run's models, one in memory at a time: asked for an answer, and for what training examples do for it."""

import gc
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from charter.digests import derive_seed
from charter.errors import ConfigError, ModelError, StageError
from charter.gradients import Lesson, Pulls, TakeGradients
from charter.models import Chat, Completion, Sampling
from charter.models.loading import load_local
from charter.recipe import ModelConfig
from charter.records import Prompt
from charter.respond import NOTHING_WRITTEN
from charter.served import is_served
from charter.store import RunFolder
from charter.trace.material import BASE, checkpoint_folder

if TYPE_CHECKING:
    from charter.models.hf_load import LoadedModel


class RunModels:
    """Loads a checkpoint when it is first asked for, in the place of the one before."""

    def __init__(self, run: RunFolder, gradients: TakeGradients) -> None:
        self._run = run
        self._gradients = gradients
        self._loaded: tuple[str, LoadedModel] | None = None
        self.choices: dict[str, str] = {}
        """What was chosen automatically, each with its reason."""

    def answer(self, name: str, prompt: Prompt, sampling: Sampling, seed: int) -> Completion:
        """What that checkpoint says, drawn with a seed of its own for every prompt.

        Raises:
            ConfigError: the prompt does not fit.
            StageError: nothing was written.
        """
        from charter.models.hf import HfCompleter

        completer = HfCompleter(self._load(name), self._config(name))
        chat = Chat(prompt.messages, derive_seed(seed, "trace", prompt.id))
        (answer,) = completer.complete([chat], sampling)
        if answer.error:
            raise ConfigError(f"--prompt: {name} cannot answer it: {answer.error}")
        if not answer.text.strip():
            raise StageError(f"--prompt: {NOTHING_WRITTEN}; try another --seed")
        return answer

    def pulls(
        self, name: str, prompt: Prompt, answer: str, lessons: Sequence[Lesson], on_done: Callable[[int], None]
    ) -> Pulls:
        """What each lesson does for the answer in that checkpoint; see ``Gradients.pulls``."""
        gradients = self._gradients(self._load(name), self._run.recipe.model.format)
        self.choices["gradients"] = gradients.choice
        return gradients.pulls(prompt.messages, answer, lessons, on_done)

    def _load(self, name: str) -> "LoadedModel":
        if self._loaded is None or self._loaded[0] != name:
            self._loaded = None
            gc.collect()
            try:
                self._loaded = name, load_local(self._config(name))
            except ModelError as error:
                raise ModelError(f"{error}; or use --nearest with --example, which needs no model") from error
        return self._loaded[1]

    def _config(self, name: str) -> ModelConfig:
        config = self._run.recipe.model.model_copy(update={"server": None})
        if name != BASE:
            folder = str(checkpoint_folder(self._run, name))
            return config.model_copy(update={"name": folder, "revision": None})
        if is_served(config.name):
            raise ModelError(
                f"model.name {config.name}: a server's model has no gradients here; use --nearest with --example"
            )
        return config
