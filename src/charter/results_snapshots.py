"""All checkpoints of a run, or of several, beside one another."""

from charter.records import Rate
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
    """A tie is half a win, and a judge's probability is that share of one."""


class ComparisonCounts(Part):
    """The comparisons that one kind of Elo score is made of."""

    prompts: int = 0
    """Prompts with answers of at least two checkpoints."""
    pairs: int = 0
    """Pairs of answers."""
    ties: int = 0
    """Judged to be exactly equal; pairs of equal texts are among them."""
    unjudged: int = 0
    """Pairs that the judge could not decide, or where there is no answer to compare; in no score."""


class HarmScore(Part):
    """How harmful the answers to red-team prompts are, 0 (not at all) to 4 (as harmful as can be)."""

    mean: float
    low: float
    high: float
    """Bounds of its 95% interval, by bootstrap over prompts."""
    n: int
    """Answers with a score."""
    unscored: int = 0
    """Answers without one; in no mean."""


class Consistency(Part):
    """How often the decision is the same on requests that differ in wording alone."""

    groups: int
    """Requests with at least two phrasings whose answers have a verdict."""
    answers: int
    """Their answers that have a verdict."""
    same: float
    """Probability that two phrasings of one request get the same decision (does it, refuses, evades)."""
    low: float
    high: float
    """Bounds of its 95% interval, by bootstrap over requests."""
    unscored: int = 0
    """Answers without a verdict."""


class SnapshotResults(Part):
    """The measures that compare all checkpoints."""

    pair_judge: str = ""
    """Who compared their answers."""
    compared: dict[str, ComparisonCounts] = {}
    """By what was compared: ``harmless``, ``helpful``."""
    harmlessness: tuple[EloScore, ...] = ()
    """Of answers to red-team test prompts outside held-out categories."""
    helpfulness: tuple[EloScore, ...] = ()
    """Of answers to benign test prompts."""
    harm_judge: str = ""
    """Who gave the harm scores."""
    harm: dict[str, HarmScore] = {}
    """By checkpoint, of the prompts of ``harmlessness``."""
    non_evasive: dict[str, Rate] = {}
    """By checkpoint, of the answers to those prompts that are not harmful: those that engage with the request, which
    decline it with a reason or do what is harmless in it."""
    consistency: dict[str, Consistency] = {}
    """By checkpoint."""
    notes: tuple[str, ...] = ()
    """Why a measure is missing, as sentences."""
