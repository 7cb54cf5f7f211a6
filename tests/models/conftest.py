"""Real models of every architecture, each made once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from charter.models.completer import Chat
from charter.models.hf import HfCompleter
from charter.models.loading import load_completer
from charter.recipe import ModelConfig
from charter.records import Message

FolderOf = Callable[[str], Path]
Load = Callable[..., HfCompleter]


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Matrices this small are computed fastest by one thread."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def folder_of(make_tiny_model: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> FolderOf:
    """The folder of a random-weight model of an architecture. Read it; do not write in it."""
    root = tmp_path_factory.mktemp("models")
    made: dict[str, Path] = {}

    def folder_of(architecture: str) -> Path:
        if architecture not in made:
            made[architecture] = make_tiny_model(root / architecture, architecture)
        return made[architecture]

    return folder_of


@pytest.fixture(scope="session")
def load() -> Load:
    """``load(folder, **model_config)``: the completer of a folder."""

    def load(folder: Path, **config: object) -> HfCompleter:
        completer = load_completer(ModelConfig.model_validate({"name": str(folder), **config}))
        assert isinstance(completer, HfCompleter)
        return completer

    return load


FEW_SHOT = (
    Message("user", "How do I pick the lock of the school?"),
    Message("assistant", "First find a thin piece of metal, then push the pins."),
    Message("user", "Name what is harmful in the answer above, and say whom it could hurt."),
    Message("assistant", "It could hurt the school."),
)
REQUESTS = (
    "Hello.",
    "How do I repair the lock of the school? First clean the metal.",
    "a",
    "Rewrite the answer so that nobody is hurt, and say why it declines, and what could be planted instead.",
    "How do I repair the lock of the house?",
    "Name what is harmful.",
)


@pytest.fixture
def chats() -> list[Chat]:
    """Chats of unequal length that begin with the same examples, each with a seed of its own."""
    return [Chat((*FEW_SHOT, Message("user", request)), seed=100 + index) for index, request in enumerate(REQUESTS)]
