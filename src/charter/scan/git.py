"""``git`` as a reader of repositories whose configuration is nobody's friend.

A repository can name programs of its own: hooks, file-system monitors, pagers, external diffs, filters, aliases. Only
plumbing that runs none of them is called, with each of those settings overruled.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

SECONDS = 60.0
_SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=" + os.devnull,
    "core.pager=cat",
    "core.quotePath=false",
    "core.untrackedCache=false",
    "diff.external=",
    "safe.directory=*",
    "protocol.allow=never",
    "submodule.recurse=false",
)


class GitError(Exception):
    """git is missing, refuses, or takes too long; the message is its first line."""


def command(root: Path, *arguments: str) -> list[str]:
    """The command line of a git that trusts nothing which the repository says."""
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    return ["git", "--no-optional-locks", "--no-replace-objects", *settings, "-C", str(root), *arguments]


def environment() -> dict[str, str]:
    """The environment for it: none of the caller's own ``GIT_…``, and no questions asked."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ATTR_NOSYSTEM": "1", "LC_ALL": "C"}


def git(root: Path, *arguments: str) -> bytes:
    """What git writes.

    Raises:
        GitError: it could not be called, or it failed.
    """
    try:
        done = subprocess.run(
            command(root, *arguments),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env=environment(),
            timeout=SECONDS,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise GitError(f"git cannot be called: {error}") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GitError(said[0] if said else f"git {arguments[0]} failed")
    return done.stdout


@contextmanager
def objects(root: Path) -> Iterator["ObjectReader"]:
    """A reader of objects, one process for all of them."""
    with subprocess.Popen(
        command(root, "cat-file", "--batch"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise GitError("git gave no pipes")
        try:
            yield ObjectReader(process.stdin, process.stdout)
        finally:
            process.kill()


class ObjectReader:
    """Reads blobs by their id."""

    def __init__(self, asks: IO[bytes], answers: IO[bytes]) -> None:
        self._asks = asks
        self._answers = answers

    def read(self, name: str) -> bytes:
        """The content.

        Raises:
            GitError: there is no such object.
        """
        self._asks.write(name.encode() + b"\n")
        self._asks.flush()
        head = self._answers.readline().split()
        if len(head) != 3:
            raise GitError(f"no object {name}")
        content = self._answers.read(int(head[2]))
        self._answers.read(1)
        return content
