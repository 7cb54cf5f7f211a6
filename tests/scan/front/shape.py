"""The intermediate form as text that a test can hold: each node as its name and parts, without places."""

import dataclasses

from charter.scan import ir


def shape(node: object) -> str:
    """One node, or a tuple of them."""
    if isinstance(node, tuple):
        return f"({' '.join(shape(each) for each in node)})"
    if isinstance(node, ir.Const):
        return repr(node.value)
    if isinstance(node, ir.Name):
        return node.id
    if not dataclasses.is_dataclass(node):
        return str(node)
    parts = [
        f"{field.name}={shape(getattr(node, field.name))}" for field in dataclasses.fields(node) if _told(node, field)
    ]
    return f"{type(node).__name__}({', '.join(parts)})"


def _told(node: object, field: "dataclasses.Field[object]") -> bool:
    value = getattr(node, field.name)
    is_default = value is field.default or value in (None, "", (), False)
    return field.name not in ("at", "name_at", "lines") and not is_default
