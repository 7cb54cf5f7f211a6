"""Batches of a small model side by side: the same answers as one after another."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from charter.models.completer import Chat, Sampling
from charter.models.hf import HfCompleter
from charter.models.hf_workers import MIN_ROWS, Workers
from charter.records import Message

Load = Callable[..., HfCompleter]
SAMPLED = Sampling(max_new_tokens=6)


@pytest.fixture
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def many() -> list[Chat]:
    """Enough chats for two batches, of many lengths."""
    return [Chat((Message("user", "lock " * (index % 7) + str(index)),), index) for index in range(3 * MIN_ROWS)]


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize("architecture", ["llama", "mamba"])
def test_two_threads_give_what_one_gives(
    architecture: str, folder_of: Callable[[str], Path], load: Load, many: list[Chat]
) -> None:
    two = load(folder_of(architecture))
    seen: set[str] = set()
    done: list[int] = []

    def on_done(count: int) -> None:
        seen.add(threading.current_thread().name)
        done.append(count)

    found = two.complete(many, SAMPLED, on_done)
    assert torch.get_num_threads() == 2
    assert len(seen) == 2
    assert done == [1] * len(many)
    torch.set_num_threads(1)
    one = load(folder_of(architecture))
    assert one.complete(many, SAMPLED) == found
    options = [["(A)", "yes and no"]] * len(many)
    torch.set_num_threads(2)
    for ours, theirs in zip(two.score(many, options), one.score(many, options), strict=True):
        assert ours == pytest.approx(theirs, abs=1e-4)


@pytest.mark.usefixtures("two_threads")
def test_what_goes_wrong_in_a_thread_is_not_lost(tiny_llama: Path, load: Load, many: list[Chat]) -> None:
    def on_done(_count: int) -> None:
        raise ZeroDivisionError

    completer = load(tiny_llama)
    with pytest.raises(ZeroDivisionError):
        completer.complete(many, SAMPLED, on_done)
    assert torch.get_num_threads() == 2
    assert len(completer.complete(many, SAMPLED)) == len(many)


@pytest.mark.usefixtures("two_threads")
def test_a_large_model_has_all_threads_for_each_batch() -> None:
    large = torch.nn.Linear(4200, 4200)
    large.device = torch.device("cpu")
    workers = Workers(large)
    assert not workers.apart
    assert [workers.parts(rows, 32) for rows in (1, 32, 33, 100)] == [1, 1, 2, 4]
    here = threading.current_thread().name
    assert workers.run([lambda: threading.current_thread().name] * 2) == [here, here]


@pytest.mark.usefixtures("two_threads")
def test_a_small_models_rows_are_divided_when_there_are_enough(tiny_llama: Path, load: Load) -> None:
    completer = load(tiny_llama)
    assert completer.choices["threads"].startswith("a batch for each processor")
    workers = Workers(completer._loaded.model)
    assert [workers.parts(rows, 64) for rows in (1, 31, 32, 128, 129)] == [1, 1, 2, 2, 3]
