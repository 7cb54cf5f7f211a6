"""Why a model answers so: what it learned from, the principles behind that, and what each contributed.

    trace = Tracer(RunFolder.read("runs/x"), TraceConfig(), Progress()).example("6cd7985424c541ac")
    trace.stages[0].principles

It stands above the stages, as the pipeline does, and reads what they wrote. What the numbers mean, and what they cannot
say, is in ``docs/trace.md``.
"""

from charter.trace.result import LIMITS, Found, PrincipleShare, StageTrace, Trace
from charter.trace.target import Target, find_target, targets
from charter.trace.tracer import TraceConfig, Tracer

__all__ = [
    "LIMITS",
    "Found",
    "PrincipleShare",
    "StageTrace",
    "Target",
    "Trace",
    "TraceConfig",
    "Tracer",
    "find_target",
    "targets",
]
