"""A trace as one HTML file that loads nothing and runs nothing; no text of a model or data set is anything but text."""

from pathlib import Path

from charter import __version__
from charter.disk import write_atomic
from charter.page_shell import asset, page_environment, page_policy, trusted
from charter.trace import words
from charter.trace.result import LIMITS, Trace


def write_page(trace: Trace, top: int, path: Path) -> None:
    """Writes the page, with the ``top`` first examples of each stage; the same trace gives the same bytes.

    Raises:
        RunFolderError, StageError: the file cannot be written.
    """
    write_atomic(path, render(trace, top).encode())


def render(trace: Trace, top: int) -> str:
    """The HTML of the page."""
    style = asset("charter.trace", "templates/trace.css")
    return (
        page_environment("charter.trace")
        .get_template("trace.jinja")
        .render(
            trace=trace,
            top=top,
            words=words,
            limits=(*LIMITS, *trace.choices.values()),
            style=trusted(style),
            policy=page_policy(style),
            version=__version__,
        )
    )
