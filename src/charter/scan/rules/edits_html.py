"""The fixes for text that is shown as HTML: have it escaped."""

from charter.scan import ir
from charter.scan.analysis import Analysis, Flow
from charter.scan.findings import Edit, Place
from charter.scan.rules.snippets import place_of


def escaped(analysis: Analysis, flow: Flow) -> tuple[Edit, ...]:
    """Streamlit's switch off; ``textContent`` for ``innerHTML``; ``escape(x)`` for ``Markup(x)``."""
    module, node = analysis.modules.get(flow.call.path), flow.node
    if not module:
        return ()
    if isinstance(node, ir.Assign):
        return _text_content(module, node)
    if not isinstance(node, ir.Call):
        return ()
    for arg in node.args:
        if arg.name == "unsafe_allow_html" and isinstance(arg.value, ir.Const) and arg.value.value is True:
            return (Edit(place_of(module.path, arg.value.at), "False"),)
    return _escape(module, node)


def _text_content(module: ir.Module, node: ir.Assign) -> tuple[Edit, ...]:
    target = node.targets[0]
    if len(node.targets) == 1 and isinstance(target, ir.Attr) and target.name == "innerHTML":
        return (Edit(place_of(module.path, target.name_at), "textContent"),)
    return ()


def _escape(module: ir.Module, call: ir.Call) -> tuple[Edit, ...]:
    """Only where the text is all there is: within a text of tags, escaping would take the tags as well."""
    if not isinstance(call.func, ir.Name) or call.func.id != "Markup" or len(call.args) != 1:
        return ()
    if isinstance(call.args[0].value, ir.Text | ir.Binary | ir.Const) or call.args[0].spread:
        return ()
    edit = Edit(place_of(module.path, call.func.at), "escape")
    imports = [node for node in module.body if isinstance(node, ir.Import)]
    if any(alias.local == "escape" for node in imports for alias in node.names if node.module == "markupsafe"):
        return (edit,)
    first = next((node for node in imports if node.module != "__future__"), None)
    if not first:
        return ()
    above = Place(module.path, first.at.line, 1, first.at.line, 1)
    return (Edit(above, "from markupsafe import escape\n"), edit)
