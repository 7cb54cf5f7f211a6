"""Which files a scan looks at; whatever it does not look at is counted, with the reason.

In a git work tree the files are those that git tracks or would track, so that what ``.gitignore`` names is left out.
Symbolic links are not followed: what they lead to is scanned where it is, or lies outside.
"""

import os
import stat
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from charter.errors import ConfigError
from charter.scan.findings import NotAnalysed
from charter.scan.globs import Globs
from charter.scan.kinds import kind_of
from charter.scan.secrets.git import Git, HistoryError, opened

_OTHERS_CODE = frozenset(
    {"node_modules", "bower_components", "site-packages", "dist-packages", "__pypackages__", ".yarn"}
)
_CACHE_NAMES = """
__pycache__ .git .hg .svn .jj .tox .nox .eggs .mypy_cache .ruff_cache .pytest_cache .hypothesis .ipynb_checkpoints
.next .nuxt .svelte-kit .turbo .parcel-cache .cache .terraform .gradle .idea
"""
_CACHES = frozenset(_CACHE_NAMES.split())

_NO_MONITOR = ("-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false")
"""A repository may name a program that watches its files; it is not asked."""


@dataclass(frozen=True, slots=True)
class Discovered:
    """The files of a scan."""

    root: Path
    """The folder that all paths are relative to."""
    paths: tuple[str, ...]
    """With ``/``, in order."""
    not_analysed: tuple[NotAnalysed, ...] = ()
    """Folders and files that could not be read."""
    skipped: dict[str, int] = field(default_factory=dict)
    """Why other files or folders were left out, and how many."""


def discover(target: Path, exclude: Sequence[str] = (), everything: bool = False) -> Discovered:
    """The files below ``target``, or ``target`` itself when it is a file.

    Args:
        target: what the user named.
        exclude: patterns as in a ``.gitignore``, relative to the root.
        everything: also what git ignores, installed packages and caches.

    Raises:
        ConfigError: there is no such file or folder, or it cannot be read.
    """
    if target.is_file():
        file = target.resolve()
        return Discovered(file.parent, (file.name,))
    if not target.exists():
        raise ConfigError(f"{target}: no such file or folder; check the path")
    if not target.is_dir():
        raise ConfigError(f"{target}: neither a file nor a folder; name one")
    try:
        next(os.scandir(target), None)
    except OSError as error:
        raise ConfigError(f"{target}: cannot be read: {error.strerror or error}; check its permissions") from error
    walk = _Walk(target.resolve(), Globs(exclude), everything)
    walk.folder("", _listing(walk.root) if not everything else None)
    return Discovered(walk.root, tuple(sorted(walk.found)), tuple(walk.unread), dict(sorted(walk.skipped.items())))


@dataclass(frozen=True, slots=True)
class _Listing:
    """What git knows of a work tree: paths relative to the scanned root."""

    files: frozenset[str]
    folders: frozenset[str]


class _Walk:
    def __init__(self, root: Path, exclude: Globs, everything: bool) -> None:
        self.root = root
        self.found: list[str] = []
        self.unread: list[NotAnalysed] = []
        self.skipped: Counter[str] = Counter()
        self._exclude = exclude
        self._everything = everything

    def folder(self, top: str, listing: _Listing | None) -> None:
        """Everything below ``top``, without recursion: folders may be nested as deep as the disk allows."""
        waiting = [(top, listing)]
        while waiting:
            path, known = waiting.pop()
            for entry in self._entries(path):
                below = f"{path}/{entry.name}" if path else entry.name
                if entry.is_symlink():
                    self.skipped["symbolic links, which are not followed"] += 1
                elif entry.is_dir(follow_symlinks=False):
                    reason = self._left_out(entry, below, known)
                    if reason:
                        self.skipped[reason] += 1
                    else:
                        waiting.append((below, self._listing_in(entry, below, known)))
                else:
                    self._file(entry, below, known)

    def _entries(self, path: str) -> Iterable[os.DirEntry[str]]:
        try:
            with os.scandir(self.root / path) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self.unread.append(NotAnalysed(path or ".", f"the folder cannot be read: {error.strerror or error}"))
            return ()

    def _left_out(self, entry: os.DirEntry[str], path: str, known: _Listing | None) -> str:
        """Why a folder is not entered; "" where it is."""
        if self._exclude.match(path, folder=True):
            return "excluded by configuration"
        if entry.name == ".git" or (entry.name in _CACHES and not self._everything):
            return "caches and histories"
        if self._everything:
            return ""
        if entry.name in _OTHERS_CODE or os.path.exists(os.path.join(entry.path, "pyvenv.cfg")):
            return "folders of installed packages"
        return "ignored by git" if known is not None and path not in known.folders else ""

    def _listing_in(self, entry: os.DirEntry[str], path: str, known: _Listing | None) -> _Listing | None:
        """What git says of a folder: of a repository within, its own git does."""
        if not self._everything and os.path.lexists(os.path.join(entry.path, ".git")):
            return _listing(self.root, path)
        return known

    def _file(self, entry: os.DirEntry[str], path: str, known: _Listing | None) -> None:
        if self._exclude.match(path, folder=False):
            self.skipped["excluded by configuration"] += 1
        elif known is not None and path not in known.files:
            self.skipped["ignored by git"] += 1
        elif kind_of(path) is None:
            self.skipped["binary formats and lock files"] += 1
        elif not stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
            self.skipped["pipes, sockets and devices"] += 1
        else:
            self.found.append(path)


def _listing(root: Path, below: str = "") -> _Listing | None:
    """What git would list in ``root/below``; None without git, or where it ignores all that the user named."""
    try:
        with opened(root / below) as blind:
            git = _with_index(blind)
            if git.output("rev-parse", "--is-inside-work-tree").strip() != b"true":
                return None
            listed = git.output(*_NO_MONITOR, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    except (HistoryError, OSError):
        return None
    names = [os.fsdecode(name) for name in listed.split(b"\0") if name]
    if not names and not below:
        return None
    files = frozenset(f"{below}/{name}" if below else name for name in names)
    folders: set[str] = set()
    for name in files:
        # A repository within, or an untracked one, is listed by its folder: "lib/".
        folder = name.rstrip("/") if name.endswith("/") else name.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return _Listing(files, frozenset(folders))


def _with_index(git: Git) -> Git:
    """The same git, which may read what is tracked; of a repository's settings that name a program none is heeded."""
    return replace(git, environment={name: it for name, it in git.environment.items() if name != "GIT_INDEX_FILE"})
