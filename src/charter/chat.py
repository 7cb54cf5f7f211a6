"""A conversation with a model, or the same one with two: what was said, what is answered, what is taken back."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from charter.digests import derive_seed
from charter.disk import write_atomic
from charter.errors import ConfigError, ModelError, RunFolderError, StageError
from charter.models.completer import Chat, Completer, Completion, Sampling
from charter.recipe import ModelConfig
from charter.records import Message
from charter.respond import NOTHING_WRITTEN
from charter.run_files import MANIFEST_NAME, read_recipe
from charter.stages import DPO, RL_CAI, RLHF, SL_CAI

_TRAINED = (RL_CAI, RLHF, DPO, SL_CAI)
"""The models that a run trains, the last first."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the user said, and each model's answer under the model's name."""

    said: str
    answers: Mapping[str, Completion]


class Talk:
    """The same user's turns to each of the models; every model hears its own answers alone."""

    def __init__(self, models: Mapping[str, Completer], sampling: Sampling, *, system: str = "", seed: int = 0) -> None:
        """``models`` by the names that they have in this conversation."""
        self._models = dict(models)
        self._sampling = sampling
        self._system = (Message("system", system),) if system else ()
        self._seed = seed
        self._asked = 0
        self._exchanges: list[Exchange] = []

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What was said so far."""
        return tuple(self._exchanges)

    def say(self, text: str) -> Exchange:
        """Puts ``text`` to every model and keeps the exchange; whatever is raised, nothing is kept.

        The seed depends on how often was asked, so what is asked again after ``undo`` may be answered otherwise.

        Raises:
            StageError: a model has no answer.
            KeyboardInterrupt: the user does not want to wait for it.
        """
        self._asked += 1
        seed = derive_seed(self._seed, "chat", self._asked)
        answers = {}
        for name, model in self._models.items():
            turns = (*self.messages(name), Message("user", text))
            (answers[name],) = model.complete([Chat(turns, seed)], self._sampling)
            if reason := answers[name].error or ("" if answers[name].text.strip() else NOTHING_WRITTEN):
                raise StageError(f"{name} has no answer: {reason}")
        self._exchanges.append(Exchange(text, answers))
        return self._exchanges[-1]

    def messages(self, name: str) -> tuple[Message, ...]:
        """The conversation as the model of that name has it."""
        turns = [
            turn
            for exchange in self._exchanges
            for turn in (Message("user", exchange.said), Message("assistant", exchange.answers[name].text))
        ]
        return (*self._system, *turns)

    def undo(self) -> bool:
        """Takes the last exchange back; false where there is none."""
        return bool(self._exchanges and self._exchanges.pop())

    def reset(self) -> None:
        """Begins again, with the same system turn."""
        self._exchanges.clear()

    def save(self, path: Path) -> None:
        """Writes a new file of JSON Lines: one object a model, with its turns under ``messages``.

        Raises:
            ConfigError: the file is there already, or cannot be written.
            StageError: the disk is full.
        """
        if path.exists():
            raise ConfigError(f"{path}: is there already; name a new file")
        lines = [
            {
                "model": name,
                "digest": model.digest,
                "sampling": asdict(self._sampling),
                "seed": self._seed,
                "messages": [asdict(message) for message in self.messages(name)],
            }
            for name, model in self._models.items()
        ]
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        try:
            write_atomic(path, text.encode())
        except RunFolderError as error:
            raise ConfigError(f"{path}: cannot be written; name another file") from error


def model_config(reference: str, form: str | None) -> ModelConfig:
    """How to load the model that ``reference`` means: what a recipe may name, or a run folder for what it trained last.

    Raises:
        ModelError: the run has not come to its checkpoint.
    """
    folder = Path(reference)
    config = ModelConfig(name=reference)
    if (folder / MANIFEST_NAME).is_file():
        checkpoints = (folder / "checkpoints" / name for name in _TRAINED)
        trained = next((each for each in checkpoints if each.is_dir()), None)
        if trained is None:
            raise ModelError(f"{folder}: this run has trained no model yet; go on with 'charter run --out {folder}'")
        own = {"name": str(trained), "revision": None, "server": None}
        config = read_recipe(folder).model.model_copy(update=own)
    return config.model_copy(update={"format": form}) if form else config
