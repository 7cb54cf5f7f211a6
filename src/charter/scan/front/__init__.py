"""Front ends: each kind of source code, lowered to the intermediate form that the engine follows."""

from charter.scan import ir
from charter.scan.front.lines import split_lines
from charter.scan.front.located import DocumentError
from charter.scan.front.notebook import notebook_source
from charter.scan.front.python import lower_python
from charter.scan.front.typescript import lower_typescript
from charter.scan.front.typescript_component import lower_component
from charter.scan.kinds import language_of

__all__ = ["lower"]


def lower(path: str, text: str) -> ir.Module:
    """A file of code, by its suffix. What cannot be read is in ``Module.broken``; no text makes it raise."""
    if path.endswith(".ipynb"):
        return _lower_notebook(path, text)
    if path.endswith((".vue", ".svelte")):
        return lower_component(path, text)
    return lower_python(path, text) if language_of(path) == "python" else lower_typescript(path, text)


def _lower_notebook(path: str, text: str) -> ir.Module:
    try:
        return lower_python(path, notebook_source(text))
    except DocumentError:
        lines = split_lines(text)
        whole = ir.Span(1, 1, len(lines), len(lines[-1]) + 1)
        return ir.Module(path, "python", (), (whole,), lines)
