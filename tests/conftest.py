"""Fixtures that every area's tests share."""

import importlib.util
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.pop("COLUMNS", None)  # the width of whoever runs the tests is not what they expect
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests were started in the background

settings.register_profile("charter", deadline=None)  # machines are noisy
settings.load_profile("charter")

MakeTinyModel = Callable[..., Path]


@pytest.fixture(scope="session")
def make_tiny_model() -> MakeTinyModel:
    """``make_tiny_model(path, architecture="llama", chat_template=True, ...) -> path``; see ``tiny_models.py``."""
    spec = importlib.util.spec_from_file_location("tiny_models", Path(__file__).with_name("tiny_models.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    make: MakeTinyModel = module.make_tiny_model
    return make


@pytest.fixture(scope="session")
def tiny_llama(make_tiny_model: MakeTinyModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a random-weight Llama with a chat template. Read it; do not write in it."""
    return make_tiny_model(tmp_path_factory.mktemp("tiny") / "llama")
