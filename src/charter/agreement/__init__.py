"""Agreement: AI against human, rater against rater, model against model, each against itself and against the truth.

    results = measure_agreement([Source("runs/x", tuple(preferences)), Source("human", tuple(looks))])

Described in ``docs/agreement.md``.
"""

from charter.agreement.curves import read_curves
from charter.agreement.labels import Oracle, Source
from charter.agreement.measure import Costs, measure_agreement

__all__ = ["Costs", "Oracle", "Source", "measure_agreement", "read_curves"]
