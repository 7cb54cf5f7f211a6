"""A file appears whole or not at all, and the disk's refusals are one line each."""

import errno
import os
import stat
from pathlib import Path

import pytest

from charter.disk import disk_errors, remove_temporary, write_atomic
from charter.errors import CharterError, RunFolderError, StageError


def test_a_file_is_written_and_replaced_with_its_folders(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "c.txt"
    write_atomic(file, b"one")
    write_atomic(file, b"two")
    assert file.read_bytes() == b"two"
    assert [path.name for path in file.parent.iterdir()] == ["c.txt"]


def test_others_may_read_it_as_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_atomic(tmp_path / "x", b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o644


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with pytest.raises(RunFolderError, match="cannot be written: Is a directory"):
        write_atomic(tmp_path / "x", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.ENOSPC, StageError, "the disk is full; make room"),
        (errno.EDQUOT, StageError, "the disk quota is used up; make room"),
        (errno.EFBIG, StageError, "the file would be larger"),
        (errno.EACCES, RunFolderError, "cannot be written: Permission denied"),
        (errno.EROFS, RunFolderError, "cannot be written: Read-only file system"),
    ],
)
def test_each_refusal_is_one_line(number: int, kind: type[CharterError], words: str) -> None:
    with pytest.raises(kind) as refused, disk_errors(Path("runs/x")):
        raise OSError(number, os.strerror(number))
    assert str(refused.value).startswith(f"runs/x: {words}")
    assert "\n" not in str(refused.value)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_device_that_is_really_full() -> None:
    with pytest.raises(StageError, match="the disk is full"), disk_errors(Path("/dev/full")):
        Path("/dev/full").write_bytes(b"x")


def test_what_killed_writers_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("")
    root = tmp_path / "run"
    (root / "a" / ".tmp-folder").mkdir(parents=True)
    (root / "a" / ".tmp-folder" / "file").write_text("")
    (root / "a" / ".tmp-file").write_text("")
    (root / "a" / ".tmp-link").symlink_to(outside)
    (root / "a" / "shard").write_text("")
    remove_temporary(root)
    assert [path.name for path in (root / "a").iterdir()] == ["shard"]
    assert (outside / "kept").exists()
