import os
import subprocess
from pathlib import Path

import pytest

from charter.scan.secrets import History, scan_history
from charter.scan.secrets.git import HistoryError

from .made_up import Draw

draw = Draw(31)


def _git(root: Path, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_DATE": "2024-05-01T12:00:00Z",
        "GIT_COMMITTER_DATE": "2024-05-01T12:00:00Z",
    }
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@acme.io", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        ["git", "-C", str(root), *identity, *arguments], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def _commit(root: Path, **files: str | bytes | None) -> str:
    """Writes (None: deletes) files, named with ``__`` for a dot, and commits."""
    for name, contents in files.items():
        path = root / name.replace("__", ".")
        if contents is None:
            path.unlink()
        else:
            path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
    _git(root, "add", "-A")
    _git(root, "commit", "-q", "--allow-empty", "-m", "work")
    return _git(root, "rev-parse", "HEAD")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    folder.mkdir()
    _git(folder, "init", "-q")
    return folder


def _summary(history: History) -> list[tuple[str, int, str, bool]]:
    return [(each.finding.place.path, each.finding.place.line, each.commit, each.gone) for each in history.findings]


def test_a_deleted_key_is_found_with_its_commit(root: Path) -> None:
    key = draw.openai()
    _commit(root, readme__txt="hello\n")
    first = _commit(root, app__py=f'\napi_key = "{key}"\n')
    _commit(root, app__py="import os\n")
    history = scan_history(root)
    assert _summary(history) == [("app.py", 2, first, True)]
    (found,) = history.findings
    assert found.date == "2024-05-01"
    assert first[:12] in found.finding.message
    assert "revoke" in found.finding.message
    assert key not in repr(history)
    assert (history.commits, history.files) == (3, 3)


def test_a_key_that_moved_is_one_key_and_a_new_one_is_another(root: Path) -> None:
    old, new = draw.openai(), draw.openai()
    first = _commit(root, app__py=f'api_key = "{old}"\n')
    _commit(root, app__py=None, conf__py=f'import os\napi_key = "{old}"\n')
    third = _commit(root, conf__py=f'import os\napi_key = "{new}"\n')
    assert _summary(scan_history(root)) == [("app.py", 1, first, True), ("conf.py", 2, third, False)]


def test_other_branches_stashes_and_merges_are_read(root: Path) -> None:
    _commit(root, a__py="x = 1\n")
    _git(root, "checkout", "-q", "-b", "side")
    on_side = _commit(root, b__py=f'api_key = "{draw.openai()}"\n')
    _git(root, "checkout", "-q", "main")
    _commit(root, c__py="y = 1\n")
    _git(root, "merge", "-q", "--no-commit", "side")
    (root / "d.py").write_text(f'api_key = "{draw.openai()}"\n')
    merge = _commit(root)
    (root / "a.py").write_text(f'api_key = "{draw.openai()}"\n')
    _git(root, "stash", "-q")
    found = _summary(scan_history(root))
    assert ("b.py", 1, on_side, False) in found
    assert ("d.py", 1, merge, False) in found
    assert {path for path, *_ in found} == {"a.py", "b.py", "d.py"}


def test_only_the_folder_and_the_range_asked_for(root: Path) -> None:
    (root / "inner").mkdir()
    (root / "inner" / "app.py").write_text(f'api_key = "{draw.openai()}"\n')
    first = _commit(root, outer__py=f'api_key = "{draw.openai()}"\n')
    second = _commit(root, late__py=f'api_key = "{draw.openai()}"\n')
    assert _summary(scan_history(root / "inner")) == [("app.py", 1, first, False)]
    assert _summary(scan_history(root, revisions=(f"{first}..HEAD",))) == [("late.py", 1, second, False)]


def test_what_is_too_large_is_said_and_binary_is_left(root: Path) -> None:
    line = f'api_key = "{draw.openai()}"\n'
    _commit(root, big__py=line + "x = 1\n" * 400, image__dat=b"\0" + line.encode(), wide__env=line.encode("utf-16"))
    history = scan_history(root, largest=2000)
    assert [left.path for left in history.not_analysed] == ["big.py"]
    assert "2,000" in history.not_analysed[0].reason
    assert [each.finding.place.path for each in history.findings] == ["wide.env"]


def test_nothing_of_the_repository_is_run(root: Path, tmp_path: Path) -> None:
    trap = tmp_path / "ran"
    script = tmp_path / "trap.sh"
    script.write_text(f"#!/bin/sh\ntouch '{trap}'\ncat\n")
    script.chmod(0o755)
    _commit(root, app__py=f'api_key = "{draw.openai()}"\n', __gitattributes="* filter=evil diff=evil\n")
    for key in ("core.fsmonitor", "diff.evil.textconv", "diff.evil.command", "diff.external", "filter.evil.smudge"):
        _git(root, "config", key, str(script))
    _git(root, "config", "core.pager", str(script))
    for name in ("post-index-change", "reference-transaction"):
        (root / ".git" / "hooks" / name).write_text(script.read_text())
        (root / ".git" / "hooks" / name).chmod(0o755)
    assert len(scan_history(root).findings) == 1
    assert not trap.exists()


def test_paths_with_line_breaks_and_quotes(root: Path) -> None:
    (root / 'a "b"\nc.py').write_text(f'api_key = "{draw.openai()}"\n')
    commit = _commit(root)
    assert _summary(scan_history(root)) == [('a "b"\nc.py', 1, commit, False)]


def test_an_empty_repository_has_no_secrets(root: Path) -> None:
    assert scan_history(root) == History((), (), 0, 0)


def test_errors_are_one_line(root: Path, tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="not a git repository"):
        scan_history(tmp_path)
    _commit(root, a__py="x = 1\n")
    with pytest.raises(HistoryError, match="git"):
        scan_history(root, revisions=("no-such-branch",))
    with pytest.raises(HistoryError, match="git"):
        scan_history(root, revisions=("--output=x",))
