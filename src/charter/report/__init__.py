"""The report: a run folder in, one self-contained HTML page out.

    path = write_report(RunFolder.read("runs/x"))          # runs/x/report.html

The page needs nothing but a browser: no network, no server, no other file; without JavaScript it is a plain list. What
it shows, and what it leaves out of a large run, is described in ``docs/report.md``.
"""

from pathlib import Path

from charter.disk import write_atomic
from charter.report.choose import Bound
from charter.report.gather import gather
from charter.report.render import render
from charter.store import RunFolder

__all__ = ["REPORT_NAME", "Bound", "write_report"]

REPORT_NAME = "report.html"


def write_report(run: RunFolder, out: Path | None = None, bound: Bound | None = None) -> Path:
    """Writes the page of a run, finished or not, and returns its path; the same run gives the same bytes.

    Args:
        run: opened for reading or for writing; nothing else in its folder changes.
        out: the file to write, instead of ``report.html`` in the run folder.
        bound: how many examples the page carries; a few MB of them when not given.

    Raises:
        RunFolderError: a part of the run that is there is damaged, or the page cannot be written.
        ConfigError: the run's constitution is damaged.
        StageError: the disk is full.
    """
    path = out or run.path / REPORT_NAME
    write_atomic(path, render(gather(run), bound).encode("utf-8"))
    return path
