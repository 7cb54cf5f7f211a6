"""Whole scans of small projects: what is found, kept, lost and left out."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.scan.samples import APP, PROMPT_LINE, SHELL_LINE, finding

from charter.errors import ConfigError
from charter.progress import Progress
from charter.scan import cache, survey
from charter.scan.analysis import Analysis
from charter.scan.config import Settings, load_config
from charter.scan.diff import only_new
from charter.scan.findings import Edit, Finding, Place
from charter.scan.fix import plan_fixes, write_fixes
from charter.scan.result import ScanResult
from charter.scan.rule import Rule
from charter.scan.rules import all_rules
from charter.scan.scan import ScanOptions, scan

SHELL = ("output/shell-command", "app.py", SHELL_LINE)
PROMPT = ("injection/user-text-in-system-prompt", "app.py", PROMPT_LINE)


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


def found(result: ScanResult) -> list[tuple[str, str, int]]:
    return [(each.rule, each.place.path, each.place.line) for each in result.findings]


def run(root: Path, **options: bool) -> ScanResult:
    return scan(root, ScanOptions(settings=load_config(None, root), jobs=1, **options))


def write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_py", ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def test_flows_within_a_file_are_found_with_their_way(tmp_path: Path) -> None:
    result = run(write(tmp_path, app_py=APP))
    assert found(result) == [SHELL, PROMPT]
    assert [step.kind for step in result.findings[0].steps][0 :: len(result.findings[0].steps) - 1] == [
        "source",
        "sink",
    ]
    assert (result.exit_code, result.counts.files, result.counts.followed) == (1, 1, 1)
    assert all(each.snippet for each in result.findings)


def test_a_flow_over_two_files_is_found_and_code_without_models_is_not_followed(tmp_path: Path) -> None:
    write(
        tmp_path,
        helpers__shell_py="import os\n\n\ndef execute(command):\n    os.system(command)\n",
        helpers____init___py="",
        app_py=APP.replace("import os\n", "from helpers.shell import execute\n").replace("os.system(", "execute("),
        other_py="import os\n\n\ndef clean(path):\n    os.system('rm ' + path)\n",
    )
    result = run(tmp_path)
    assert ("output/shell-command", "helpers/shell.py", 5) in found(result)
    assert result.counts.followed == 2
    assert not [each for each in result.findings if each.place.path == "other.py"]


def test_what_cannot_be_read_is_listed_and_over_a_threshold_the_scan_fails(tmp_path: Path) -> None:
    write(tmp_path, app_py="import openai\n", broken_py="import openai\n\ndef f(:\n    pass\n")
    (tmp_path / "big.py").write_bytes(b"x = 1\n" * 1_000_000)
    (tmp_path / "deep.py").write_text("import openai\nx = " + "(" * 10_000 + ")" * 10_000 + "\n")
    (tmp_path / "binary.py").write_bytes(b"import openai\n" + b"\0" * 5_000)
    result = run(tmp_path)
    assert {"big.py", "binary.py", "broken.py", "deep.py"} == {each.path for each in result.not_analysed}
    assert (result.incomplete, result.exit_code) == (True, 3)
    (tmp_path / "charter.toml").write_text("[scan]\nmax_not_analysed = 0.9\n")
    assert run(tmp_path).exit_code == 0


def test_a_folder_without_a_file_is_no_pass(tmp_path: Path) -> None:
    assert run(tmp_path).exit_code == 3


def test_a_rule_that_fails_is_a_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Analysis) -> Sequence[Finding]:
        raise KeyError("oops")

    rules = all_rules()
    broken = Rule(rules[0].spec, "", check=fails)
    monkeypatch.setattr("charter.scan.follow.all_rules", lambda: (broken, *rules[1:]))
    result = run(write(tmp_path, app_py=APP))
    assert [crash.rule for crash in result.crashes] == [rules[0].spec.id]
    assert "KeyError: 'oops'" in result.crashes[0].error
    assert SHELL in found(result)
    assert result.exit_code == 3


def test_settings_hide_switch_off_and_change(tmp_path: Path) -> None:
    write(tmp_path, app_py=APP, gen__app_py=APP)
    (tmp_path / "charter.toml").write_text(
        '[scan]\nexclude = ["gen/"]\nseverity = "high"\n[scan.rules."output/shell-command"]\nseverity = "low"\n'
    )
    result = run(tmp_path)
    assert (found(result), result.hidden) == ([PROMPT], 1)
    assert result.counts.skipped == {"excluded by configuration": 1}
    (tmp_path / "charter.toml").write_text("[scan.rules.injection]\nenabled = false\n")
    assert PROMPT not in found(run(tmp_path))


def test_a_comment_answers_for_a_finding(tmp_path: Path) -> None:
    write(tmp_path, app_py=APP.replace('["topic"]))', '["topic"]))  # charter: ignore[output] runs in a sandbox'))
    result = run(tmp_path)
    assert found(result) == [PROMPT]
    assert [(each.finding.rule, each.reason) for each in result.suppressed] == [(SHELL[0], "runs in a sandbox")]


def test_the_next_scan_uses_what_this_one_kept_and_only_while_it_holds(tmp_path: Path, own_cache: Path) -> None:
    write(tmp_path, app_py=APP)
    first = run(tmp_path, cache=True)
    (kept,) = own_cache.rglob("*.json")
    assert b"flask.request" in kept.read_bytes()
    again = run(tmp_path, cache=True)
    assert (again.findings, again.counts.cached) == (first.findings, 1)
    planted = kept.read_text().replace("A user's text", "A planted text")
    kept.write_text(planted)
    cache.read_cache.cache_clear()
    assert any("A planted text" in each.message for each in run(tmp_path, cache=True).findings), "it is what was read"
    write(tmp_path, app_py=APP + "\n")
    assert not any("A planted text" in each.message for each in run(tmp_path, cache=True).findings)
    kept.write_text("{")
    cache.read_cache.cache_clear()
    assert found(run(tmp_path, cache=True)) == [SHELL, PROMPT]


def test_own_facts_are_known_and_their_mistakes_are_told(tmp_path: Path) -> None:
    write(tmp_path, app_py=APP.replace("os.system(", "acme.launch(").replace("import os", "import acme"))
    assert found(run(tmp_path)) == [PROMPT]
    (tmp_path / "charter.toml").write_text('[scan]\nmodels = ["acme.yaml"]\n')
    facts = "framework: acme\nlanguage: python\npackages: []\nsinks:\n  - call: [acme.launch]\n    argument: [0]\n"
    (tmp_path / "acme.yaml").write_text(f"{facts}    kind: shell\n    what: launches it\n")
    assert SHELL in found(run(tmp_path))
    (tmp_path / "acme.yaml").write_text(f"{facts}    kind: shel\n    what: launches it\n")
    with pytest.raises(ConfigError, match=r"acme\.yaml:7"):
        run(tmp_path)


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", "-C", str(root), *identity, *arguments], check=True, capture_output=True)


def new_since(root: Path, revision: str) -> ScanResult:
    options = ScanOptions(jobs=1, cache=False)
    return only_new(scan(root, options), root, revision, options, Progress(quiet=True))


def test_a_diff_shows_what_a_change_brings_wherever_it_shows(tmp_path: Path) -> None:
    write(tmp_path, app_py=APP, shell_py="import os\n\n\ndef execute(command):\n    os.system(command)\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    assert found(new_since(tmp_path, "HEAD")) == []
    changed = "\n\n" + APP.replace("import os\n", "import os\nfrom shell import execute\n")
    write(tmp_path, app_py=changed + "\n\ndef more():\n    execute(ask('x'))\n")
    result = new_since(tmp_path, "HEAD")
    assert found(result) == [("output/shell-command", "shell.py", 5)], "its file did not change, its caller did"
    assert len(result.known) == 2
    (tmp_path / "app.py").rename(tmp_path / "moved.py")
    assert found(new_since(tmp_path, "HEAD")) == [("output/shell-command", "shell.py", 5)]
    with pytest.raises(ConfigError, match="no revision '--output=x'"):
        new_since(tmp_path, "--output=x")


def test_fixes_are_written_and_the_finding_is_gone(tmp_path: Path) -> None:
    root = write(tmp_path, app_py=APP.replace("\n", "\r\n"))
    (root / "app.py").chmod(0o640)
    before = run(root)
    planned, refused = plan_fixes(root, before.findings)
    assert refused == []
    assert planned[0].patch().startswith("--- a/app.py\n+++ b/app.py\n@@ ")
    write_fixes(root, planned)
    text = (root / "app.py").read_bytes()
    assert text.count(b"\n") == text.count(b"\r\n")
    assert (root / "app.py").stat().st_mode & 0o777 == 0o640
    fixed = {each.rule for each in before.findings if each.edits}
    assert fixed
    assert not fixed & {each.rule for each in run(root).findings}


def edit(line: int, column: int, end: int, text: str) -> Finding:
    return finding(place=Place("a.py", line, column), edits=(Edit(Place("a.py", line, column, line, end), text),))


def test_fixes_that_break_a_file_or_one_another_are_not_written(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = run(a)\ny = 2\n")
    assert plan_fixes(tmp_path, [edit(1, 5, 11, "run(")])[1] == ["a.py: not changed: it would no longer parse"]
    (planned,), _ = plan_fixes(
        tmp_path, [edit(1, 5, 11, "one()"), edit(1, 9, 10, "b"), edit(2, 5, 6, "3"), edit(2, 5, 6, "3")]
    )
    assert (planned.after, planned.findings) == ("x = one()\ny = 3\n", 3)
    inserted = [edit(1, 1, 1, "import b\n"), edit(1, 1, 1, "import c\n"), edit(1, 1, 1, "import b\n")]
    (planned,), _ = plan_fixes(tmp_path, inserted)
    assert sorted(planned.after.splitlines()[:2]) == ["import b", "import c"]
    assert planned.after.count("import") == 2
    gone = finding(edits=(Edit(Place("none.py", 1), "x"),))
    assert plan_fixes(tmp_path, [gone]) == ([], ["none.py: not changed: it cannot be read as it stands"])


def test_a_configuration_file_of_agents_is_checked(tmp_path: Path) -> None:
    (tmp_path / ".mcp.json").write_text(
        '{"mcpServers": {"sh": {"command": "bash", "args": ["-c", "$X"], "autoApprove": ["*"]}}}'
    )
    (tmp_path / "half.json").write_text('{"mcpServers": ')
    result = run(tmp_path)
    assert {each.category for each in result.findings} <= {"excessive-agency"}
    assert [each.path for each in result.not_analysed] == ["half.json"]


def test_the_scanner_needs_no_torch() -> None:
    program = (
        "import sys, pathlib; from charter.scan.scan import scan, ScanOptions;"
        "print(sorted({'torch', 'transformers', 'scipy', 'pyarrow', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.replace("'", '"')) == []


def test_settings_default_to_nothing_special() -> None:
    assert Settings().scan.rules == {}
    assert survey.Basis("x").cache == ""
