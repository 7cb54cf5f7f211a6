"""What ``charter agreement`` finds out: who agrees with whom, how far, at what cost, and what a label is worth."""

from typing import Literal

from charter.records import Rate
from charter.results_part import Part

LabelKind = Literal["ai", "human", "simulated", "oracle"]
"""Who labelled; ``oracle`` is the truth of the organism's world."""

KIND_NAMES: dict[LabelKind, str] = {
    "ai": "AI",
    "human": "human",
    "simulated": "simulated human",
    "oracle": "oracle",
}
"""As a reader knows them; a simulated person is never called a person."""


class Estimate(Part):
    """A number with its 95% interval."""

    value: float | None = None
    """None where it is not defined; ``reason`` says why."""
    low: float | None = None
    high: float | None = None
    """None where no interval can be given."""
    n: int = 0
    """What it is made of."""
    reason: str = ""
    """Why value or interval is missing."""


class RaterResults(Part):
    """One rater."""

    name: str
    """Unlike that of any other rater here."""
    feedback: LabelKind
    digest: str = ""
    sources: tuple[str, ...] = ()
    """The files and folders that have labels of this rater."""
    labels: int = 0
    """Pairs labelled."""
    ties: int = 0
    failed: int = 0
    """Records without a label."""
    first_shown: Rate | None = None
    """Of looks that preferred one response: those that preferred the one shown first. One half is no position bias."""
    same_order: Rate | None = None
    """Of two looks at one pair, question and order: how often they say the same (first, second or tie)."""
    both_orders: Rate | None = None
    """The same of two looks in different orders."""
    seconds: float | None = None
    """Time for a label: the median of those measured; of an AI, its run's labelling time divided by the labels."""
    labels_per_hour: float | None = None
    cost_per_1000: float | None = None
    """Of 1,000 labels, in the unit of the hourly cost that was given."""


class PairAgreement(Part):
    """Two raters, or two kinds of raters, on the pairs that both labelled."""

    one: str
    other: str
    pairs: int
    """Labels in common: pairs, or of kinds of raters, pairs times those who labelled them."""
    prompts: int
    ties: int
    """Those where at least one of the two says that neither response is better; not in ``accuracy``."""
    accuracy: Rate
    """How often both prefer the same response."""
    kappa: Estimate
    """Cohen's, of first, second and tie."""


class Alpha(Part):
    """Krippendorff's alpha of several raters, with whatever each of them has labelled."""

    of: str
    """``all raters`` (the oracle is none of them), or a kind of them."""
    raters: int
    pairs: int
    """Pairs with at least two labels."""
    nominal: Estimate
    """Of first, second and tie."""
    interval: Estimate
    """Of the probabilities, with squared differences."""


class LabelWorth(Part):
    """What the labels of one kind say of the truth."""

    feedback: LabelKind
    labels: int
    accuracy: Rate
    """Of labels that are no tie: those that agree with the reference."""
    hard: Estimate
    """(2 accuracy - 1)^2 times the share that is no tie: how much of a perfect label one is worth, taken as a side."""
    soft: Estimate
    """The same of the label as the probability that it is: its squared correlation with the truth."""
    nats: Estimate
    """Information about the truth in one label, after the best rescaling of its log-odds; at most log 2."""


class VotePoint(Part):
    """The majority of that many labels of a pair."""

    votes: int
    accuracy: float
    low: float
    high: float


class Worth(Part):
    """How many human labels one AI label is worth."""

    reference: Literal["oracle", "majority"]
    pairs: int
    """Pairs that both kinds labelled, and whose better response the reference knows."""
    shared: bool
    """False where the two kinds labelled different pairs, and so perhaps not equally hard ones."""
    ai: LabelWorth
    people: LabelWorth
    hard: Estimate
    """The AI's ``hard`` worth divided by that of people: labels of as many different pairs to train on."""
    soft: Estimate
    nats: Estimate
    votes: Estimate
    """People whose majority on a pair is right as often as one AI label; at most ``votes_max``, which means or more."""
    votes_max: int
    correlation: float | None
    """Of two people's being right on one pair; None, and independence assumed, where no pair has two labels or the
    truth is not known."""
    ai_vote: VotePoint
    """One AI label, a tie half right; where no oracle knows, as the labels' agreement with each other has it."""
    curve: tuple[VotePoint, ...]
    """How often the majority of people is right; without votes it is one half."""


class LearningPoint(Part):
    """A reward model trained on that many labels."""

    n: int
    accuracy: float
    low: float | None = None
    high: float | None = None


class LearningCurve(Part):
    """Reward models trained on more and more labels of one kind."""

    feedback: LabelKind
    points: tuple[LearningPoint, ...]


class AgreementResults(Part):
    """All of it."""

    sources: tuple[str, ...]
    pairs: int
    prompts: int
    identical: int = 0
    """Pairs of equal texts, which say nothing and are left out."""
    raters: tuple[RaterResults, ...]
    pairwise: tuple[PairAgreement, ...]
    kinds: tuple[PairAgreement, ...] = ()
    """Kinds of raters against each other, all raters of a kind together."""
    alpha: tuple[Alpha, ...]
    worth: Worth | None = None
    worth_reason: str = ""
    """Why there is no ``worth``."""
    curves: tuple[LearningCurve, ...] = ()
    curve_worth: float | None = None
    """Human labels that make as good a reward model as one AI label does, read off the curves at the most AI labels
    that both of them reach."""
