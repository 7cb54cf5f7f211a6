"""What each page that Charter writes stands in: one HTML document that loads nothing, and in which no text of a model,
a data set, a recipe or scanned code is anything but text.

Two walls keep that so. Every expression in a template is made plain and escaped unless a filter has done so already
(:func:`page_environment`), and the page's Content-Security-Policy names its one style sheet, and its one script where
it has one, by their hashes (:func:`page_policy`), so that a browser would not load or run anything that got past the
first.
"""

import base64
import hashlib
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from charter.page_text import plain, visible


def page_environment(package: str) -> Environment:
    """What renders the templates of ``package``; the filter ``text`` shows a text of others in an element."""
    environment = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["text"] = visible
    return environment


def page_policy(style: str, script: str = "") -> str:
    """Nothing from anywhere, but this very style sheet and script and the empty icon."""
    scripts = f"script-src {_hash(script)}; " if script else ""
    return f"default-src 'none'; style-src {_hash(style)}; {scripts}img-src data:; base-uri 'none'; form-action 'none'"


def asset(package: str, path: str) -> str:
    """The content of a file that ``package`` carries."""
    return resources.files(package).joinpath(path).read_text(encoding="utf-8")


def theme() -> str:
    """The colours and type that all pages share."""
    return asset("charter", "page_theme.css")


def trusted(html: str) -> Markup:
    """What one of our own templates or assets says, which is not to be escaped again."""
    return Markup(html)  # noqa: S704  # our own files


def _finalize(value: object) -> object:
    return value if isinstance(value, Markup) else plain(value)


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
