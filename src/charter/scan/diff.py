"""``--diff REV``: the findings that a change brings, and no others.

The files as they were at a revision are read out of git into a temporary folder and scanned in the same way. What was
found there is known; a finding counts as new when nothing of its rule, path and code was there before. So a flow that
a change completes is new even where its sink stands in a file that did not change.
"""

import os
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

from charter.errors import ConfigError
from charter.progress import Progress
from charter.scan.baseline import split_known
from charter.scan.findings import Finding
from charter.scan.kinds import kind_of
from charter.scan.result import ScanResult
from charter.scan.scan import ScanOptions, scan
from charter.scan.secrets.git import Blobs, Git, HistoryError, opened

MAX_BYTES = 6 << 20
"""A larger file is not read out: no scan would analyse it."""
_REGULAR = {"100644", "100755"}


def check_history(target: Path, revision: str | None) -> None:
    """Says of a mistake before the work, not after it.

    Raises:
        HistoryError: there is no git, or no repository.
        ConfigError: no such revision, or nothing at the path.
    """
    if not target.exists():
        raise ConfigError(f"{target}: no such file or folder; check the path")
    with opened(target.resolve() if target.is_dir() else target.resolve().parent) as git:
        if revision is not None:
            _commit(git, revision)


def only_new(result: ScanResult, target: Path, revision: str, options: ScanOptions, progress: Progress) -> ScanResult:
    """The result with the findings that were there at ``revision`` moved to the known ones.

    Raises:
        HistoryError: there is no git, or no repository.
        ConfigError: no such revision.
    """
    name = target.name if target.is_file() else "."
    with tempfile.TemporaryDirectory(prefix="charter-scan-") as folder:
        root = Path(folder)
        with opened(result.root) as git:
            _read_out(git, _commit(git, revision), name, root)
        before = scan(root, replace(options, cache=False, everything=True), progress)
    new, old = _split(result, before)
    return replace(result, findings=tuple(new), known=(*result.known, *old))


def _split(result: ScanResult, before: ScanResult) -> tuple[list[Finding], list[Finding]]:
    known = Counter(finding.fingerprint for finding in _all(before))
    new, old = split_known(result.findings, known)
    # A file that was moved takes its findings along: they match by rule and code those of a file that is gone.
    gone = Counter(_code(finding) for finding in _all(before) if not (result.root / finding.place.path).exists())
    stays = []
    for finding in new:
        if gone[_code(finding)] > 0:
            gone[_code(finding)] -= 1
            old.append(finding)
        else:
            stays.append(finding)
    return stays, old


def _all(result: ScanResult) -> list[Finding]:
    return [*result.findings, *result.known, *(each.finding for each in result.suppressed)]


def _code(finding: Finding) -> tuple[str, str]:
    return finding.rule, " ".join(finding.snippet.split())


def _commit(git: Git, revision: str) -> str:
    try:
        asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return git.output(*asked).decode().strip()
    except HistoryError as error:
        raise ConfigError(
            f"--diff: no revision '{revision}' in {git.root}; name a branch, a tag or a commit"
        ) from error


def _read_out(git: Git, commit: str, name: str, into: Path) -> None:
    """Writes the scannable files of a commit, those below the folder (or the one that is named), below ``into``."""
    listed = git.output("ls-tree", "-r", "-z", "--long", commit, "--", name)
    with Blobs(git, MAX_BYTES) as blobs:
        for row in listed.split(b"\0"):
            head, _, raw = row.partition(b"\t")
            path = os.fsdecode(raw)
            fields = head.decode("ascii").split()
            if len(fields) != 4 or fields[0] not in _REGULAR or kind_of(path) is None:
                continue
            if ".." in path.split("/") or path.startswith("/"):
                continue  # no file of a work tree is called so: the tree was made to write elsewhere
            content = blobs.read(fields[2])
            if isinstance(content, bytes):
                place = into / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
