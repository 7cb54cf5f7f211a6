"""Reading a repository that may be hostile: git's plumbing only, nothing of the repository's own is run.

A repository's configuration can name programs (hooks, file-system monitors, diff drivers, filters, transports). The
commands used here (``rev-list``, ``diff-tree --raw``, ``cat-file --batch``) need none of them, the monitor is switched
off, the index is not read, and transports are forbidden, because git fetches what a partial clone lacks.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from charter.errors import CharterError

EVERYTHING = ("--all",)
"""All branches, tags and stashes."""

_CHUNK = 1 << 16
_NO_PROGRAMS = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "protocol.allow=never")
"""Said on the command line, which a repository's own configuration cannot answer."""
_EACH_FILE = (
    *("--stdin", "-r", "-m", "--root", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff", "--no-textconv"),
    *("--ignore-submodules=all", "--diff-filter=AMT", "--relative", "--", "."),
)


class HistoryError(CharterError, OSError):
    """git's history cannot be read: no git, no repository, a damaged one."""

    exit_code = 2


@dataclass(frozen=True)
class Git:
    """A repository, and how git is called on it."""

    root: Path
    environment: dict[str, str]

    def command(self, *arguments: str) -> list[str]:
        """The words of one call."""
        return ["git", "--no-pager", "--no-replace-objects", *_NO_PROGRAMS, "-C", str(self.root), *arguments]

    def output(self, *arguments: str) -> bytes:
        """What a short call prints; raises ``HistoryError`` with git's own first line where it fails."""
        done = subprocess.run(self.command(*arguments), env=self.environment, capture_output=True, check=False)
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise HistoryError(f"{self.root}: git cannot read the history: {said[0] if said else 'it said nothing'}")
        return done.stdout

    def start(self, *arguments: str, stdin: int | IO[bytes] = subprocess.DEVNULL) -> "subprocess.Popen[bytes]":
        """A long call whose output is read as it comes."""
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=_CHUNK,
        )


@contextmanager
def opened(root: Path) -> Iterator[Git]:
    """
    A repository to read from.

    git refuses repositories of other owners until they are listed as safe, because of the programs their configuration
    may name. As none is run here, all are listed in a configuration of our own; the user's is not read.
    """
    with tempfile.TemporaryDirectory(prefix="charter-git-") as folder:
        config = Path(folder, "config")
        config.write_text(
            "[safe]\n\tdirectory = *\n[protocol]\n\tallow = never\n[core]\n\tfsmonitor = false\n", "utf-8"
        )
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environment |= {
            "GIT_CONFIG_GLOBAL": str(config),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_INDEX_FILE": str(
                Path(folder, "no-index")
            ),  # diff-tree would read it, and ask the monitor that it names.
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C",
        }
        git = Git(root, environment)
        try:
            git.output("rev-parse", "--git-dir")
        except FileNotFoundError as error:
            raise HistoryError(f"{root}: to scan the history, the program 'git' must be installed") from error
        yield git


class Blobs:
    """File contents by their id, from one ``git cat-file --batch`` that stays open."""

    def __init__(self, git: Git, largest: int) -> None:
        self._process = git.start("cat-file", "--batch", stdin=subprocess.PIPE)
        self._largest = largest

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        stop(self._process)

    def read(self, blob: str) -> bytes | int:
        """The contents, or their size where they are larger than allowed; -1 where git lacks the object."""
        asked, answers = self._process.stdin, self._process.stdout
        if asked is None or answers is None:
            return -1
        try:
            asked.write(blob.encode("ascii") + b"\n")
            asked.flush()
        except BrokenPipeError:
            return -1
        head = answers.readline().split()
        if len(head) != 3 or head[1] == b"missing":
            return -1
        size = int(head[2])
        if size <= self._largest and head[1] == b"blob":
            contents = answers.read(size)
            answers.read(1)
            return contents
        left = size + 1
        while left > 0:
            left -= len(answers.read(min(left, _CHUNK))) or left
        return size


def stop(process: "subprocess.Popen[bytes]") -> int:
    """Closes a process's ends and waits for it; its exit status."""
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except BrokenPipeError:
                continue
    return process.wait()


def fields(stream: IO[bytes], separator: bytes = b"\0") -> Iterator[bytes]:
    """What stands between separators, read piece by piece."""
    rest = b""
    while piece := stream.read(_CHUNK):
        *whole, rest = (rest + piece).split(separator)
        yield from whole
    if rest:
        yield rest


def changed_files(git: Git, revisions: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """
    Commit, blob and path of every file that a commit adds or changes, oldest commit first, below the folder.

    A merge is compared with each parent, or what was only put in while merging would be missed.
    """
    chosen = revisions if tuple(revisions) == EVERYTHING else ("--end-of-options", *revisions)
    commits = git.start("rev-list", "--reverse", "--topo-order", *chosen, "--")
    changes = git.start(
        "diff-tree",
        *_EACH_FILE,
        stdin=commits.stdout or subprocess.DEVNULL,
    )
    if commits.stdout is not None:
        commits.stdout.close()  # diff-tree holds it now.
    try:
        if changes.stdout is not None:
            yield from _read_changes(changes.stdout)
    finally:
        ends = stop(changes), stop(commits)
    if any(ends):
        raise HistoryError(f"{git.root}: git stopped in the middle of the history; try 'git fsck'")


def _read_changes(stream: IO[bytes]) -> Iterator[tuple[str, str, str]]:
    """Takes apart ``:mode mode id id status NUL path NUL``, and the commits' ids between."""
    commit, entry = "", b""
    for part in fields(stream):
        if entry:
            _, mode, _, blob, _ = entry.split()
            if mode.startswith(b"100"):  # A file: neither a link nor a submodule.
                yield commit, blob.decode("ascii"), part.decode("utf-8", "replace")
            entry = b""
        elif part.startswith(b":"):
            entry = part
        elif part.strip():
            commit = part.split()[0].decode("ascii")


def blobs_at_head(git: Git) -> frozenset[str]:
    """The ids of all files as they are in HEAD below the folder; none where there is no commit yet."""
    try:
        listed = git.output("ls-tree", "-r", "-z", "HEAD")
    except HistoryError:
        return frozenset()
    return frozenset(line.split(b"\t", 1)[0].split()[-1].decode("ascii") for line in listed.split(b"\0") if line)
