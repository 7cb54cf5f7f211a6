"""``charter scan`` as a user calls it."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from tests.scan.samples import APP

from charter.cli.scan import cli
from charter.errors import CharterError, ConfigError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "app.py").write_text(APP)
    return folder


def invoke(*arguments: object) -> Result:
    result = CliRunner().invoke(cli, [*map(str, arguments), "--jobs", "1", "--quiet"])
    if result.exception is not None and not isinstance(result.exception, SystemExit | CharterError):
        raise result.exception
    return result


def test_findings_are_shown_and_the_exit_code_says_so(app: Path) -> None:
    result = invoke(app)
    assert result.exit_code == 1
    for words in (
        "output/shell-command",
        "app.py:20:15",
        "injection/user-text-in-system-prompt",
        "1 critical, 1 high.",
    ):
        assert words in result.stdout
    assert result.stderr == ""
    assert "1 finding: 1 critical." in invoke(app, "--severity", "critical").stdout
    (app / "app.py").write_text("print(1)\n")
    clean = invoke(app)
    assert (clean.exit_code, clean.stdout.splitlines()[-1]) == (0, "No findings.")


def test_a_file_is_written_in_the_form_of_its_suffix(app: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "result.sarif"
    result = invoke(app, "--out", out)
    assert json.loads(out.read_text())["version"] == "2.1.0"
    assert "2 findings: 1 critical, 1 high." in result.stdout
    assert "critical  " not in result.stdout
    assert json.loads(invoke(app, "--format", "json").stdout)["exit_code"] == 1
    invoke(app, "--out", tmp_path / "r.html")
    assert (tmp_path / "r.html").read_text().startswith("<!doctype html>")


def test_a_baseline_makes_findings_known(app: Path, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.json"
    result = invoke(app, "--write-baseline", baseline)
    assert (result.exit_code, "2 findings are known from now on" in result.stdout) == (0, True)
    known = invoke(app, "--baseline", baseline)
    assert known.exit_code == 0
    assert "2 findings known already" in known.stdout
    (app / "charter.toml").write_text('[scan]\nbaseline = "../baseline.json"\n')
    assert invoke(app).exit_code == 0


def test_fix_writes_and_patch_only_prints(app: Path) -> None:
    patch = invoke(app, "--patch")
    assert patch.stdout.startswith("--- a/app.py\n+++ b/app.py\n")
    assert (app / "app.py").read_text() == APP
    fixed = invoke(app, "--fix")
    assert "mended 1 finding in app.py" in fixed.stderr
    assert (app / "app.py").read_text() != APP
    assert "injection/user-text-in-system-prompt" not in fixed.stdout


def test_the_inventory_in_its_forms(app: Path, tmp_path: Path) -> None:
    shown = invoke(app, "--inventory")
    assert shown.exit_code == 0
    assert "gpt-4o" in shown.stdout
    assert json.loads(invoke(app, "--inventory", "--format", "json").stdout)["models"][0]["model"] == "gpt-4o"
    invoke(app, "--inventory", "--out", tmp_path / "inventory.html")
    assert "<svg" in (tmp_path / "inventory.html").read_text()
    assert "no form 'sarif'" in str(invoke(app, "--inventory", "--format", "sarif").exception)


def test_the_rules_are_listed() -> None:
    listed = invoke("--rules")
    assert listed.exit_code == 0
    assert "output/shell-command" in listed.stdout
    rules = json.loads(invoke("--rules", "--format", "json").stdout)
    assert {rule["category"] for rule in rules} == {
        "prompt-injection",
        "excessive-agency",
        "insecure-output",
        "hardcoded-secret",
    }
    assert all(rule["page"] for rule in rules)
    assert all(f" {rule['id']} " in listed.stdout for rule in rules), "an identifier that is broken cannot be copied"
    assert "no form 'sarif'" in str(invoke("--rules", "--format", "sarif").exception)


def test_a_secret_that_only_the_history_has(app: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        subprocess.run(["git", "-C", str(app), *identity, *arguments], check=True, capture_output=True)

    key = "AKIA" + "Q3EGRWJ5TZ7LPX2V"
    (app / "app.py").write_text(f'aws_access_key_id = "{key}"\n')
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    (app / "app.py").write_text("print(1)\n")
    git("commit", "-q", "-a", "-m", "two")
    assert invoke(app).exit_code == 0
    found = invoke(app, "--history")
    assert found.exit_code == 1
    assert "HEAD has it no longer" in found.stdout
    assert key not in found.stdout


def test_a_diff_against_a_revision(app: Path) -> None:
    assert "--diff" in invoke("--help").stdout
    assert "git cannot read the history" in str(invoke(app, "--history").exception)
    subprocess.run(["git", "-C", str(app), "init", "-q"], check=True)
    assert isinstance(invoke(app, "--diff", "main").exception, ConfigError)
    assert "no such file or folder" in str(invoke(app / "none", "--diff", "main").exception)


def test_mistakes(app: Path) -> None:
    assert "no such file or folder" in str(invoke(app / "none").exception)
    (app / "charter.toml").write_text("[scan]\nseverty = 1\n")
    assert "charter.toml:2: key 'scan.severty' is unknown" in str(invoke(app).exception)
    assert invoke(app, "--format", "yaml").exit_code == 2
    both = invoke(app, "--fix", "--patch")
    assert (both.exit_code, (app / "app.py").read_text()) == (2, APP)


def test_the_hook_and_the_action_call_the_command_as_it_is() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    program, command, *arguments = hook["entry"].split()
    assert (program, command) == ("charter", "scan")
    assert cli.make_context("scan", arguments).params["revision"] == "HEAD"
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    script = action["runs"]["steps"][-1]["run"]
    assert "${{" not in script, "inputs come in through the environment, never as code"
    assert set(action["inputs"]) == {"path", "severity", "diff", "sarif"}
