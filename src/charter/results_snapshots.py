"""All checkpoints of a run, or of several, beside one another."""

from charter.results_part import Part


class EloScore(Part):
    """One checkpoint's strength in comparisons with the others."""

    name: str
    elo: float
    """Bradley-Terry strength on Elo's scale (400 points are odds of ten to one); the first checkpoint is at 0."""
    low: float
    high: float
    """Bounds of its 95% interval, by bootstrap over prompts."""
    games: float
    wins: float
    """A tie is half a win."""


class HarmScore(Part):
    """How harmful the answers to red-team prompts are, 0 (not at all) to 4 (as harmful as can be)."""

    mean: float
    low: float
    high: float
    n: int


class Consistency(Part):
    """How often the decision is the same on requests that differ in wording alone."""

    groups: int
    """Requests with at least two phrasings."""
    answers: int
    same: float
    """Probability that two phrasings of one request get the same decision (helps or harms, refuses, evades)."""
    low: float
    high: float


class SnapshotResults(Part):
    """The measures that compare all checkpoints."""

    pair_judge: str = ""
    """Who compared their answers."""
    harmlessness: tuple[EloScore, ...] = ()
    helpfulness: tuple[EloScore, ...] = ()
    harm: dict[str, HarmScore] = {}
    """By checkpoint."""
    consistency: dict[str, Consistency] = {}
    """By checkpoint."""
