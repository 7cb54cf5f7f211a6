"""The tables of ``charter constitution``; imported by its commands when they print one."""

from collections.abc import Iterable, Sequence

from rich.table import Table

from charter.cli.constitution_text import Line
from charter.cli.tables import row, table, text
from charter.constitution import Constitution, Principle
from charter.terminal import console


def print_list(constitutions: Sequence[Constitution]) -> None:
    """One line a constitution."""
    made = table("name", "version", "principles", "digest", "description")
    for each in constitutions:
        row(made, each.name, each.version, str(len(each.principles)), each.digest[:12], each.description)
    console().print(made)


def print_constitution(constitution: Constitution) -> None:
    """The heading, and one line a principle."""
    made = table("id", "title", "category", "drawn")
    for each in constitution.principles:
        row(made, each.id, each.title, each.category, _share(constitution, each))
    out = console()
    out.print(text(f"{constitution.name}, version {constitution.version}", "bold"))
    if constitution.description:
        out.print(text(constitution.description))
    out.print(text(f"digest {constitution.digest}"), soft_wrap=True)
    out.print(made)
    out.print("A principle in full, with its source: --id ID. All of them: --format yaml.")


def print_principle(constitution: Constitution, principle: Principle) -> None:
    """One principle in full."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    source = principle.source
    for label, content in (
        ("category", principle.category),
        ("weight", f"{principle.weight:g}, drawn in {_share(constitution, principle)} of all rounds"),
        ("source", f"{source.citation}, {source.locator}"),
        ("link", source.url or ""),
        ("licence", source.licence),
        ("critique request", principle.critique_request),
        ("revision request", principle.revision_request),
        ("comparison question", principle.comparison_question),
    ):
        if content:
            row(grid, label, content)
    out = console()
    out.print(text(f"{principle.id}: {principle.title}", "bold"))
    out.print(grid)


def print_lines(lines: Iterable[Line]) -> None:
    """Lines in their colours."""
    out = console()
    for line, style in lines:
        out.print(text(line, style), soft_wrap=True)


def _share(constitution: Constitution, principle: Principle) -> str:
    return f"{principle.weight / sum(each.weight for each in constitution.principles):.1%}"
