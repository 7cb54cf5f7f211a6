"""Work that is killed, stopped or starved of disk goes on to the very same records."""

import importlib.util
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from charter.engine import map_records
from charter.errors import Interrupted, RunFolderError
from charter.progress import Progress
from charter.records import Prompt
from charter.shards import Shards
from charter.store import RunFolder

SLOW_RUN = Path(__file__).with_name("slow_run.py")
Work = Callable[[Sequence[str], Callable[[int], None]], list[Prompt]]


def make(names: Sequence[str], on_done: Callable[[int], None]) -> list[Prompt]:
    on_done(len(names))
    return [Prompt(messages=(), id=name) for name in names]


@dataclass
class Mapping:
    """``map_records`` over names, as its tests need it."""

    shards: Shards[Prompt]

    def __call__(self, names: str, work: Work = make, shard_size: int = 2) -> None:
        map_records(
            names.split(),
            self.shards,
            identify=lambda name: name,
            work=work,
            shard_size=shard_size,
            progress=Progress(quiet=True),
            label="naming",
        )


@pytest.fixture
def mapping(tmp_path: Path) -> Mapping:
    return Mapping(Shards(tmp_path / "names", Prompt))


@pytest.fixture(scope="module")
def slow_run() -> ModuleType:
    spec = importlib.util.spec_from_file_location("slow_run", SLOW_RUN)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, SLOW_RUN, folder, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for_shards(folder: Path, count: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while len(list((folder / "answers").glob("*.parquet"))) < count:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_chunks_are_fixed_whatever_is_there_already(mapping: Mapping) -> None:
    batches: list[list[str]] = []

    def work(names: Sequence[str], on_done: Callable[[int], None]) -> list[Prompt]:
        batches.append(list(names))
        return make(names, on_done)

    mapping.shards.append([Prompt(messages=(), id="d"), Prompt(messages=(), id="c")])
    mapping.shards.append([Prompt(messages=(), id="f")])
    mapping("a b c d e f g", work)
    assert batches == [["a", "b"], ["e"], ["g"]]
    assert mapping.shards.ids() == set("abcdefg")
    mapping("a b c d e f g", work)
    assert len(batches) == 3


def test_the_same_work_is_done_once(mapping: Mapping) -> None:
    mapping("a b a c b")
    assert [prompt.id for prompt in mapping.shards.read()] == ["a", "b", "c"]


def test_records_of_other_inputs_are_not_mixed_in(mapping: Mapping) -> None:
    mapping("a b")
    with pytest.raises(RunFolderError, match="holds 1 records that these inputs do not lead to"):
        mapping("a c")
    assert mapping.shards.ids() == {"a", "b"}


@pytest.mark.parametrize("ids", [[], ["a"], ["a", "a"], ["a", "c"], ["a", "b", "c"]])
def test_work_that_breaks_its_promise_is_caught(mapping: Mapping, ids: list[str]) -> None:
    with pytest.raises(ValueError, match="of 2 inputs"):
        mapping("a b", lambda _names, _on_done: [Prompt(messages=(), id=name) for name in ids])
    assert len(mapping.shards) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_the_chunk_finish(mapping: Mapping, number: int) -> None:
    def work(names: Sequence[str], on_done: Callable[[int], None]) -> list[Prompt]:
        os.kill(os.getpid(), number)
        return make(names, on_done)

    before = signal.getsignal(number)
    with pytest.raises(Interrupted) as stopped:
        mapping("a b c d e", work)
    assert str(stopped.value) == (
        f"stopped in naming: 2 of 5 records are kept in {mapping.shards.path}; "
        "run the same command again with the same --out to go on from there"
    )
    assert signal.getsignal(number) is before


def test_a_second_signal_stops_at_once(mapping: Mapping) -> None:
    def work(names: Sequence[str], on_done: Callable[[int], None]) -> list[Prompt]:
        if "c" in names:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)
            pytest.fail("the second signal was not obeyed")
        return make(names, on_done)

    with pytest.raises(Interrupted, match="2 of 5 records are kept"):
        mapping("a b c d e", work)


def test_it_works_outside_the_main_thread(mapping: Mapping) -> None:
    thread = threading.Thread(target=mapping, args=("a b c",))
    thread.start()
    thread.join()
    assert len(mapping.shards) == 3


def test_progress_counts_every_record_once(mapping: Mapping, capsys: pytest.CaptureFixture[str]) -> None:
    def tells_too_much(names: Sequence[str], on_done: Callable[[int], None]) -> list[Prompt]:
        for _ in range(5):
            on_done(1)
        return make(names, lambda _: None)

    def tells_nothing(names: Sequence[str], _on_done: Callable[[int], None]) -> list[Prompt]:
        return make(names, lambda _: None)

    for names, work in (("a b", tells_too_much), ("a b c d", tells_nothing)):
        map_records(
            names.split(),
            mapping.shards,
            identify=str,
            work=work,
            shard_size=2,
            progress=Progress(),
            label="naming",
        )
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("naming: 2/2 in")
    assert second.startswith("naming: 4/4 (2 of them earlier) in")


def test_kill_9_in_the_middle_of_slow_work(tmp_path: Path, slow_run: ModuleType) -> None:
    folder = tmp_path / "killed"
    process = start(folder, "0.02")
    wait_for_shards(folder, 2, process)
    process.kill()
    process.communicate()
    killed = RunFolder.read(folder)
    assert killed.status == "interrupted"
    assert 4 <= killed.manifest.stages["answers"].records < 24
    assert killed.manifest.stages["answers"].seconds > 0.1
    assert slow_run.run(folder, 0.0) == slow_run.run(tmp_path / "undisturbed", 0.0)
    assert RunFolder.read(folder).manifest.stages["answers"].sessions == 2


def test_kill_9_before_every_touch_of_the_disk(tmp_path: Path, slow_run: ModuleType) -> None:
    folder = tmp_path / "killed"
    process = start(folder, "0", "every-step")
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert int(out) > 15
    assert RunFolder.read(folder).status == "finished"
    assert list(folder.rglob(".tmp-*")) == []
    assert slow_run.run(folder, 0.0) == slow_run.run(tmp_path / "undisturbed", 0.0)


def test_ctrl_c_says_how_to_go_on(tmp_path: Path, slow_run: ModuleType) -> None:
    folder = tmp_path / "stopped"
    process = start(folder, "0.02")
    wait_for_shards(folder, 1, process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == Interrupted.exit_code
    assert "Stopping when the records at hand are done" in err
    assert "run the same command again with the same --out" in err.splitlines()[-1]
    stopped = RunFolder.read(folder)
    assert stopped.status == "interrupted"
    assert stopped.manifest.stages["answers"].records % 4 == 0
    assert slow_run.run(folder, 0.0) == slow_run.run(tmp_path / "undisturbed", 0.0)
