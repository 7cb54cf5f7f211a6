"""Work in processes, where a crash, a hang or a lack of memory of one task is a result like any other."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

import psutil

T = TypeVar("T")
R = TypeVar("R")

STACK_BYTES = 512 << 20
"""For the thread that works: deeply nested code is walked by recursion. Only what is used of it takes memory."""
RECURSION_LIMIT = 20_000
RENEW_BYTES = 1 << 30
"""A worker that has grown beyond this is replaced after its task."""
LEAST_BYTES = 2 << 30
_PATIENCE = 10
"""How many times its seconds a task may take on a machine that has other work."""
_POLL = 0.5


@dataclass(frozen=True, slots=True)
class Lost:
    """Why a task has no result, in words."""

    reason: str


@dataclass(slots=True)
class _Worker(Generic[T]):
    process: BaseProcess
    pipe: Connection
    task: T | None = None
    busy: bool = False
    seconds: float = 0.0
    """What the task may take."""
    begun: float = 0.0
    cpu_before: float = 0.0

    def is_late(self) -> bool:
        """
        Whether the task has used up its time: of the processor's, so that a busy machine does not make it fail; one
        that only waits is late, too, in the end.
        """
        elapsed = time.monotonic() - self.begun
        if elapsed <= self.seconds:
            return False
        return elapsed > self.seconds * _PATIENCE or _cpu(self.process) - self.cpu_before > self.seconds


def run_tasks(
    tasks: Sequence[T], work: Callable[[T], R], jobs: int, seconds: Callable[[T], float]
) -> Iterator[tuple[T, R | Lost]]:
    """
    Each task with its result, in the order in which they finish.

    Args:
        tasks: begun in this order; they and the results can be pickled.
        work: a function of a module. An exception that it lets through is ``Lost``, too.
        jobs: processes at most.
        seconds: how much of a processor's time a task may take before its process is ended.
    """
    waiting = deque(tasks)
    workers: list[_Worker[T]] = []
    limit = max(LEAST_BYTES, psutil.virtual_memory().available // max(1, jobs) * 9 // 10)
    try:
        workers += [_start(work, limit) for _ in range(min(jobs, len(waiting)))]
        while waiting or any(worker.busy for worker in workers):
            for place in range(len(workers)):
                if waiting and not workers[place].busy:
                    task = waiting.popleft()
                    if not _give(workers[place], task, seconds(task)):
                        workers[place] = _replaced(workers[place], work, limit)
                        _give(workers[place], task, seconds(task))
            for place in _ready(workers):
                worker = workers[place]
                done, result = worker.task, _take(worker)
                if isinstance(result, Lost) or result[1]:
                    workers[place] = _replaced(worker, work, limit)
                if done is not None:
                    yield done, result if isinstance(result, Lost) else result[0]
    finally:
        for worker in workers:
            _end(worker)


def _start(work: Callable[[T], R], limit: int) -> "_Worker[T]":
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    process: BaseProcess = context.Process(  # type: ignore[attr-defined]  # every context has it
        target=_serve, args=(theirs, work, limit), daemon=True
    )
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _give(worker: "_Worker[T]", task: T, seconds: float) -> bool:
    """Hands a task over; False when the worker has died meanwhile."""
    try:
        worker.pipe.send(task)
    except OSError:
        return False
    worker.task, worker.busy, worker.seconds = task, True, seconds
    worker.begun, worker.cpu_before = time.monotonic(), _cpu(worker.process)
    return True


def _ready(workers: Sequence["_Worker[T]"]) -> list[int]:
    """The places of workers that have answered, died, or used up their time; waits until there is one."""
    busy = {worker.pipe: place for place, worker in enumerate(workers) if worker.busy}
    while True:
        next_late = min(workers[place].begun + workers[place].seconds for place in busy.values())
        answered = [busy[pipe] for pipe in wait(list(busy), max(_POLL, next_late - time.monotonic())) if pipe in busy]
        late = [place for place in busy.values() if place not in answered and workers[place].is_late()]
        if answered or late:
            return answered + late


def _cpu(process: BaseProcess) -> float:
    """Seconds of a processor that a process has used."""
    try:
        times = psutil.Process(process.pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def _take(worker: "_Worker[T]") -> tuple[Any, bool] | Lost:
    """A worker's answer, and whether it wants to be replaced."""
    worker.busy, worker.task = False, None
    if not worker.pipe.poll():
        return Lost("it took too long")
    try:
        answer: tuple[Any, bool] | Lost = worker.pipe.recv()
    except (EOFError, OSError):
        worker.process.join(5)
        code = worker.process.exitcode
        return Lost(f"the process was ended by signal {-code}" if code is not None and code < 0 else "the process died")
    return answer


def _replaced(worker: "_Worker[T]", work: Callable[[T], R], limit: int) -> "_Worker[T]":
    _end(worker)
    return _start(work, limit)


def _end(worker: "_Worker[T]") -> None:
    worker.pipe.close()
    worker.process.kill()
    worker.process.join()


def _serve(pipe: Connection, work: Callable[[Any], Any], limit: int) -> None:
    """What a worker does: in a thread, because only of a new thread can the stack be chosen."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer, which then ends us
    _bound_memory(limit)
    sys.setrecursionlimit(RECURSION_LIMIT)
    threading.stack_size(STACK_BYTES)
    thread = threading.Thread(target=_answer_all, args=(pipe, work))
    thread.start()
    thread.join()
    os._exit(0)  # what the parent process registered to be done at its end is not ours to do


def _answer_all(pipe: Connection, work: Callable[[Any], Any]) -> None:
    me = psutil.Process()
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer: object = (work(task), me.memory_info().rss > RENEW_BYTES)
        except MemoryError:
            answer = Lost("there is not enough memory")
        except Exception as error:  # noqa: BLE001  # the scan goes on, and says what happened
            answer = Lost(f"{type(error).__name__}: {error}"[:300])
        try:
            pipe.send(answer)
        except OSError:
            return


def _bound_memory(limit: int) -> None:
    """No more than ``limit`` bytes beyond what the process has now, where the system can be told so."""
    try:
        import resource
    except ImportError:
        return
    try:
        resource.setrlimit(resource.RLIMIT_AS, (psutil.Process().memory_info().vms + 2 * STACK_BYTES + limit,) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ValueError, OSError):
        return
