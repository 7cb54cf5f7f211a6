"""``charter prefer`` and the flags that say who labels, and how."""

import json

import click
import pytest
from click.testing import CliRunner

from charter.cli.prefer import cli
from charter.cli.run_options import request, run_options


def test_the_plan_ends_with_the_labels() -> None:
    result = CliRunner().invoke(cli, ["--dry-run", "--format", "json"])
    assert result.exit_code == 0, result.output
    stages = [stage["name"] for stage in json.loads(result.stdout)["stages"]]
    assert stages[-2:] == ["pairs", "prefer"]


@pytest.mark.parametrize(
    ("arguments", "changed"),
    [
        ([], {}),
        (["--feedback", "mixed"], {"feedback": "mixed"}),
        (["--labels", "hard", "--orders", "one"], {"labels": "hard", "orders": "one"}),
        (["--principles-per-pair", "4"], {"principles_per_pair": 4}),
        (["--reasoning"], {"reasoning": True}),
    ],
)
def test_each_flag_sets_its_key(arguments: list[str], changed: dict[str, object]) -> None:
    @click.command()
    @run_options
    def command(**options: object) -> None:
        prefer = request(**options).recipe.prefer.model_dump(mode="json")  # type: ignore[arg-type]
        click.echo(json.dumps(prefer))

    def prefer(*given: str) -> dict[str, object]:
        made: dict[str, object] = json.loads(CliRunner().invoke(command, given).stdout)
        return made

    assert prefer(*arguments) == {**prefer(), **changed}
