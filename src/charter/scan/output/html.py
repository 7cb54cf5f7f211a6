"""The result as one HTML page that loads nothing and runs nothing; no text of the scanned code is anything but text."""

import base64
import hashlib
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from charter import __version__
from charter.page_text import plain, visible
from charter.report.page_assets import asset
from charter.scan.output.frames import Frames, at
from charter.scan.output.words import CATEGORIES, coverage, left_out, unread, verdict
from charter.scan.result import ScanResult


def render(result: ScanResult) -> str:
    """The page; the same result gives the same bytes."""
    environment = Environment(
        loader=PackageLoader("charter.scan.output"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: value if isinstance(value, Markup) else plain(value),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"text": visible, "at": at}
    own = (resources.files("charter.scan.output") / "templates" / "scan.css").read_text(encoding="utf-8")
    style = asset("theme.css") + own
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = environment.get_template("scan.jinja").render(
        result=result,
        rules={spec.id: spec for spec in result.rules},
        frames=Frames(result.root),
        categories=CATEGORIES,
        by_category=_by_category(result),
        verdict=verdict(result),
        lines=[line for line in (unread(result), *left_out(result), coverage(result)) if line],
        style=Markup(style),  # noqa: S704  # our own files
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        version=__version__,
    )
    return f"{page}\n"


def _by_category(result: ScanResult) -> list[tuple[str, int]]:
    numbers = {title: sum(each.category == key for each in result.findings) for key, title in CATEGORIES.items()}
    return list(numbers.items())
