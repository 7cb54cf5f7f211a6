"""What of a killed training is gone on with."""

from pathlib import Path

import pytest

from charter.train.work import WorkFolder

MADE_FROM = {"data": "d", "seed": 1}


def checkpoint(work: WorkFolder, step: int, content: bytes = b"weights") -> Path:
    folder = work.path / f"checkpoint-{step}"
    (folder / "part").mkdir(parents=True)
    (folder / "part" / "model").write_bytes(content)
    return folder


@pytest.fixture
def work(tmp_path: Path) -> WorkFolder:
    work = WorkFolder(tmp_path / "runs" / "sl-cai")
    assert work.open(MADE_FROM)
    return work


def test_the_folder_is_hidden_beside_the_one_it_becomes(work: WorkFolder, tmp_path: Path) -> None:
    assert work.path == tmp_path / "runs" / ".sl-cai.training"
    assert work.latest() is None


def test_a_checkpoint_counts_when_it_is_marked_and_the_ones_before_it_go(work: WorkFolder) -> None:
    first = checkpoint(work, 9)
    assert work.latest() is None
    work.completed(9)
    assert work.latest() == first
    second = checkpoint(work, 10)
    assert work.latest() == first
    work.completed(10)
    assert work.latest() == second
    assert not first.exists()


def test_opening_again_keeps_whole_checkpoints_and_clears_the_others(work: WorkFolder) -> None:
    kept = checkpoint(work, 3)
    work.completed(3)
    half = checkpoint(work, 6)
    work.final.mkdir()
    assert work.open(dict(reversed(MADE_FROM.items())))
    assert work.latest() == kept
    assert not half.exists()
    assert not work.final.exists()


def test_a_marked_checkpoint_whose_files_were_cut_is_not_whole(work: WorkFolder) -> None:
    folder = checkpoint(work, 3)
    work.completed(3)
    (folder / "part" / "model").write_bytes(b"wei")
    assert work.latest() is None


def test_work_made_from_something_else_is_cleared(work: WorkFolder) -> None:
    checkpoint(work, 3)
    work.completed(3)
    assert not work.open({**MADE_FROM, "seed": 2})
    assert work.latest() is None
    (work.path / "made-from.json").unlink()
    checkpoint(work, 3)
    work.completed(3)
    assert not work.open({**MADE_FROM, "seed": 2})
    assert work.latest() is None


def test_publishing_moves_the_final_folder_and_removes_the_rest(work: WorkFolder, tmp_path: Path) -> None:
    checkpoint(work, 3)
    work.final.mkdir()
    (work.final / "model").write_bytes(b"weights")
    work.publish(tmp_path / "runs" / "sl-cai")
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["sl-cai"]
    assert (tmp_path / "runs" / "sl-cai" / "model").read_bytes() == b"weights"
