"""``charter constitution check | show | list | diff``."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from charter.cli.constitution import cli
from charter.constitution import load_constitution
from charter.errors import ConfigError

DEFAULT = load_constitution("default")


def invoke(*arguments: object) -> Result:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit | ConfigError):
        raise result.exception
    return result


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(DEFAULT.to_yaml(), encoding="utf-8")
    return path


def replace(path: Path, old: str, new: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_check_says_what_it_holds() -> None:
    result = invoke("check", "default")
    assert result.exit_code == 0
    shown = result.stdout.splitlines()
    assert shown[0] == "default, version 1.0: good"
    assert shown[1].split() == ["digest", DEFAULT.digest]
    assert shown[2].split() == ["principles", "25"]
    assert "general 6, theft 1" in shown[3]
    assert shown[4].split() == ["remarks", "none"]


def test_check_gives_remarks_and_still_leaves_with_0(mine: Path) -> None:
    replace(mine, "weight: 4.0", "weight: 0")
    result = invoke("check", mine)
    assert result.exit_code == 0
    assert "principles  25, of which 24 are drawn" in result.stdout
    assert "remarks     1\n  no-harm: weight 0: it is never drawn\n" in result.stdout
    data = json.loads(invoke("check", mine, "--format", "json").stdout)
    assert data["digest"] == load_constitution(str(mine)).digest
    assert (data["principles"], data["drawn"], data["categories"]["privacy"]) == (25, 24, 2)
    assert data["remarks"] == [{"principle": "no-harm", "what": "weight 0: it is never drawn"}]


def test_check_refuses_what_cannot_be_used(mine: Path) -> None:
    replace(mine, "id: within-the-law", "id: no-harm")
    error = invoke("check", mine).exception
    assert isinstance(error, ConfigError)
    assert error.exit_code == 2
    assert "'no-harm' is the id of principles[0] too" in str(error)


def test_show_has_a_line_for_every_principle() -> None:
    shown = invoke("show").stdout
    assert shown == invoke("show", "default").stdout
    assert DEFAULT.digest in shown
    rows = {line.split()[0]: line for line in shown.splitlines() if line.strip().endswith("%")}
    assert list(rows) == [principle.id for principle in DEFAULT.principles]
    assert rows["no-theft"].split() == ["no-theft", "No", "help", "with", "theft", "theft", "2.3%"]


def test_show_one_has_every_field() -> None:
    shown = " ".join(invoke("show", "--id", "no-fraud").stdout.split())
    principle = DEFAULT.principle("no-fraud")
    for text in (principle.critique_request, principle.revision_request, principle.comparison_question):
        assert text in shown
    assert f"{principle.source.citation}, {principle.source.locator}" in shown
    assert principle.source.url in shown
    assert principle.source.licence in shown
    assert "weight 1, drawn in 2.3% of all rounds" in shown


def test_show_as_yaml_is_a_file_to_begin_from(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(invoke("show", "--format", "yaml").stdout, encoding="utf-8")
    assert load_constitution(str(path)).digest == DEFAULT.digest
    header = 'name: one\nversion: "1"\nprinciples:\n'
    path.write_text(header + invoke("show", "--id", "no-fraud", "--format", "yaml").stdout, encoding="utf-8")
    assert load_constitution(str(path)).principles == (DEFAULT.principle("no-fraud"),)


def test_show_as_json() -> None:
    data = json.loads(invoke("show", "--format", "json").stdout)
    assert data.pop("digest") == DEFAULT.digest
    assert data == DEFAULT.model_dump(mode="json")
    one = json.loads(invoke("show", "--id", "helpful", "--format", "json").stdout)
    assert one == DEFAULT.principle("helpful").model_dump(mode="json")


def test_show_names_the_principle_that_was_meant() -> None:
    assert "has no principle 'nofraud' (did you mean 'no-fraud'?)" in str(invoke("show", "--id", "nofraud").exception)


def test_list() -> None:
    assert "default   1.0" in invoke("list").stdout
    (listed,) = json.loads(invoke("list", "--format", "json").stdout)
    assert listed["digest"] == DEFAULT.digest


def test_diff_of_the_same_leaves_with_0(mine: Path) -> None:
    result = invoke("diff", "default", mine)
    assert (result.exit_code, result.stdout) == (0, f"They say the same: digest {DEFAULT.digest}\n")
    assert json.loads(invoke("diff", mine, "default", "--format", "json").stdout)["same"]


def test_diff_says_what_changed_and_leaves_with_1(mine: Path) -> None:
    replace(mine, "version: '1.0'", "version: '2.0'")
    replace(mine, "title: Within the law", 'title: "By the \\u202e law"')
    replace(mine, "weight: 4.0", "weight: 2.5")
    replace(mine, "id: helpful", "id: of-help")
    result = invoke("diff", "default", mine)
    assert result.exit_code == 1
    new = load_constitution(str(mine))
    assert result.stdout.splitlines() == [
        f"digest {DEFAULT.digest[:12]} -> {new.digest[:12]}",
        "version",
        "  - 1.0",
        "  + 2.0",
        "- helpful: Helpful to a fair request",
        "+ of-help: Helpful to a fair request",
        "~ no-harm",
        "    weight",
        "      - 4",
        "      + 2.5",
        "~ within-the-law",
        "    title",
        "      - Within the law",
        "      + By the \\u202e law",
    ]
    result = invoke("diff", "default", mine, "--format", "json")
    assert result.exit_code == 1
    data = json.loads(result.stdout)
    assert (data["same"], data["old"], data["new"]) == (False, DEFAULT.digest, new.digest)
    assert data["header"] == [{"field": "version", "old": "1.0", "new": "2.0"}]
    assert [each["id"] for each in data["added"] + data["removed"]] == ["of-help", "helpful"]
    assert data["changed"][0] == {"id": "no-harm", "fields": [{"field": "weight", "old": 4.0, "new": 2.5}]}


def test_diff_tells_of_another_order(mine: Path) -> None:
    text = mine.read_text(encoding="utf-8")
    head, first, *others = text.split("- id: ")
    mine.write_text("- id: ".join([head, *others, first]), encoding="utf-8")
    result = invoke("diff", "default", mine)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[1:] == ["The principles stand in another order, so a seed draws others."]


def test_a_hostile_constitution_cannot_drive_the_terminal(mine: Path) -> None:
    hostile = '"\\e[2J\\u202E[bold]x"'
    replace(mine, "title: No harm to anyone", f"title: {hostile}")
    replace(mine, "name: default", f"name: {hostile}")
    path = str(mine)
    for arguments in (
        ("check", path),
        ("check", path, "--format", "json"),
        ("show", path),
        ("show", path, "--id", "no-harm"),
        ("show", path, "--format", "json"),
        ("diff", path, "default"),
        ("diff", "default", path, "--format", "json"),
    ):
        shown = invoke(*arguments).stdout
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "[bold]x" in shown
    assert json.loads(invoke("show", path, "--format", "json").stdout)["name"] == "\x1b[2J\u202e[bold]x"
