"""``charter prompts check``."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from charter.cli.prompts import cli
from charter.errors import ConfigError

Write = Callable[..., Path]


def invoke(*arguments: object) -> Result:
    result = CliRunner().invoke(cli, ["check", *(str(argument) for argument in arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit | ConfigError):
        raise result.exception
    return result


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(*lines: dict[str, Any] | str) -> Path:
        path = tmp_path / "p.jsonl"
        path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
        return path

    return write


LINES = (
    {"prompt": "a", "category": "theft", "split": "train"},
    {"prompt": "b", "category": "theft", "split": "test"},
    {"prompt": "c", "category": "fraud", "held_out": True},
    {"prompt": "d", "kind": "benign", "split": "train"},
    {"prompt": "e", "kind": "look_alike", "category": "\x1b[2J[b]x"},
    {
        "messages": [{"role": role, "content": role} for role in ("user", "assistant", "user")],
        "category": "theft",
        "split": "train",
    },
)


def test_counts_by_kind_category_and_split(write: Write) -> None:
    path = write(*LINES)
    result = invoke(path)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == f"{path}: 6 prompts, 1 of several turns"
    shown = [line.split() for line in result.stdout.splitlines()]
    assert ["benign", "(none)", "1", "0"] in shown
    assert ["look_alike", "\\x1b[2J[b]x", "0", "1"] in shown
    assert ["red_team", "fraud,", "held", "out", "0", "1"] in shown
    assert ["theft", "2", "1"] in shown
    assert ["all", "3", "3"] in shown


def test_as_json(write: Write) -> None:
    path = write(*LINES)
    data = json.loads(invoke(path, "--format", "json").stdout)
    assert (data["file"], data["prompts"], data["multi_turn"]) == (str(path), 6, 1)
    assert sum(row["prompts"] for row in data["counts"]) == 6
    assert {"kind": "red_team", "category": "theft", "split": "train", "held_out": False, "prompts": 2} in data[
        "counts"
    ]
    assert {"kind": "red_team", "category": "fraud", "split": "test", "held_out": True, "prompts": 1} in data["counts"]


def test_the_split_is_that_of_a_run(write: Write) -> None:
    path = write(*({"prompt": f"request {number}"} for number in range(100)))

    def tested(*options: object) -> int:
        data = json.loads(invoke(path, "--format", "json", *options).stdout)
        return sum(row["prompts"] for row in data["counts"] if row["split"] == "test")

    assert tested("--test-fraction", 0.05) < tested() < tested("--test-fraction", 0.9)
    assert len({tested("--seed", seed) for seed in range(5)}) > 1


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (('{"prompt": "a"', *LINES), ":1: not JSON"),
        ((*LINES, {"prompt": "x", "kid": "benign"}), ":7: unknown key 'kid'; did you mean 'kind'?"),
        ((), ": the file is empty"),
        ((LINES[0],), ": no red-team test prompts"),
        ((LINES[1],), ": no red-team training prompts"),
    ],
)
def test_what_a_run_cannot_use_is_refused(lines: tuple[Any, ...], said: str, write: Write) -> None:
    path = write(*lines)
    result = invoke(path)
    assert isinstance(result.exception, ConfigError)
    assert result.exception.exit_code == 2
    assert str(result.exception).startswith(f"{path}{said}")


def test_the_organisms_own_prompts_can_be_used() -> None:
    result = invoke("organism", "--format", "json")
    assert result.exit_code == 0
    counts = json.loads(result.stdout)["counts"]
    assert {row["kind"] for row in counts} == {"red_team", "benign", "look_alike"}
    assert any(row["held_out"] for row in counts)
