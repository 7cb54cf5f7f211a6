"""What several commands share."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from charter.terminal import neutral

F = TypeVar("F", bound=Callable[..., Any])


def format_option(*others: str) -> Callable[[F], F]:
    """``--format``: a table by default, JSON, or one of ``others``."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["table", *others, "json"]),
        default="table",
        show_default=True,
        help="A table for people, or another form for programs.",
    )


def refuse_repeats(paths: Iterable[Path], what: str) -> None:
    """Refuses the same file or folder under two names.

    Raises:
        ConfigError: naming both.
    """
    from charter.errors import ConfigError

    seen: dict[object, Path] = {}
    for path in paths:
        found = path.stat() if path.exists() else None
        key = path.resolve() if found is None else (found.st_dev, found.st_ino)
        if (first := seen.get(key)) is not None:
            spelled = "" if str(first) == str(path) else f" (as {first} and as {path})"
            raise ConfigError(f"{path}: the same {what} is named twice{spelled}; name each once")
        seen[key] = path


def print_json(value: object) -> None:
    """The value as indented JSON on stdout, readable in any script, and harmless to a terminal."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    if neutral(text) != text:
        text = "".join(each if neutral(each) == each else json.dumps(each)[1:-1] for each in text)
    click.echo(text)
