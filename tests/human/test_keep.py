"""What was acknowledged is kept, whatever happens next."""

import errno
import os
from pathlib import Path

import pytest

from charter.errors import ConfigError, RunFolderError, StageError
from charter.human.keep import JOURNAL_NAME, SEALED_AT_ONCE, UNDOABLE, Keep, holds_labels, read_kept
from charter.human.looks import look
from charter.records import Message, Pair, Preference, Prompt
from charter.shards import Shards

PAIRS = [Pair(prompt=Prompt(messages=(Message("user", f"q{n}\u2028"),)), first="one", second="two") for n in range(150)]
LOOKS = [look(pair, "ann", 0, 1.0, seconds=1.5) for pair in PAIRS]


def by_id(looks: list[Preference]) -> list[Preference]:
    return sorted(looks, key=lambda each: each.id)


def test_a_look_is_there_for_others_at_once_and_in_shards_at_the_end(tmp_path: Path) -> None:
    keep = Keep(tmp_path / "a" / "labels")
    assert not keep.folder.parent.samefile(tmp_path)
    for count, each in enumerate(LOOKS[:3], start=1):
        keep.add(each)
        assert len(read_kept(keep.folder)) == count
    assert not list(keep.folder.glob("*.parquet"))
    keep.close()
    assert Shards(keep.folder, Preference).read() == by_id(LOOKS[:3])
    assert read_kept(keep.folder) == by_id(LOOKS[:3])
    assert (keep.folder / JOURNAL_NAME).read_bytes() == b""


def test_after_a_kill_everything_is_there_and_goes_on(tmp_path: Path) -> None:
    killed = Keep(tmp_path)
    for each in LOOKS[:2]:
        killed.add(each)
    with (tmp_path / JOURNAL_NAME).open("ab") as file:
        file.write(b'{"id": "half an ans')  # it was not acknowledged
    killed._lock.release()  # as the kernel does
    assert read_kept(tmp_path) == by_id(LOOKS[:2])
    keep = Keep(tmp_path)
    assert by_id(list(keep.looks())) == by_id(LOOKS[:2])
    keep.add(LOOKS[2])
    keep.close()
    assert read_kept(tmp_path) == by_id(LOOKS[:3])


def test_a_kill_between_shard_and_journal_counts_nothing_twice(tmp_path: Path) -> None:
    keep = Keep(tmp_path)
    keep.add(LOOKS[0])
    journal = (tmp_path / JOURNAL_NAME).read_bytes()
    keep.close()
    (tmp_path / JOURNAL_NAME).write_bytes(journal)
    assert read_kept(tmp_path) == LOOKS[:1]
    keep = Keep(tmp_path)
    assert list(keep.looks()) == LOOKS[:1]
    keep.close()
    assert Shards(tmp_path, Preference).read() == LOOKS[:1]


def test_the_latest_answers_can_be_taken_back_and_older_ones_move_to_a_shard(tmp_path: Path) -> None:
    keep = Keep(tmp_path)
    for each in LOOKS:
        keep.add(each)
    sealed = {file.name for file in tmp_path.glob("*.parquet")}
    assert len(Shards(tmp_path, Preference)) == 2 * SEALED_AT_ONCE
    assert read_kept(tmp_path) == by_id(LOOKS)
    undone = []
    while (last := keep.latest("ann")) is not None:
        keep.take_back(last)
        undone.append(last)
    assert len(undone) == len(LOOKS) - 2 * SEALED_AT_ONCE >= UNDOABLE
    assert undone == LOOKS[::-1][: len(undone)]
    assert keep.latest("bob") is None
    keep.close()
    assert {file.name for file in tmp_path.glob("*.parquet")} == sealed
    assert read_kept(tmp_path) == by_id(LOOKS[: -len(undone)])


def test_an_answer_taken_back_stays_so_after_a_kill_and_may_be_given_anew(tmp_path: Path) -> None:
    keep = Keep(tmp_path)
    keep.add(LOOKS[0])
    keep.add(LOOKS[1])
    keep.take_back(LOOKS[1])
    keep._lock.release()
    keep = Keep(tmp_path)
    assert list(keep.looks()) == LOOKS[:1]
    anew = look(PAIRS[1], "ann", 0, 0.0)
    keep.add(anew)
    keep.close()
    assert read_kept(tmp_path) == by_id([LOOKS[0], anew])


def test_one_process_writes(tmp_path: Path) -> None:
    keep = Keep(tmp_path)
    with pytest.raises(RunFolderError, match=f"in use by process {os.getpid()}"):
        Keep(tmp_path)
    keep.close()
    Keep(tmp_path).close()


def test_a_full_disk_keeps_nothing_of_the_answer_and_everything_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = Keep(tmp_path)
    keep.add(LOOKS[0])
    before = (tmp_path / JOURNAL_NAME).read_bytes()
    write = os.write

    def full(descriptor: int, content: bytes) -> int:
        write(descriptor, content[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StageError, match="the disk is full"):
        keep.add(LOOKS[1])
    monkeypatch.undo()
    assert (tmp_path / JOURNAL_NAME).read_bytes() == before
    assert list(keep.looks()) == LOOKS[:1]
    keep.add(LOOKS[1])
    keep.close()
    assert read_kept(tmp_path) == by_id(LOOKS[:2])


@pytest.mark.parametrize("line", [b"{", b"[]", b'{"id": "x"}', b"\xff"])
def test_a_damaged_journal_is_named_with_its_line(line: bytes, tmp_path: Path) -> None:
    keep = Keep(tmp_path)
    keep.add(LOOKS[0])
    keep._lock.release()
    with (tmp_path / JOURNAL_NAME).open("ab") as file:
        file.write(line + b"\n")
    for read in (Keep, read_kept):
        with pytest.raises(ConfigError, match=rf"{JOURNAL_NAME}:2: damaged \(.*remove this line"):
            read(tmp_path)


def test_whether_labels_are_there(tmp_path: Path) -> None:
    assert not holds_labels(tmp_path)
    keep = Keep(tmp_path)
    keep.add(LOOKS[0])
    assert holds_labels(tmp_path)
    keep.close()
