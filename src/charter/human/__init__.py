"""Labels of people: read from files, given on a page, or drawn by programs that stand in for people.

preferences = load_human_labels("runs/x", pairs)              # what people said of a run's pairs, one a pair
preferences = SimulatedRaters(HumanConfig(), seed=0).work(pairs)  # on the organism, and named as simulated
"""

from charter.human.imports import (
    LABELS_NAME,
    HumanLabels,
    Unusable,
    labels_digest,
    load_human_labels,
    read_labels,
    read_pairs,
)
from charter.human.looks import contradictions, distinct, joined, look
from charter.human.rows import Form
from charter.human.simulated import SimulatedRater, SimulatedRaters

__all__ = [
    "LABELS_NAME",
    "Form",
    "HumanLabels",
    "SimulatedRater",
    "SimulatedRaters",
    "Unusable",
    "contradictions",
    "distinct",
    "joined",
    "labels_digest",
    "load_human_labels",
    "look",
    "read_labels",
    "read_pairs",
]
