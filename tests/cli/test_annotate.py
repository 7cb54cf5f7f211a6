"""``charter annotate`` as a process: asked over HTTP, killed, stopped, and continued."""

import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

from charter.cli.annotate import cli
from charter.errors import CharterError, ConfigError, RunFolderError
from charter.human.keep import read_kept
from charter.recipe import Recipe
from charter.records import Message, Preference, Prompt, Sample
from charter.shards import Shards
from charter.store import RunFolder

PROGRAM = "import sys; from charter.cli import main; sys.exit(main())"


class Annotation:
    """One process of the command, and its only user."""

    def __init__(self, *arguments: object) -> None:
        command = [sys.executable, "-c", PROGRAM, "annotate", *map(str, arguments), "--no-browser", "--format", "json"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        self.told: dict[str, str] = json.loads(line)

    def post(self, name: str, **said: object) -> dict[str, Any]:
        address = urlsplit(self.told["url"])
        headers = {"Content-Type": "application/json", "Origin": f"http://{address.netloc}"}
        connection = http.client.HTTPConnection(address.netloc, timeout=300)
        connection.request("POST", address.path + name, json.dumps(said), headers)
        found: dict[str, Any] = json.load(connection.getresponse())
        connection.close()
        return found

    def answer(self, rater: str, count: int) -> dict[str, Any]:
        state = self.post("next", rater=rater)
        for _ in range(count):
            state = self.post("answer", rater=rater, task=state["task"]["id"], choice="left", seconds=0.01)
            assert state["kept"]
        return state

    def end(self, number: int) -> tuple[int, str, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=300)
        return self.process.returncode, out, err


@pytest.fixture
def annotate() -> Iterator[Callable[..., Annotation]]:
    """``annotate(*arguments) -> Annotation``; whatever is left is killed when the test ends."""
    started: list[Annotation] = []

    def start(*arguments: object) -> Annotation:
        started.append(Annotation(*arguments))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.end(signal.SIGKILL)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run that has come to its pairs: three to red-team prompts, three to benign ones, and a tie."""
    prompts = [
        Prompt(messages=(Message("user", f"Question {n}?"),), kind="benign" if n % 2 else "red_team") for n in range(7)
    ]
    samples = [
        Sample(
            id=f"{n}-{index}",
            prompt=prompt,
            text="the same" if n == 6 else f"answer {index} to {n}",
            finish="stop",
            model_digest="digest-of-a-model",
            seed=index,
        )
        for n, prompt in enumerate(prompts)
        for index in range(2)
    ]
    path = tmp_path / "runs" / "x"
    with RunFolder.open(path, Recipe(seed=3), constitution_digest="") as opened:
        opened.shards("pairs", Sample).append(samples)
    return path


def test_killed_and_continued_it_loses_no_answer_that_was_acknowledged(
    annotate: Callable[..., Annotation], run: Path
) -> None:
    first = annotate(run, "--repeat-share", 0)
    assert first.told["out"] == str(run / "human")
    assert first.answer("ann", 3)["total"] == 6
    first.answer("bob", 1)
    assert first.end(signal.SIGKILL)[0] == -signal.SIGKILL
    assert len(read_kept(run / "human")) == 4

    second = annotate(run, "--repeat-share", 0)
    assert second.post("next", rater="ann")["done"] == 3
    code, out, err = second.end(signal.SIGINT)
    assert code == 130
    assert json.loads(out) == {
        "labels": 4,
        "pairs": 6,
        "labelled": len({look.pair.id for look in read_kept(run / "human")}),
    }
    assert err.splitlines()[-1].startswith(f"charter: 4 labels kept in {run}/human, on ")
    assert err.endswith(" of 6 pairs; run the same command again to go on\n")

    third = annotate(run, "--repeat-share", 0, "--rater", "Ann")
    state = third.answer("whoever", 3)
    assert (state["rater"], state["task"]) == ("ann", None)
    code, _, err = third.end(signal.SIGTERM)
    assert code == 0
    assert err.endswith(f"charter: 7 labels kept in {run}/human, on 6 of 6 pairs\n")
    assert "ann has answered all 6" in err
    looks = Shards(run / "human", Preference).read()
    assert sorted(look.rater for look in looks) == ["ann"] * 6 + ["bob"]


def test_an_aim_and_a_limit_choose_the_pairs_and_folder_and_port_are_one_servers(
    annotate: Callable[..., Annotation], run: Path, tmp_path: Path
) -> None:
    one = annotate(run.name, "--root", run.parent, "--aim", "helpful", "--limit", 2, "--out", tmp_path / "labels")
    state = one.post("next", rater="ann")
    assert state["total"] == 2
    assert state["task"]["question"] == "Which response is more helpful?"
    assert "digest-of-a-model" not in json.dumps(state)
    assert one.told["out"] == str(tmp_path / "labels")
    refused = invoke(run, "--out", tmp_path / "labels").exception
    assert isinstance(refused, RunFolderError)
    assert f"in use by process {one.process.pid}" in str(refused)
    port = urlsplit(one.told["url"]).port
    for _ in range(2):  # the second time, the first has let the folder go
        refused = invoke(run, "--port", port).exception
        assert isinstance(refused, ConfigError)
        assert f"port {port} cannot be used" in str(refused)


def test_a_file_of_pairs_has_its_labels_beside_it(annotate: Callable[..., Annotation], tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("prompt,response_a,response_b\nHi?,one \x1b[2J,two\n", encoding="utf-8")
    one = annotate(pairs, "--aim", "helpful")
    task = one.answer("ann", 0)["task"]
    assert task["question"] == "Which response is more helpful?"
    assert {task["left"], task["right"]} == {"one [U+001B][2J", "two"}
    one.answer("ann", 1)
    assert one.end(signal.SIGINT)[0] == 0
    (look,) = read_kept(tmp_path / "pairs.csv.human")
    assert look.pair.prompt.kind == "benign"
    assert look.seconds is not None  # and no more than passed, which may be less than 0.01
    assert look.seconds <= 0.01


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [*map(str, arguments), "--no-browser"])


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (["{run}", "--rater", "simulated-1"], ConfigError, "is that of a program"),
        (["{run}", "--rater", "a,b"], ConfigError, "no commas"),
        (["{run}/none"], RunFolderError, "none"),
        (["{tmp}/empty.jsonl"], ConfigError, "empty.jsonl: the file is empty"),
        (["{tmp}/same.jsonl"], ConfigError, "not one of 1 rows can be used: both responses are the same"),
        (["{tmp}/one.jsonl", "--aim", "helpful"], ConfigError, "no pairs of unequal responses that are compared for"),
        (["{tmp}/runs/bare"], RunFolderError, "has no pairs yet; make them with 'charter prefer --out"),
    ],
)
def test_a_mistake_is_one_line(
    arguments: list[str], error: type[CharterError], said: str, run: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty.jsonl").touch()
    same = {"prompt": "Hi", "response_a": "x", "response_b": "x"}
    (tmp_path / "same.jsonl").write_text(json.dumps(same), encoding="utf-8")
    other = {**same, "response_b": "y", "kind": "red_team"}
    (tmp_path / "one.jsonl").write_text(json.dumps(other), encoding="utf-8")
    with RunFolder.open(tmp_path / "runs" / "bare", Recipe(), constitution_digest=""):
        pass
    result = invoke(*(argument.format(run=run, tmp=tmp_path) for argument in arguments))
    assert isinstance(result.exception, error)
    assert said in str(result.exception)
    assert "\n" not in str(result.exception)
    assert not (run / "human").exists()


def test_the_address_is_printed_for_people(run: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, "annotate", str(run), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.send_signal(signal.SIGINT)
        assert f"Labels are kept in {run}/human" in process.stdout.read()
    assert process.returncode == 130
