"""Respond, then critique and revise in rounds, each under one sampled principle (the paper's supervised stage).

Takes ``Prompt``; gives ``Revision``, every round kept. Described in ``docs/revise.md``.
"""

from charter.revise.counts import OutcomeCount, OutcomeTable, count_outcomes
from charter.revise.few_shot import FewShotExample, load_few_shot, shipped_few_shots
from charter.revise.outcome import InvalidReason
from charter.revise.reviser import Reviser

__all__ = [
    "FewShotExample",
    "InvalidReason",
    "OutcomeCount",
    "OutcomeTable",
    "Reviser",
    "count_outcomes",
    "load_few_shot",
    "shipped_few_shots",
]
