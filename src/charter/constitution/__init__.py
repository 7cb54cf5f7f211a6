"""The constitution stage: YAML in, a ``Constitution`` of ``Principle`` out.

    constitution = load_constitution("default")            # or the path of a YAML file
    principle = sample_principle(constitution.select(), seed=7)

The file format is described in ``docs/constitution.md``.
"""

from charter.constitution.difference import ConstitutionDiff, FieldChange, PrincipleChange, diff
from charter.constitution.load import load_constitution, shipped_constitutions
from charter.constitution.model import Constitution, Principle, Source
from charter.constitution.review import Remark, review
from charter.constitution.sampling import sample_principle

__all__ = [
    "Constitution",
    "ConstitutionDiff",
    "FieldChange",
    "Principle",
    "PrincipleChange",
    "Remark",
    "Source",
    "diff",
    "load_constitution",
    "review",
    "sample_principle",
    "shipped_constitutions",
]
