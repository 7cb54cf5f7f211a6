"""The training stages' parts of a recipe: fine-tuning, reward model, DPO and RL."""

from typing import ClassVar, Literal

from pydantic import Field

from charter.recipe_section import SamplingConfig, Section


class LoraConfig(Section):
    """Low-rank adapters (PEFT)."""

    r: int = Field(16, ge=1)
    alpha: int = Field(32, ge=1)
    dropout: float = Field(0.0, ge=0, lt=1)
    target_modules: str | tuple[str, ...] = "all-linear"


class TrainingConfig(Section):
    """What every training stage is told."""

    section: ClassVar[str]
    """The name of this part of a recipe, for messages that name a key."""

    method: Literal["auto", "full", "lora"] = "auto"
    """``auto``: full fine-tuning up to one billion parameters, LoRA above."""
    lora: LoraConfig = LoraConfig()
    learning_rate: float = Field(1e-4, gt=0)
    schedule: Literal["constant", "linear", "cosine"] = "constant"
    warmup_steps: int = Field(0, ge=0)
    batch_size: int = Field(32, ge=1)
    """Examples (of RL: completions; of the reward model and DPO: pairs) per step and device."""
    gradient_accumulation: int = Field(1, ge=1)
    max_length: int = Field(1024, ge=16)
    """Tokens; a longer example is left out and counted."""
    weight_decay: float = Field(0.0, ge=0)
    gradient_checkpointing: bool = False
    save_steps: int = Field(50, ge=1)
    """Steps between checkpoints that a killed training resumes from."""
    accelerate: str | None = None
    """Configuration for ``accelerate launch``: ``fsdp``, ``deepspeed``, ``cpu-2``, or a YAML file. Absent: one process,
    this one."""


class SftConfig(TrainingConfig):
    """Supervised fine-tuning on the revisions."""

    section = "sft"

    revisions: Literal["all", "last"] = "all"
    """Train on the revisions of all rounds, as in the paper, or of the last one alone."""
    epochs: float = Field(1.0, gt=0)


class RewardConfig(TrainingConfig):
    """The reward model (preference model): a scalar head on the fine-tuned model, trained on soft pairwise labels."""

    section = "reward"

    epochs: float = Field(1.0, gt=0)
    held_out: float = Field(0.1, gt=0, lt=1)
    """Share of the prompts whose preferences are kept back, to measure accuracy and calibration on."""
    best_of: int = Field(0, ge=0, le=64)
    """Answers of SL-CAI to each test prompt of which the reward model picks one (best-of-n), as a checkpoint to compare
    with; 0 for none."""
    separate: bool = False
    """True trains one reward model a kind of label (harmless, helpful), which RL then mixes by ``rl.weights``."""


class DpoConfig(TrainingConfig):
    """Direct preference optimisation on the same soft labels, as the alternative to reward model and RL."""

    section = "dpo"

    enabled: bool = True
    epochs: float = Field(1.0, gt=0)
    beta: float = Field(0.1, gt=0)
    """How strongly the policy is held to the fine-tuned model (DPO's inverse temperature)."""


class RewardWeights(Section):
    """What the policy is rewarded for: a weighted sum."""

    harmless: float = Field(1.0, ge=0)
    """Of the reward model's score on red-team prompts."""
    helpful: float = Field(1.0, ge=0)
    """Of the reward model's score on other prompts."""
    length: float = 0.0
    """Of each token of a completion; negative to pay for brevity."""


class RlConfig(TrainingConfig):
    """Reinforcement learning against the reward model, with a KL penalty to the fine-tuned model."""

    section = "rl"

    enabled: bool = True
    algorithm: Literal["rloo", "grpo"] = "rloo"
    steps: int = Field(200, ge=1)
    """Optimiser steps."""
    generations: int = Field(4, ge=2)
    """Completions a prompt; a step sees ``batch_size * gradient_accumulation / generations`` prompts and device."""
    red_team: int | None = Field(None, ge=1)
    """At most this many red-team training prompts; all that the data has when absent, the unused ones of ``prompts``
    included."""
    benign: int | None = Field(None, ge=0)
    prompts: Literal["any", "divided"] = "any"
    """Which prompts are taken where the two numbers above bound them: ``any``, by a hash; or ``divided``, those whose
    two responses the labels tell apart best: answers to the others hardly differ, so that nothing is learned from
    them."""
    sampling: SamplingConfig = SamplingConfig()
    beta: float = Field(0.05, ge=0)
    """Weight of the KL penalty."""
    weights: RewardWeights = RewardWeights()
    judge: str = "auto"
    """The held-out judge, which the policy is not trained on: as ``evaluate.judge``."""
    judge_steps: int = Field(20, ge=1)
    """Steps between two looks of the held-out judge."""
    judge_prompts: int = Field(64, ge=8)
    """Training prompts, half of them red-team, that the held-out judge looks at and the policy does not train on."""
    stop_on_goodhart: bool = True
    """Whether to stop when the reward rises while the held-out judge's score falls, and keep the best weights."""
