"""The run folder: created or continued, one writer, nothing half-written, damage named."""

import json
import os
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from charter.errors import Interrupted, RunFolderError, StageError
from charter.manifest import StageStats
from charter.recipe import Recipe, SftConfig
from charter.records import Message, Prompt, Rate
from charter.store import RunFolder, new_run_path

RECIPE = Recipe(name="trial")


def open_run(path: Path, recipe: Recipe = RECIPE, constitution_digest: str = "c0ffee") -> RunFolder:
    return RunFolder.open(path, recipe, constitution_digest=constitution_digest)


def prompts(*questions: str) -> list[Prompt]:
    return [Prompt(messages=(Message("user", question),)) for question in questions]


def one_line(error: BaseException) -> str:
    assert "\n" not in str(error)
    return str(error)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x"


def test_a_run_is_created_used_and_read_again(path: Path) -> None:
    with open_run(path) as run:
        assert run.status == "running"
        run.shards("prompts", Prompt).append(prompts("a", "b"))
        run.write_json("results.json", {"harmful": Rate(k=1, n=2, rate=0.5, low=0.1, high=0.9)})
    again = RunFolder.read(path)
    assert again.status == "finished"
    assert again.recipe == RECIPE
    assert again.manifest.id == "x"
    assert again.read_json("results.json")["harmful"]["rate"] == 0.5
    assert again.shards("prompts", Prompt).read() == sorted(prompts("a", "b"), key=lambda prompt: prompt.id)


def test_reading_changes_nothing(path: Path) -> None:
    with open_run(path):
        pass
    before = {file: file.stat().st_mtime_ns for file in path.iterdir()}
    run = RunFolder.read(path)
    with pytest.raises(RunFolderError, match="for reading only"):
        run.write_json("results.json", {})
    with pytest.raises(RunFolderError, match="for reading only"):
        run.shards("prompts", Prompt).append(prompts("a"))
    assert {file: file.stat().st_mtime_ns for file in path.iterdir()} == before


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Interrupted("Ctrl-C"), "interrupted"),
        (KeyboardInterrupt(), "interrupted"),
        (StageError("no records"), "failed"),
    ],
)
def test_how_a_run_ended_is_kept_and_it_can_go_on(path: Path, error: BaseException, status: str) -> None:
    with pytest.raises(type(error)), open_run(path):
        raise error
    ended = RunFolder.read(path)
    assert ended.status == status
    assert str(error) in ended.manifest.reason
    with open_run(path) as run:
        assert run.manifest.reason == ""
    assert RunFolder.read(path).status == "finished"


def test_another_recipe_is_refused_by_its_differences(path: Path) -> None:
    with open_run(path):
        pass
    other = RECIPE.model_copy(
        update={
            "sft": SftConfig(epochs=2.0),
            "model": RECIPE.model.model_copy(update={"name": "foo"}),
            "description": "says more",
        }
    )
    with pytest.raises(RunFolderError) as refused:
        open_run(path, other)
    assert one_line(refused.value) == (
        f"{path} belongs to another recipe: model.name 'organism' -> 'foo', sft.epochs 1.0 -> 2.0; "
        "use another --out or the same settings"
    )
    with open_run(path, RECIPE.model_copy(update={"description": "says more"})):
        pass


def test_another_constitution_is_refused(path: Path) -> None:
    with open_run(path):
        pass
    with pytest.raises(RunFolderError, match="another constitution: digest c0ffee -> decaf"):
        open_run(path, constitution_digest="decaf")


@pytest.mark.parametrize("content", ["thesis.docx", "recipe.yaml"])
def test_a_folder_of_something_else_is_refused_untouched(path: Path, content: str) -> None:
    path.mkdir()
    (path / content).write_text("mine")
    with pytest.raises(RunFolderError, match="no run folder"):
        open_run(path)
    assert [file.name for file in path.iterdir()] == [content]
    assert (path / content).read_text() == "mine"


def test_a_creation_that_was_cut_off_is_begun_again(path: Path) -> None:
    with open_run(path):
        pass
    (path / "run.json").unlink()
    (path / ".tmp-0123").write_text("half")
    with open_run(path):
        assert sorted(file.name for file in path.iterdir()) == [".lock", "recipe.yaml", "run.json"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("run.json", "{"), ("run.json", '{"id": 1}'), ("recipe.yaml", "name: ["), ("recipe.yaml", "colour: red")],
)
def test_a_damaged_run_is_one_line(path: Path, name: str, content: str) -> None:
    with open_run(path):
        pass
    (path / name).write_text(content)
    for use in (RunFolder.read, open_run):
        with pytest.raises(RunFolderError) as refused:
            use(path)
        assert one_line(refused.value).startswith(f"{path / name}: damaged")


