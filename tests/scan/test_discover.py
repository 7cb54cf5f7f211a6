"""Which files a scan looks at, in the trees that there are."""

import os
import subprocess
from pathlib import Path

import pytest

from charter.errors import ConfigError
from charter.scan.discover import discover
from charter.scan.globs import Globs


def tree(root: Path, *paths: str) -> Path:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x = 1\n")
    return root


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)


def test_all_text_files_in_order_without_caches_packages_and_binary_files(tmp_path: Path) -> None:
    tree(tmp_path, "b/app.py", "a.ts", ".env", ".github/x.yml", "node_modules/m/i.js", "__pycache__/a.py", "logo.png")
    tree(tmp_path, "env/lib/a.py", "env/pyvenv.cfg", "package-lock.json")
    found = discover(tmp_path)
    assert found.paths == (".env", ".github/x.yml", "a.ts", "b/app.py")
    assert found.skipped == {
        "binary formats and lock files": 2,
        "caches and histories": 1,
        "folders of installed packages": 2,
    }
    everything = discover(tmp_path, everything=True)
    assert {"node_modules/m/i.js", "env/lib/a.py", "__pycache__/a.py"} < set(everything.paths)


def test_git_says_what_is_left_out_and_a_tracked_file_never_is(tmp_path: Path) -> None:
    tree(tmp_path, "app.py", "out/gen.py", "kept/gen.py", "sub/lib.py")
    (tmp_path / ".gitignore").write_text("gen.py\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-f", "kept/gen.py")
    git(tmp_path / "sub", "init", "-q")
    found = discover(tmp_path)
    assert found.paths == (".gitignore", "app.py", "kept/gen.py", "sub/lib.py")
    assert found.skipped["ignored by git"] == 1
    assert "out/gen.py" in discover(tmp_path, everything=True).paths
    assert discover(tmp_path / "out").paths == ("gen.py",), "a folder that is named is scanned, ignored or not"


def test_a_repositorys_own_programs_are_not_run(tmp_path: Path) -> None:
    tree(tmp_path, "app.py")
    git(tmp_path, "init", "-q")
    program = tmp_path / "monitor.sh"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/was-run\n")
    program.chmod(0o755)
    git(tmp_path, "config", "core.fsmonitor", str(program))
    assert "app.py" in discover(tmp_path).paths
    assert not (tmp_path / "was-run").exists()


def test_links_are_not_followed_and_loops_end(tmp_path: Path) -> None:
    tree(tmp_path, "a/app.py")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "link.py").symlink_to(tmp_path / "a" / "app.py")
    os.mkfifo(tmp_path / "pipe.py")
    found = discover(tmp_path)
    assert found.paths == ("a/app.py",)
    assert found.skipped == {"pipes, sockets and devices": 1, "symbolic links, which are not followed": 2}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    tree(tmp_path, "a/app.py", "b.py")
    (tmp_path / "a").chmod(0)
    try:
        found = discover(tmp_path)
    finally:
        (tmp_path / "a").chmod(0o755)
    assert found.paths == ("b.py",)
    assert [(each.path, each.partly) for each in found.not_analysed] == [("a", False)]


def test_a_single_file_and_names_that_are_no_text(tmp_path: Path) -> None:
    tree(tmp_path, "app.py")
    assert discover(tmp_path / "app.py").paths == ("app.py",)
    with open(os.path.join(os.fsencode(tmp_path), b"\xff\x1b.py"), "wb") as file:
        file.write(b"x = 1\n")
    assert len(discover(tmp_path).paths) == 2


def test_a_path_that_does_not_exist_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file or folder; check the path"):
        discover(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("pattern", "path", "folder", "expected"),
    [
        ("*.gen.ts", "x/y.gen.ts", False, True),
        ("/docs/", "docs", True, True),
        ("/docs/", "docs", False, False),
        ("/docs/", "x/docs", True, False),
        ("tests/**/fixtures", "tests/fixtures", True, True),
        ("tests/**/fixtures", "tests/a/b/fixtures", True, True),
        ("a/**", "a/b/c.py", False, True),
        ("a?.py", "ab.py", False, True),
        ("[!a].py", "a.py", False, False),
        ("[!a].py", "b.py", False, True),
        ("a.py", "axpy", False, False),
    ],
)
def test_patterns_are_those_of_a_gitignore(pattern: str, path: str, folder: bool, expected: bool) -> None:
    assert Globs([pattern]).match(path, folder) is expected


def test_a_later_pattern_takes_a_match_back() -> None:
    globs = Globs(["gen/**", "!gen/kept.py"])
    assert globs.match("gen/a.py")
    assert not globs.match("gen/kept.py")
