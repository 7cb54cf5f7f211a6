"""The feedback stage's part of a recipe: who prefers what, and how it is asked."""

from typing import Literal, Self

from pydantic import Field, model_validator

from charter.recipe_section import SamplingConfig, Section

Feedback = Literal["ai", "human", "mixed"]
SIMULATED = "simulated"


class HumanConfig(Section):
    """Where human labels come from."""

    labels: str = SIMULATED
    """A folder or file of human preferences on this run's pairs (``charter annotate`` writes one), or ``simulated``:
    raters made of the organism's oracle with noise and bias, named as simulated everywhere."""
    raters: int = Field(3, ge=1)
    """Simulated raters; each pair gets one of them, so that the cost is one label a pair."""
    noise: float = Field(0.15, ge=0, le=0.5)
    """Chance that a simulated rater answers at random."""
    position_bias: float = Field(0.05, ge=0, le=1)
    """Chance that a simulated rater takes whatever is shown first."""
    length_bias: float = Field(0.05, ge=0, le=1)
    """Chance that a simulated rater takes the longer response."""
    seconds: float = Field(30.0, gt=0)
    """Median time that a simulated rater takes for a label."""


class PreferConfig(Section):
    """Pairs of responses of the fine-tuned model, and labels that say which is better."""

    enabled: bool = True
    """False ends the run with SL-CAI."""
    feedback: Feedback = "ai"
    """``ai``: the model labels by the constitution (RLAIF). ``human``: people do (RLHF). ``mixed``: harmlessness by
    the model and helpfulness by people, as in the paper."""
    red_team: int | None = Field(None, ge=1)
    """At most this many red-team training prompts get pairs; all that the data has when absent."""
    benign: int | None = Field(None, ge=0)
    samples_per_prompt: int = Field(2, ge=2)
    """Responses a prompt; each two that follow one another make a pair."""
    sampling: SamplingConfig = SamplingConfig()
    judge: str = "self"
    """``self`` for the model that the run began with, or another model's name, folder or ``openai:NAME@URL``."""
    harmless_principles: tuple[str, ...] = ()
    """Ids of the principles to ask about red-team prompts; empty for all with a weight, but those of category
    helpfulness."""
    helpful_principles: tuple[str, ...] = ()
    """Ids of the principles to ask about other prompts; empty for those of category helpfulness, or the shipped
    question where the constitution has none."""
    principles_per_pair: int = Field(1, ge=1)
    """Principles drawn for a pair; their labels are averaged."""
    orders: Literal["both", "one"] = "both"
    """Whether each pair is shown in both orders and the probabilities averaged, or in one drawn at random."""
    labels: Literal["soft", "hard"] = "soft"
    """``soft`` keeps the probability; ``hard`` makes it 0 or 1, and a tie stays one half."""
    few_shot: str = "default"
    """``default`` for the shipped comparisons, ``none``, or a YAML file."""
    reasoning: bool = False
    """Whether the judge thinks first (chain of thought); its label is then clamped."""
    clamp: tuple[float, float] = (0.4, 0.6)
    """Bounds of a label that came from reasoning."""
    votes: int = Field(8, ge=1)
    """Sampled answers in each order, where a server gives no log-probabilities."""
    human: HumanConfig = HumanConfig()

    @model_validator(mode="after")
    def _clamp_is_symmetric(self) -> Self:
        low, high = self.clamp
        if not 0 <= low <= 0.5 or abs(low + high - 1) > 1e-9:
            raise ValueError(f"clamp {low}-{high}: write two bounds around one half, such as [0.4, 0.6]")
        return self
