"""The result as one HTML page that loads nothing and runs nothing; no text of the scanned code is anything but text."""

from charter import __version__
from charter.page_shell import asset, page_environment, page_policy, theme, trusted
from charter.scan.output.frames import Frames, at
from charter.scan.output.words import CATEGORIES, coverage, left_out, unread, verdict
from charter.scan.result import ScanResult


def render(result: ScanResult) -> str:
    """The page; the same result gives the same bytes."""
    environment = page_environment("charter.scan.output")
    environment.filters["at"] = at
    style = theme() + asset("charter.scan.output", "templates/scan.css")
    page = environment.get_template("scan.jinja").render(
        result=result,
        rules={spec.id: spec for spec in result.rules},
        frames=Frames(result.root),
        categories={key: CATEGORIES[key] for key in dict.fromkeys(each.category for each in result.findings)},
        by_category=_by_category(result),
        verdict=verdict(result),
        lines=[line for line in (unread(result), *left_out(result), coverage(result)) if line],
        style=trusted(style),
        policy=page_policy(style),
        version=__version__,
    )
    return f"{page}\n"


def _by_category(result: ScanResult) -> list[tuple[str, int]]:
    numbers = {title: sum(each.category == key for each in result.findings) for key, title in CATEGORIES.items()}
    return list(numbers.items())
