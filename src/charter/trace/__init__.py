"""Why a model answers so: what it learned from, the principles behind that, and what each contributed.

    tracer = Tracer(RunFolder.read("runs/x"), TraceConfig(), Progress(), charter.train.Attribution)
    tracer.example("6cd7985424c541ac").stages[0].principles

It reads what the stages wrote; gradients are taken by whatever it is given for that. What the numbers mean, and what
they cannot say, is in ``docs/trace.md``.
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
