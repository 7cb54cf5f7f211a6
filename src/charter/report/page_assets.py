"""The style sheets and the script that the page carries."""

from charter import page_shell


def asset(name: str) -> str:
    """The content of a file in ``assets/``."""
    return page_shell.asset("charter.report", f"assets/{name}")


def styles(*names: str) -> str:
    """The theme, and the style sheets of those names after it."""
    return page_shell.theme() + "".join(map(asset, names))
