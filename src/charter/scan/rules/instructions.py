"""What of a flow into a model's input counts as instructions."""

from charter.scan.analysis import Flow

_INSTRUCTING = frozenset({"system", "developer"})


def into_instructions(flow: Flow, templates: bool = False) -> bool:
    """The text becomes part of what the model takes for its developer's word."""
    if flow.kind == "messages":
        return flow.role in _INSTRUCTING
    return flow.kind == "instructions" or (templates and flow.kind == "system-template")
