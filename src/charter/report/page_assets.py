"""The style sheets and the script that the page carries."""

from importlib import resources


def asset(name: str) -> str:
    """The content of a file in ``assets/``."""
    return (resources.files("charter.report") / "assets" / name).read_text(encoding="utf-8")
