"""Shards: written once, the same in any division, readable by others, and damage never skipped."""

import os
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from charter.codec import VERSION_KEY
from charter.errors import RunFolderError, StageError
from charter.records import Message, Prompt, Rate, Sample
from charter.shards import Shards

PROMPTS = [Prompt(messages=(Message("user", f"question {number}"),)) for number in range(20)]


@pytest.fixture
def shards(tmp_path: Path) -> Shards[Prompt]:
    made = Shards(tmp_path / "prompts", Prompt)
    made.append(PROMPTS[:15])
    made.append(PROMPTS[15:])
    return made


def files(shards: Shards[Prompt]) -> list[Path]:
    return sorted(shards.path.glob("*.parquet"))


def test_what_was_appended_is_read_sorted(shards: Shards[Prompt]) -> None:
    assert shards.read() == sorted(PROMPTS, key=lambda prompt: prompt.id)
    assert shards.ids() == {prompt.id for prompt in PROMPTS}
    assert len(shards) == 20


def test_the_digest_is_of_the_records_not_of_their_division(shards: Shards[Prompt], tmp_path: Path) -> None:
    other = Shards(tmp_path / "other", Prompt)
    for prompt in reversed(PROMPTS):
        other.append([prompt])
    assert other.digest() == shards.digest()
    fewer = Shards(tmp_path / "fewer", Prompt)
    fewer.append(PROMPTS[:19])
    assert fewer.digest() != shards.digest()


def test_appending_again_changes_nothing(shards: Shards[Prompt]) -> None:
    before = [(file, file.stat().st_mtime_ns) for file in files(shards)]
    Shards(shards.path, Prompt).append(reversed(PROMPTS[:15]))
    shards.append([])
    assert [(file, file.stat().st_mtime_ns) for file in files(shards)] == before


def test_a_record_cannot_be_stored_twice(shards: Shards[Prompt]) -> None:
    with pytest.raises(ValueError, match="already"):
        shards.append(PROMPTS[:2])
    with pytest.raises(ValueError, match="same id"):
        shards.append([Prompt(messages=(), id="new"), Prompt(messages=(), id="new")])


def test_every_shard_has_the_schema_of_the_type(tmp_path: Path) -> None:
    shards = Shards(tmp_path, Prompt)
    shards.append([Prompt(messages=())])
    shards.append(PROMPTS)
    first, second = (pq.read_schema(file) for file in files(shards))
    assert first.equals(second, check_metadata=True)
    assert first.metadata[b"charter.record"] == b"Prompt"


def test_pyarrow_and_datasets_read_the_folder_as_it_is(shards: Shards[Prompt], tmp_path: Path) -> None:
    assert pq.read_table(shards.path).num_rows == 20
    datasets = pytest.importorskip("datasets")
    loaded = datasets.load_dataset(
        "parquet", data_dir=str(shards.path), split="train", cache_dir=str(tmp_path / "cache")
    )
    assert sorted(loaded["id"]) == sorted(shards.ids())
    assert loaded[0]["messages"][0]["role"] == "user"


def test_files_that_are_no_shards_are_ignored(shards: Shards[Prompt]) -> None:
    (shards.path / ".tmp-0123.parquet").write_text("half")
    (shards.path / "notes.txt").write_text("mine")
    assert len(shards) == 20


def damage_is_reported(shards: Shards[Prompt], file: Path) -> None:
    with pytest.raises(RunFolderError) as damaged:
        Shards(shards.path, Prompt).read()
    message = str(damaged.value)
    assert message.startswith(f"{file}: damaged (")
    assert message.endswith("delete this file and run the same command again, which makes its records anew")
    assert "\n" not in message


@pytest.mark.parametrize("share", [0, 0.5, 0.99])
def test_a_truncated_shard_is_named_with_its_mend(shards: Shards[Prompt], share: float) -> None:
    file = files(shards)[0]
    os.truncate(file, int(file.stat().st_size * share))
    damage_is_reported(shards, file)
    with pytest.raises(RunFolderError):
        Shards(shards.path, Prompt).ids()


def test_no_flipped_byte_passes_for_a_record(shards: Shards[Prompt]) -> None:
    """Any byte of a shard may rot: reading then either gives the same records or says which file is damaged."""
    file = files(shards)[0]
    whole, wanted = file.read_bytes(), shards.read()
    places = random.Random(0).sample(range(len(whole)), 150)
    reported = 0
    for place in places:
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        try:
            assert Shards(shards.path, Prompt).read() == wanted
        except RunFolderError as error:
            assert str(file) in str(error)  # noqa: PT017  # either outcome is right
            reported += 1
    assert reported > len(places) / 4


def test_a_shard_that_the_system_does_not_open_is_not_called_damaged(shards: Shards[Prompt]) -> None:
    file = files(shards)[0]
    file.unlink()
    file.symlink_to(file.name)  # a loop: the file's records may be as good as ever
    with pytest.raises(RunFolderError, match=r"cannot be read \(.*Too many levels") as caught:
        Shards(shards.path, Prompt).read()
    assert "delete" not in str(caught.value)


def test_a_shard_under_the_name_of_another_is_damage(shards: Shards[Prompt]) -> None:
    first, second = files(shards)
    second.write_bytes(first.read_bytes())
    damage_is_reported(shards, second)


def test_a_shard_of_another_record_or_version_is_refused(shards: Shards[Prompt]) -> None:
    with pytest.raises(RunFolderError, match="holds Prompt records where Sample records belong"):
        Shards(shards.path, Sample).ids()
    file = files(shards)[0]
    table = pq.read_table(file)
    pq.write_table(table.replace_schema_metadata({**table.schema.metadata, VERSION_KEY: b"99"}), file)
    with pytest.raises(RunFolderError, match="another version of Charter"):
        Shards(shards.path, Prompt).ids()
    pq.write_table(pa.table({"id": ["a"]}), file)
    with pytest.raises(RunFolderError, match="holds unknown records"):
        Shards(shards.path, Prompt).ids()


def test_text_that_no_file_can_hold_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(StageError, match="no shard can store"):
        Shards(tmp_path, Prompt).append([Prompt(messages=(Message("user", "\ud800"),))])
    assert list(tmp_path.iterdir()) == []


def test_a_type_without_an_id_column_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="id"):
        Shards(tmp_path, Rate)
