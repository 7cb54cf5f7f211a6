"""Which flows the rules on a model's output are about."""

from collections.abc import Callable

from charter.scan.analysis import Flow
from charter.scan.facts import SinkKind


def from_model(*kinds: SinkKind) -> Callable[[Flow], bool]:
    """A model's text in a sink of one of the kinds."""
    return lambda flow: flow.label == "M" and flow.kind in kinds
