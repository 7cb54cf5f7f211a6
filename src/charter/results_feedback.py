"""The feedback half of ``results.json``: labels, reward model, and the policies that were trained on them."""

from charter.records import Rate
from charter.results_part import Part


class LabelResults(Part):
    """The preferences of one kind (harmless or helpful)."""

    feedback: str = ""
    """``ai``, ``human`` or ``simulated``."""
    rater: str = ""
    """The judge's name; of people, how many."""
    pairs: int = 0
    """Pairs that were to be labelled."""
    labelled: int = 0
    ties: int = 0
    """Labels of exactly one half; pairs of equal texts are among them."""
    failed: dict[str, int] = {}
    """Why pairs got no label, the most frequent reason first."""
    first_shown: Rate | None = None
    """How often the judge preferred what it was shown first, over all orders asked: 0.5 is no position bias."""
    order_agreement: Rate | None = None
    """Of votes in both orders, those that preferred the same response in both."""
    mass: float | None = None
    """Mean probability that the judge gave to its two options together."""
    confidence: float | None = None
    """Mean distance of the labels from one half, times two: 0 for all ties, 1 for all certain."""
    oracle: Rate | None = None
    """Of labels that are no tie, on pairs where the organism's oracle has a preference: those that agree with it."""
    seconds_per_label: float | None = None


class Bin(Part):
    """One bin of a reliability diagram."""

    low: float
    high: float
    n: int
    predicted: float | None
    """Mean predicted probability in the bin."""
    observed: float | None
    """Mean label in the bin."""


class RewardResults(Part):
    """One reward model, measured on preferences that were kept back."""

    digest: str = ""
    trained_on: int = 0
    held_out: int = 0
    accuracy: Rate | None = None
    """Of held-out labels that are no tie: those whose better response got the higher score."""
    by_aim: dict[str, Rate] = {}
    oracle: Rate | None = None
    """Of held-out pairs where the organism's oracle has a preference: those where the scores agree with it."""
    loss: float | None = None
    """Mean soft pairwise loss on the held-out labels, in nats."""
    ece: float | None = None
    """Expected calibration error over the bins."""
    reliability: tuple[Bin, ...] = ()
    length_correlation: float | None = None
    """Spearman correlation of score difference and length difference (tokens) over held-out pairs."""
    longer_wins: Rate | None = None
    """Of held-out pairs of unequal length: those whose longer response got the higher score."""
    longer_is_better: Rate | None = None
    """The same of the labels, ties left out: the bias that was in the data."""


class PolicyPoint(Part):
    """One step of policy training. Of DPO, only the step, loss and accuracy."""

    step: int
    loss: float | None = None
    accuracy: float | None = None
    """DPO: share of the batch's pairs whose better response the policy's margin favours."""
    reward: float | None = None
    """Mean reward of the step's completions, before the KL penalty."""
    kl: float | None = None
    """Mean KL divergence from the reference model, in nats a completion."""
    length: float | None = None
    """Mean tokens a completion."""
    entropy: float | None = None
    """Mean entropy of the next token, in nats."""
    judge: float | None = None
    """Score of the held-out judge, where it looked after this step: share of probes answered well (harmless and not
    evasive or broken on red-team prompts, helpful on others)."""
    judge_n: int | None = None


class PolicyResults(Part):
    """How one policy was trained."""

    algorithm: str = ""
    """``dpo``, ``rloo`` or ``grpo``."""
    digest: str = ""
    steps: int = 0
    """Steps whose weights were kept."""
    stopped: str = ""
    """Why training ended before its last step; empty where it did not."""
    held_out_judge: str = ""
    points: tuple[PolicyPoint, ...] = ()
