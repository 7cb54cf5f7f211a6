"""The flags of commands that work on a run: those of a training set that training and no other."""

from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from charter.cli import dpo, reward, rl, sft
from charter.cli.run_options import request, run_options_for
from charter.recipe import Recipe

COMMANDS: dict[str, click.Command] = {"sft": sft.cli, "reward": reward.cli, "dpo": dpo.cli, "rl": rl.cli}
LENGTH = {"sft": ("epochs", 3.0), "reward": ("epochs", 3.0), "dpo": ("epochs", 3.0), "rl": ("steps", 3)}


def resolved(section: str, *arguments: str) -> Recipe:
    found: list[Recipe] = []

    @click.command()
    @run_options_for(section)
    def command(**options: Any) -> None:
        found.append(request(**options).recipe)

    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output
    return found[0]


@pytest.mark.parametrize("section", COMMANDS)
def test_each_training_has_flags_of_its_own(section: str) -> None:
    key, value = LENGTH[section]
    before = resolved(section).model_dump()
    after = resolved(section, "--method", "lora", "--learning-rate", "0.5", f"--{key}", "3").model_dump()
    assert after[section] == {**before[section], "method": "lora", "learning_rate": 0.5, key: value}
    assert {name: part for name, part in after.items() if name != section} == {
        name: part for name, part in before.items() if name != section
    }


@pytest.mark.parametrize("section", COMMANDS)
def test_the_help_of_a_training_lists_its_own_flags_alone(section: str) -> None:
    names = {name for parameter in COMMANDS[section].params if (name := parameter.name) and "__" in name}
    own = {"method", "learning_rate", LENGTH[section][0]}
    trained = {name for name in names if name.split("__")[0] in COMMANDS}
    assert trained == {f"{section}__{key}" for key in own}


def test_a_mistake_names_the_flag_and_the_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from charter.cli import main

    assert main(["reward", "--epochs", "-1", "--dry-run", "--out", str(tmp_path / "x")]) == 2
    assert "--epochs: key 'reward.epochs'" in capsys.readouterr().err
