"""The forms that a scan's result is written in."""

import importlib

from charter.scan.result import ScanResult

FORMS = ("terminal", "json", "sarif", "junit", "markdown", "html")


def render(result: ScanResult, form: str) -> str:
    """The result in one of ``FORMS``, with a newline at its end."""
    if form not in FORMS:
        raise ValueError(f"no form '{form}'")
    text: str = importlib.import_module(f"{__name__}.{form}").render(result)
    return text
