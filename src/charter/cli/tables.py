"""Tables on the terminal; nothing that is put into one is read as markup."""

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from charter.terminal import neutral


def text(content: str, style: str = "") -> Text:
    """Text that is shown as it is."""
    return Text(neutral(content), style=style)


def table(*columns: str, title: str | None = None) -> Table:
    """An empty table with those columns."""
    made = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for column in columns:
        made.add_column(text(column), overflow="fold")
    return made


def row(of: Table, *cells: str | Text) -> None:
    """Adds a row."""
    of.add_row(*(cell if isinstance(cell, Text) else text(cell) for cell in cells))
