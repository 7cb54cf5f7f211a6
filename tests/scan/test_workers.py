"""Work in processes: what a task does to its process is its result."""

import os
import signal
import sys
import time

from charter.scan.workers import Lost, run_tasks


def work(task: str) -> str:
    match task:
        case "crash":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exit":
            os._exit(3)
        case "hang":
            time.sleep(60)
        case "raise":
            raise ValueError("no good")
        case "memory":
            raise MemoryError
        case "deep":
            return str(depth(sys.getrecursionlimit() - 1_000))
    return task.upper()


def depth(left: int) -> int:
    return 1 + depth(left - 1) if left else 0


def results(tasks: list[str], jobs: int = 2) -> dict[str, str | Lost]:
    return dict(run_tasks(tasks, work, jobs, lambda task: 0.3 if task == "hang" else 30.0))


def test_a_task_that_breaks_its_process_loses_only_itself() -> None:
    got = results(["a", "crash", "b", "hang", "exit", "c", "raise", "memory", "d"])
    assert {task: got[task] for task in "abcd"} == {"a": "A", "b": "B", "c": "C", "d": "D"}
    assert got["crash"] == Lost("the process was ended by signal 9")
    assert got["exit"] == Lost("the process died")
    assert got["hang"] == Lost("it took too long")
    assert got["raise"] == Lost("ValueError: no good")
    assert got["memory"] == Lost("there is not enough memory")


def test_recursion_goes_as_deep_as_the_limit_says() -> None:
    assert int(str(results(["deep"])["deep"])) > 10_000


def test_one_process_does_for_all_tasks_and_none_for_no_task() -> None:
    assert results([], 3) == {}
    assert len(results([f"t{number}" for number in range(50)], 1)) == 50