def test_no_run_is_one_line(path: Path) -> None:
    with pytest.raises(RunFolderError, match="no run folder"):
        RunFolder.read(path)


def test_a_second_writer_is_refused_and_told_whom_to_wait_for(path: Path) -> None:
    with open_run(path):
        program = (
            "import sys; from charter.store import RunFolder; from charter.recipe import Recipe\n"
            "RunFolder.open(sys.argv[1], Recipe(name='trial'), constitution_digest='c0ffee')"
        )
        second = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True)
        assert second.returncode == 1
        assert f"{path} is in use by process {os.getpid()} on " in second.stderr.splitlines()[-1]
        assert RunFolder.read(path).status == "running"
    with open_run(path):
        pass


def test_a_full_disk_is_one_line_and_leaves_nothing(path: Path) -> None:
    """A file-size limit (EFBIG) stands for the full disk: both are an OSError of write, in one list of the code."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with open_run(path) as run:
        shards = run.shards("prompts", Prompt)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
        try:
            with pytest.raises(StageError, match="make room and run the same command again") as full:
                shards.append(prompts(*(os.urandom(64).hex() for _ in range(200))))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert one_line(full.value).startswith(str(path / "prompts"))
        assert list((path / "prompts").iterdir()) == []


def test_stages_add_up_over_sessions(path: Path) -> None:
    with open_run(path) as run:
        shards = run.shards("prompts", Prompt)
        with suppress(StageError), run.stage("prompts", shards):
            shards.append(prompts("a"))
            raise StageError("half-way")
        assert not run.stage_done("prompts")
        first = run.manifest.stages["prompts"]
        assert first.records == 1
    with open_run(path) as run:
        shards = run.shards("prompts", Prompt)
        with run.stage("prompts", shards):
            shards.append(prompts("b"))
        entry = run.manifest.stages["prompts"]
        assert (entry.sessions, entry.records, entry.digest, entry.done) == (2, 2, shards.digest(), True)
        assert entry.seconds > first.seconds
        assert entry.peak_mib > 1
        run.finish_stage("sft", StageStats(seconds=2.0, peak_mib=10.0, records=7))
        run.finish_stage("sft", StageStats(seconds=1.0, peak_mib=5.0, records=7))
        assert run.stage_stats["sft"] == {"seconds": 3.0, "peak_mib": 10.0, "records": 7}
        assert run.stage_done("sft")


def test_a_stage_whose_records_were_deleted_is_not_done(path: Path) -> None:
    with open_run(path) as run:
        shards = run.shards("prompts", Prompt)
        with run.stage("prompts", shards):
            shards.append(prompts("a"))
            shards.append(prompts("b"))
        assert run.stage_done("prompts")
        next((path / "prompts").glob("*.parquet")).unlink()
        assert not run.stage_done("prompts")


def test_another_environment_is_recorded_on_resuming(path: Path) -> None:
    with open_run(path):
        pass
    manifest = json.loads((path / "run.json").read_text())
    manifest["environment"]["torch"] = "1.0"
    (path / "run.json").write_text(json.dumps(manifest))
    with open_run(path), pytest.raises(RunFolderError, match="in use"):
        open_run(path)
    with open_run(path) as run:
        assert len(run.manifest.resumed_in) == 1
        assert run.manifest.resumed_in[0] != run.manifest.environment


@pytest.mark.parametrize("name", ["", "../x", "/etc/x", "a/../../x", ".tmp-x"])
def test_names_stay_inside_the_folder(path: Path, name: str) -> None:
    with open_run(path) as run, pytest.raises(ValueError, match="no name inside"):
        run.write_text(name, "")


def test_new_run_folders_have_names_of_their_own(tmp_path: Path) -> None:
    made = [new_run_path("a b/../é", tmp_path / "runs") for _ in range(3)]
    assert len(set(made)) == 3
    assert all(path.is_dir() and path.parent == tmp_path / "runs" and "-a-b" in path.name for path in made)
    with open_run(made[0]) as run:
        assert run.manifest.id == made[0].name


def test_a_run_that_was_asked_to_stop_early_is_not_finished(path: Path) -> None:
    with open_run(path) as run:
        run.leave_unfinished("stopped after revise, as asked")
    assert (RunFolder.read(path).status, RunFolder.read(path).manifest.reason) == (
        "interrupted",
        "stopped after revise, as asked",
    )
    with open_run(path):
        pass
    assert (RunFolder.read(path).status, RunFolder.read(path).manifest.reason) == ("finished", "")
