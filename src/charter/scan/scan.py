"""A scan, from a folder to its findings.

    result = scan(Path("my-app"), ScanOptions())

Two looks are taken. The first one, at every file by itself, finds secrets and risky configuration, and which code has
to do with language models. The second one follows the data through that code, group by group. Both run in processes,
and what they find is kept for the next scan.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self, TypeVar

from charter.progress import Advance, Progress
from charter.scan.assemble import Looked, assemble
from charter.scan.cache import cache_path, stamp_of, write_cache
from charter.scan.config import Settings
from charter.scan.discover import Discovered, discover
from charter.scan.follow import FollowTask, follow, lost_group
from charter.scan.relevance import CodeFile, groups
from charter.scan.result import FileResult, GroupResult, ScanResult
from charter.scan.secrets import scan_history
from charter.scan.survey import Basis, cached, facts_of, lost_files, own_models, survey, survey_tasks
from charter.scan.workers import Lost, run_tasks

SECONDS = 60.0
"""What any task may take, besides a second for each ``LINES_A_SECOND`` of code."""
LINES_A_SECOND = 400


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """How to scan."""

    settings: Settings = field(default_factory=Settings)
    jobs: int = 0
    """Processes; 0 for one a processor."""
    cache: bool = True
    everything: bool = False
    """Also files that git ignores, and installed packages."""
    history: bool = False
    """Look for secrets in the git history, too."""


def scan(target: Path, options: ScanOptions, progress: Progress | None = None) -> ScanResult:
    """Scans a folder or a file.

    Raises:
        ConfigError: there is no such folder, or a file of facts or the baseline has a mistake.
        HistoryError: the history is wanted, and there is none that can be read.
    """
    progress = progress or Progress(quiet=True)
    settings = options.settings
    found = discover(target, settings.scan.exclude, options.everything)
    models = own_models(settings.path(name).resolve() for name in settings.scan.models)
    stamp = stamp_of(facts_of(models).digest)
    kept = cache_path(found.root) if options.cache else None
    basis = Basis(str(found.root), models, str(kept) if kept else "", stamp)
    jobs = options.jobs or _processors()
    before = cached(basis)
    with progress.task("files", len(found.paths)) as advance:
        files = _survey(basis, found.paths, jobs, advance)
    tasks = _follow_tasks(basis, found, files)
    keys = {task: _key(task, files) for task in tasks}
    followed = {keys[task]: before.groups[keys[task]] for task in tasks if keys[task] in before.groups}
    with progress.task("lines of code that uses language models", sum(task.lines for task in tasks)) as advance:
        fresh = [task for task in tasks if keys[task] not in followed]
        advance(sum(task.lines for task in tasks) - sum(task.lines for task in fresh))
        followed |= _follow(fresh, keys, jobs, advance)
    if kept is not None:
        whole = {key: result for key, result in followed.items() if all(each.partly for each in result.not_analysed)}
        write_cache(kept, stamp, files.values(), whole)
    again = sum(files[path] == before.files.get(path) for path in files)
    looked = Looked(found, tuple(files.values()), tuple(followed.values()), tuple(tasks), again)
    if not options.history:
        return assemble(looked, settings)
    past = scan_history(found.root)
    # What HEAD still has, the scan of the files has found; what is gone from it lives on in every clone.
    return assemble(looked, settings, [each.finding for each in past.findings if each.gone], past.not_analysed)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Task(Protocol):
    def halves(self) -> tuple[Self, ...]: ...


T = TypeVar("T", bound=_Task)
R = TypeVar("R")


def _run(
    tasks: Sequence[T],
    work: Callable[[T], R],
    lost: Callable[[T, str], R],
    jobs: int,
    seconds: Callable[[T], float],
) -> Iterator[tuple[T, R]]:
    """
    Each task's result. One that breaks its process, or takes too long, is tried again in halves, down to the one file
    that does it; that file gets the result ``lost``.
    """
    while tasks:
        again: list[T] = []
        for task, result in run_tasks(tasks, work, jobs, seconds):
            if not isinstance(result, Lost):
                yield task, result
            elif halves := task.halves():
                again += halves
            else:
                yield task, lost(task, result.reason)
        tasks = again


def _survey(basis: Basis, paths: Sequence[str], jobs: int, advance: Advance) -> dict[str, FileResult]:
    found: dict[str, FileResult] = {}
    tasks = survey_tasks(basis, paths)
    for task, results in _run(tasks, survey, lost_files, jobs, lambda task: SECONDS):
        found.update((result.path, result) for result in results)
        advance(len(task.paths))
    return {path: found[path] for path in paths}


def _follow_tasks(basis: Basis, found: Discovered, files: Mapping[str, FileResult]) -> list[FollowTask]:
    code = [
        CodeFile(file.path, file.lines, file.sign, file.imports)
        for file in files.values()
        if file.kind == "code" and file.digest
    ]
    apart = sum(path.endswith(".dist-info/METADATA") and path.count("/") == 1 for path in found.paths) > 1
    templates = [file.path for file in files.values() if file.template]
    return [
        FollowTask(basis, group.paths, _templates_for(group.paths, templates, apart), group.lines, group.whole)
        for group in groups(code, apart)
    ]


def _templates_for(paths: Sequence[str], templates: Sequence[str], apart: bool) -> tuple[str, ...]:
    if not apart:
        return tuple(templates)
    top = paths[0].partition("/")[0]
    return tuple(path for path in templates if path.startswith(f"{top}/"))


def _key(task: FollowTask, files: Mapping[str, FileResult]) -> str:
    """What a group's result depends on, besides the scanner itself."""
    parts = [f"{path}\0{files[path].digest}" for path in (*task.paths, "", *task.templates) if path]
    joined = "\0".join((*parts, str(task.whole)))
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


def _follow(
    tasks: Sequence[FollowTask], keys: Mapping[FollowTask, str], jobs: int, advance: Advance
) -> dict[str, GroupResult]:
    found: dict[str, GroupResult] = {}
    for task, result in _run(tasks, follow, lost_group, jobs, lambda task: SECONDS + task.lines / LINES_A_SECOND):
        # Halves of a task that was lost have no key of their own: they are not kept.
        found[keys.get(task, f"part {len(found)}")] = result
        advance(task.lines)
    return found
