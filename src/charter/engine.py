"""Maps a stage's work over its inputs, on this machine, so that it can be killed and continued."""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, Protocol, TypeVar

from charter.codec import Record
from charter.errors import Interrupted, RunFolderError
from charter.models.completer import OnDone
from charter.progress import Advance, Progress
from charter.shards import Shards

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_STDERR = 2
_STOPPING = b"\nStopping when the records at hand are done. Ctrl-C again stops at once and loses them.\n"


class Identified(Record, Protocol):
    """A record with an id."""

    @property
    def id(self) -> str:
        """The hash of everything that determines the record."""


In = TypeVar("In")
Out = TypeVar("Out", bound=Identified)
Work = Callable[[Sequence[In], OnDone], list[Out]]


def map_records(
    inputs: Sequence[In],
    shards: Shards[Out],
    *,
    identify: Callable[[In], str],
    work: Callable[[Sequence[In], OnDone], list[Out]],
    shard_size: int,
    progress: Progress,
    label: str,
) -> None:
    """Makes the record of every input that has none yet, one shard at a time; returns when ``shards`` holds them all.

    The inputs are divided into chunks of ``shard_size`` by their order, whatever is there already. A chunk is worked
    as one and becomes one shard, so a continued run has the batches, and with them to the last bit the samples, of an
    undisturbed one. Inputs with the same id are the same work, and are worked once.

    Args:
        identify: the id of the record that an input leads to.
        work: makes one record an input, with that id, in any order; told of inputs done through its ``OnDone``.
        shards: the output of these inputs alone.

    Raises:
        Interrupted: Ctrl-C or SIGTERM; the chunk at hand was finished first. A second one stops at once and loses it.
        RunFolderError: ``shards`` is damaged, or holds records that these inputs do not lead to.
        StageError: the disk is full.
        ValueError: ``work`` did not return the records it was asked for.
    """
    by_id = {identify(item): item for item in inputs}
    present = shards.ids()
    _refuse_strangers(present - by_id.keys(), shards)
    ids = list(by_id)
    chunks = [ids[start : start + shard_size] for start in range(0, len(ids), shard_size)]
    with progress.task(label, len(ids), done=len(present)) as advance, _stop_request() as stop:
        for chunk in chunks:
            missing = [identity for identity in chunk if identity not in present]
            if not missing:
                continue
            try:
                _work_chunk(missing, by_id, shards, work, advance)
            except KeyboardInterrupt as error:
                raise _interrupted(label, shards, len(ids)) from error
            if stop.is_set():
                raise _interrupted(label, shards, len(ids))


def _work_chunk(
    missing: Sequence[str],
    by_id: dict[str, In],
    shards: Shards[Out],
    work: Callable[[Sequence[In], OnDone], list[Out]],
    advance: Advance,
) -> None:
    told = 0

    def on_done(n: int) -> None:
        nonlocal told
        step = min(n, len(missing) - told)
        told += step
        advance(step)

    records = work([by_id[identity] for identity in missing], on_done)
    made = [record.id for record in records]
    if sorted(made) != sorted(missing):
        raise ValueError(f"work made {len(made)} records of {len(missing)} inputs, or not those that identify() named")
    shards.append(records)
    advance(len(missing) - told)


def _refuse_strangers(strangers: set[str], shards: Shards[Any]) -> None:
    if strangers:
        raise RunFolderError(
            f"{shards.path} holds {len(strangers)} records that these inputs do not lead to: prompts, model or code "
            "have changed since; use another --out, or delete this folder to make its records anew"
        )


def _interrupted(label: str, shards: Shards[Any], total: int) -> Interrupted:
    return Interrupted(
        f"stopped in {label}: {len(shards):,} of {total:,} records are kept in {shards.path}; "
        "run the same command again with the same --out to go on from there"
    )


@contextmanager
def _stop_request() -> Iterator[threading.Event]:
    """Turns the first SIGINT or SIGTERM into a request; a second one raises ``KeyboardInterrupt``."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked  # only the main thread may handle signals: there, Ctrl-C ends the program
        return

    def handle(_signal: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        os.write(_STDERR, _STOPPING)  # a buffered stream must not be used here: the signal may have interrupted it

    numbers = [number for number in _SIGNALS if signal.getsignal(number) not in (signal.SIG_IGN, None)]
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
