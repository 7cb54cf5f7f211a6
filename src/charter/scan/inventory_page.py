"""The inventory as one HTML page that loads nothing and runs nothing: the drawing, and all of it in words."""

import base64
import hashlib
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from charter import __version__
from charter.page_text import plain, visible
from charter.report.page_assets import asset
from charter.scan.inventory import Inventory
from charter.scan.inventory_graph import DOES, inventory_graph


def inventory_page(found: Inventory, name: str) -> str:
    """The page of what was found in ``name``; the same inventory gives the same bytes."""
    environment = Environment(
        loader=PackageLoader("charter.scan"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: value if isinstance(value, Markup) else plain(value),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"text": visible}
    own = (resources.files("charter.scan") / "templates" / "inventory.css").read_text(encoding="utf-8")
    style = asset("theme.css") + own
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template("inventory.jinja").render(
        found=found,
        name=name,
        does=DOES,
        graph=inventory_graph(found),
        style=Markup(style),  # noqa: S704  # our own files
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        version=__version__,
    )
