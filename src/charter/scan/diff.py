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
from charter.scan.git import GitError, git, objects
from charter.scan.kinds import kind_of
from charter.scan.result import ScanResult
from charter.scan.scan import ScanOptions, scan

MAX_BYTES = 6 << 20
"""A larger file is not read out: no scan would analyse it."""
_REGULAR = {"100644", "100755"}


def only_new(result: ScanResult, target: Path, revision: str, options: ScanOptions, progress: Progress) -> ScanResult:
    """The result with the findings that were there at ``revision`` moved to the known ones.

    Raises:
        ConfigError: no git, no work tree, or no such revision.
    """
    commit = _commit(result.root, revision)
    name = target.name if target.is_file() else ""
    with tempfile.TemporaryDirectory(prefix="charter-scan-") as folder:
        root = Path(folder)
        _read_out(result.root, commit, name, root)
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


def _commit(root: Path, revision: str) -> str:
    try:
        git(root, "rev-parse", "--is-inside-work-tree")
    except GitError as error:
        raise ConfigError(f"--diff: {root} is in no git work tree that can be read: {error}") from error
    try:
        return (
            git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
        )
    except GitError as error:
        raise ConfigError(f"--diff: no revision '{revision}' in {root}; name a branch, a tag or a commit") from error


def _read_out(root: Path, commit: str, name: str, into: Path) -> None:
    """Writes the scannable files of a commit, those below ``root`` (or the one that is named), below ``into``."""
    listed = git(root, "ls-tree", "-r", "-z", "--long", commit, "--", *([name] if name else ["."]))
    with objects(root) as reader:
        for row in listed.split(b"\0"):
            head, _, raw = row.partition(b"\t")
            path = os.fsdecode(raw)
            fields = head.decode("ascii").split()
            if len(fields) != 4 or fields[0] not in _REGULAR or kind_of(path) is None or int(fields[3]) > MAX_BYTES:
                continue
            if ".." in path.split("/") or path.startswith("/"):
                continue  # no file of a work tree is called so: the tree was made to write elsewhere
            place = into / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(reader.read(fields[2]))
