"""The inventory as one HTML page that loads nothing and runs nothing: the drawing, and all of it in words."""

from charter import __version__
from charter.page_shell import asset, page_environment, page_policy, theme, trusted
from charter.scan.inventory import Inventory
from charter.scan.inventory_graph import DOES, inventory_graph


def inventory_page(found: Inventory, name: str) -> str:
    """The page of what was found in ``name``; the same inventory gives the same bytes."""
    style = theme() + asset("charter.scan", "templates/inventory.css")
    return (
        page_environment("charter.scan")
        .get_template("inventory.jinja")
        .render(
            found=found,
            name=name,
            does=DOES,
            graph=inventory_graph(found),
            style=trusted(style),
            policy=page_policy(style),
            version=__version__,
        )
    )
