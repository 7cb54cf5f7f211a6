"""Secrets in git's history: a key that was deleted later is still in every clone."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from charter.scan.findings import Finding, NotAnalysed
from charter.scan.secrets.detect import with_digests
from charter.scan.secrets.git import EVERYTHING, Blobs, Git, blobs_at_head, changed_files, opened

LARGEST = 1_000_000
"""Bytes of a file in the history that is still read; larger ones are said to be left out."""

_NO_TEXT = re.compile(
    r"\.(?:png|jpe?g|gif|webp|ico|bmp|tiff?|pdf|zip|gz|bz2|xz|7z|tar|whl|jar|so|dll|dylib|exe|woff2?|ttf|otf|eot|mp[34]|wav"
    r"|webm|mov|avi|npy|npz|pt|pth|bin|safetensors|onnx|pkl|parquet|sqlite3?|db|class|pyc|lock|min\.js|map)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class HistoryFinding:
    """A secret as it was put into the repository."""

    finding: Finding
    """Its place is the path and line as they were in that commit; its message names the commit."""
    commit: str
    """The full id of the first commit that holds it."""
    date: str
    """The commit's day, in UTC: "2024-05-01"; empty where it cannot be read."""
    gone: bool
    """No file in HEAD has it any longer, so that only the history betrays it."""


@dataclass(frozen=True, slots=True)
class History:
    """What the history of a folder holds."""

    findings: tuple[HistoryFinding, ...]
    not_analysed: tuple[NotAnalysed, ...]
    commits: int
    """Commits that change a file."""
    files: int
    """Different contents of files that were read."""


def scan_history(root: Path, *, revisions: Sequence[str] = EVERYTHING, largest: int = LARGEST) -> History:
    """
    The secrets in every version of every file below a folder; each secret once, where it first came in.

    Memory holds one file at a time, and 20 bytes for each content seen. Raises ``HistoryError`` where there is no
    repository or git cannot read it.

    :param revisions: all branches, tags and stashes, or revisions and ranges such as ``main..HEAD``.
    """
    with opened(root) as git, Blobs(git, largest) as blobs:
        reading = _Reading(git, blobs, largest)
        for commit, blob, path in changed_files(git, revisions):
            reading.take(commit, blob, path)
    found = tuple(_with_gone(each, digest not in reading.current) for digest, each in reading.found.items())
    return History(found, tuple(reading.left_out.values()), reading.commits, len(reading.seen))


class _Reading:
    """What is known while the history goes by."""

    def __init__(self, git: Git, blobs: Blobs, largest: int) -> None:
        self.git, self.blobs, self.largest = git, blobs, largest
        self.commits, self.last_commit = 0, ""
        self.seen: set[bytes] = set()
        self.found: dict[bytes, HistoryFinding] = {}
        self.left_out: dict[str, NotAnalysed] = {}
        self.at_head = blobs_at_head(git)
        self.current: set[bytes] = set()

    def take(self, commit: str, blob: str, path: str) -> None:
        """One file as one commit left it."""
        self.commits += commit != self.last_commit
        self.last_commit = commit
        if _NO_TEXT.search(path) or _is_seen(self.seen, blob, path):
            return
        contents = self.blobs.read(blob)
        if isinstance(contents, int):
            self.left_out.setdefault(path, NotAnalysed(path, _reason(contents, self.largest, commit)))
            return
        text = _decoded(contents)
        if text is None:
            return
        for finding, digest in with_digests(path, text):
            if blob in self.at_head:
                self.current.add(digest)
            if digest not in self.found:
                self.found[digest] = _dated(self.git, finding, commit)


def _decoded(contents: bytes) -> str | None:
    """The text of a file, or None for a picture, an archive, a program."""
    if contents.startswith((b"\xff\xfe", b"\xfe\xff")):
        return contents.decode("utf-16", "replace")
    return None if b"\0" in contents[:8192] else contents.decode("utf-8", "replace")


def _is_seen(seen: set[bytes], blob: str, path: str) -> bool:
    """One content under one kind of name is read once; a test's copy in the application is read again."""
    key = hashlib.sha256(f"{blob}\0{path}".encode()).digest()[:20]
    if key in seen:
        return True
    seen.add(key)
    return False


def _reason(size: int, largest: int, commit: str) -> str:
    if size < 0:
        return f"not in this clone, as of commit {commit[:12]}"
    return f"{size:,} bytes in commit {commit[:12]}, more than the {largest:,} that are read of a file in the history"


def _dated(git: Git, finding: Finding, commit: str) -> HistoryFinding:
    date = _date(git, commit)
    when = f" of {date}" if date else ""
    message = f"{finding.message} It came in with commit {commit[:12]}{when}."
    return HistoryFinding(replace(finding, message=message, edits=()), commit, date, gone=False)


def _date(git: Git, commit: str) -> str:
    stamp = re.search(rb"^committer .* (\d+) [+-]\d{4}$", git.output("cat-file", "commit", commit), re.MULTILINE)
    try:
        return datetime.fromtimestamp(int(stamp[1]), UTC).date().isoformat() if stamp else ""
    except (ValueError, OverflowError, OSError):
        return ""


def _with_gone(each: HistoryFinding, gone: bool) -> HistoryFinding:
    """Says whether HEAD still has it: a key that is only in the history is easily forgotten."""
    words = " HEAD has it no longer, but every clone does: revoke it." if gone else ""
    return replace(each, finding=replace(each.finding, message=each.finding.message + words), gone=gone)
