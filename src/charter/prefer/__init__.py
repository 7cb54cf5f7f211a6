"""Pairs of responses, and a judge model's labels that say which of the two is better under a constitution.

Takes ``Sample``; gives ``Preference``: a soft label with the probabilities that it was made of. Described in
``docs/prefer.md``.
"""

from charter.prefer.comparer import Comparer
from charter.prefer.counts import Oracle, label_results
from charter.prefer.few_shot import ComparedExample, FewShot, load_few_shot, shipped_few_shots
from charter.prefer.pairs import Pairing, form_pairs, pair_samples
from charter.prefer.principles import Principles

__all__ = [
    "ComparedExample",
    "Comparer",
    "FewShot",
    "Oracle",
    "Pairing",
    "Principles",
    "form_pairs",
    "label_results",
    "load_few_shot",
    "pair_samples",
    "shipped_few_shots",
]
