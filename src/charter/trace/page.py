"""A trace as one HTML file that loads nothing and runs nothing; no text of a model or data set is anything but text."""

import base64
import hashlib
from importlib import resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from charter import __version__
from charter.disk import write_atomic
from charter.page_text import plain, visible
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
    environment = Environment(
        loader=PackageLoader("charter.trace"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: value if isinstance(value, Markup) else plain(value),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["text"] = visible
    style = (resources.files("charter.trace") / "templates" / "trace.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template("trace.jinja").render(
        trace=trace,
        top=top,
        words=words,
        limits=(*LIMITS, *trace.choices.values()),
        style=Markup(style),  # noqa: S704  # our own file
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        version=__version__,
    )
