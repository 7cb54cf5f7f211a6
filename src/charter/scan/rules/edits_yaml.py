"""The fix for YAML that may make objects: the safe loader."""

from charter.scan import ir
from charter.scan.analysis import Analysis, Flow
from charter.scan.findings import Edit
from charter.scan.rules.snippets import place_of, source_of

_SAFE = {
    "load": "safe_load", "unsafe_load": "safe_load", "full_load": "safe_load",
    "load_all": "safe_load_all", "unsafe_load_all": "safe_load_all", "full_load_all": "safe_load_all",
}  # fmt: skip


def with_safe_load(analysis: Analysis, flow: Flow) -> tuple[Edit, ...]:
    """``yaml.load(x, Loader=…)`` becomes ``yaml.safe_load(x)``."""
    module, call = analysis.modules.get(flow.call.path), flow.node
    if not module or module.language != "python" or not isinstance(call, ir.Call) or not call.args:
        return ()
    func, text = call.func, call.args[0]
    if not isinstance(func, ir.Attr) or not flow.sink.startswith("yaml.") or func.name not in _SAFE or text.spread:
        return ()
    safe = f"{source_of(module, func.base.at)}.{_SAFE[func.name]}({source_of(module, text.value.at)})"
    return (Edit(place_of(module.path, call.at), safe),)
