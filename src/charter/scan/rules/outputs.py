"""Which flows the rules on a model's output are about."""

from collections.abc import Callable

from charter.scan.analysis import Flow
from charter.scan.facts import SinkKind


def from_model(*kinds: SinkKind) -> Callable[[Flow], bool]:
    """A model's text in a sink of one of the kinds."""
    return lambda flow: flow.label == "M" and flow.kind in kinds


def from_model_or_user(*kinds: SinkKind) -> Callable[[Flow], bool]:
    """
    A user's text as well, for sinks where nobody's text belongs. Not that of whoever started the program: what a person
    types at their own machine (sources of low confidence) may run there.
    """
    return lambda flow: flow.kind in kinds and (flow.label == "M" or (flow.label == "U" and flow.confidence != "low"))
