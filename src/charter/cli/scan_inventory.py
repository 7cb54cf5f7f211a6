"""``charter scan --inventory``: what an application lets a model do, as a table, as JSON or as a page."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from charter.errors import ConfigError
from charter.scan.inventory import Inventory
from charter.scan.output.frames import line_of
from charter.scan.result import ScanResult

_FORMS = ("terminal", "json", "html")


def show_inventory(result: ScanResult, target: Path, form: str, out: Path | None) -> None:
    """Prints the inventory of a scan, or writes it to ``out``."""
    if form not in _FORMS:
        raise ConfigError(f"--format: an inventory has no form '{form}'; write one of: {', '.join(_FORMS)}")
    found = result.inventory
    if out is None and form == "terminal":
        _print(found)
        return
    text = _text(found, target, form)
    if out is None:
        click.echo(text, nl=False)
        return
    from charter.disk import write_atomic

    write_atomic(out, text.encode("utf-8"))
    click.echo(f"Written to {out}.")


def _text(found: Inventory, target: Path, form: str) -> str:
    if form == "html":
        from charter.scan.inventory_page import inventory_page

        return inventory_page(found, target.resolve().name)
    if form == "terminal":
        return "\n".join("\t".join(row) for _, rows in _tables(found) for row in rows) + "\n"
    import json

    from charter.scan.output.json import harmless

    return json.dumps(harmless(asdict(found)), indent=2, ensure_ascii=False) + "\n"


def _print(found: Inventory) -> None:
    from charter.cli.tables import row, table, text
    from charter.terminal import console

    out = console()
    for (title, *columns), rows in _tables(found):
        if rows:
            made = table(*columns, title=title)
            for cells in rows:
                row(made, *cells)
            out.print(made)
    if found == Inventory():
        out.print(text("No call of a model, no prompt, tool, server or store was found."))


def _tables(found: Inventory) -> Iterator[tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    """Title and columns of each part, and its rows."""
    yield (
        ("Models", "provider", "model", "call", "at"),
        [(each.provider, each.model or "(not a constant)", each.path, line_of(each.place)) for each in found.models],
    )
    yield (
        ("Prompts", "at", "may be written by", "begins"),
        [(line_of(each.place), ", ".join(each.open_to) or "the developer alone", each.text) for each in found.prompts],
    )
    yield (
        ("Tools", "tool", "framework", "can", "a person is asked", "at"),
        [
            (
                each.name,
                each.framework,
                ", ".join(sorted({power.capability for power in each.powers})) or "-",
                "yes" if each.approved or (each.powers and all(power.approved for power in each.powers)) else "no",
                line_of(each.place),
            )
            for each in found.tools
        ],
    )
    yield (
        ("MCP servers", "server", "command", "at"),
        [(each.name, each.command, line_of(each.place)) for each in found.servers],
    )
    yield ("Stores", "store", "call", "at"), [(each.what, each.path, line_of(each.place)) for each in found.stores]
