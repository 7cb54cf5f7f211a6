"""
Components of Vue and Svelte: their scripts, and the HTML that they put into the page as it is.

Nothing is moved: what is not read is blanked, so that lines and columns stay those of the file. ``v-html="x"`` and
``{@html x}`` become the assignment to ``innerHTML`` that the frameworks make of them.
"""

import re

from charter.scan import ir
from charter.scan.front.lines import split_lines
from charter.scan.front.typescript import lower_typescript

_SCRIPT = re.compile(r"<script\b((?:\"[^\"]*\"|'[^']*'|[^<>\"'])*)>(.*?)(?:</script\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_TYPED = re.compile(r"\blang\s*=\s*[\"']?tsx?\b")
_RAW_HTML = (re.compile(r"\bv-html\s*=\s*\"([^\"]*)\""), re.compile(r"\{@html\s([^{}`]*)\}"))
_NOT_NEWLINE = re.compile(r"[^\n]")


def lower_component(path: str, text: str) -> ir.Module:
    """A file of Vue or Svelte."""
    scripts = list(_SCRIPT.finditer(text))
    typed = any(_TYPED.search(script.group(1)) for script in scripts)
    suffix = ".ts" if typed else ".js"
    module = lower_typescript(path + suffix, _only(text, [script.span(2) for script in scripts]))
    outside = _only(text, _outside([script.span() for script in scripts], len(text)))
    markup = lower_typescript(path + suffix, _raw_html(outside))
    written = [_written(statement) for statement in markup.body if isinstance(statement, ir.Evaluate)]
    broken = tuple(sorted((*module.broken, *markup.broken)))
    return ir.Module(path, "typescript", (*module.body, *written), broken, split_lines(text))


def _only(text: str, places: list[tuple[int, int]]) -> str:
    """The text with all but these stretches blanked."""
    kept, end = [], 0
    for start, stop in places:
        kept += [_NOT_NEWLINE.sub(" ", text[end:start]), text[start:stop]]
        end = stop
    return "".join([*kept, _NOT_NEWLINE.sub(" ", text[end:])])


def _outside(places: list[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    starts = [0, *[stop for _, stop in places]]
    return list(zip(starts, [*[start for start, _ in places], length], strict=True))


def _raw_html(markup: str) -> str:
    """The expressions that become HTML, each as a statement in brackets, which take the place of what encloses it."""
    places = sorted(match.span(1) for pattern in _RAW_HTML for match in pattern.finditer(markup))
    characters = list(_only(markup, places))
    for start, stop in places:
        characters[start - 2 : start] = ";("
        characters[stop] = ")"
    return "".join(characters)


def _written(statement: ir.Evaluate) -> ir.Assign:
    """The expression, written into the page. A name may be that of a reference, whose value the framework takes."""
    value, at = statement.value, statement.at
    if isinstance(value, ir.Name):
        value = ir.Text(at, (value, ir.Attr(at, ir.Name(at, value.id), "value", at)))
    return ir.Assign(at, (ir.Attr(at, ir.Name(at, "document"), "innerHTML", at),), value)
