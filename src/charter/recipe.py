"""A recipe: everything that a run does, as one validated document.

A recipe is read from YAML (``charter run my.yaml``), overridden by flags, and kept, resolved, in the run folder.
Every field here is a key that a user may write; a key that is not here is an error.
"""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from charter.recipe_feedback import PreferConfig
from charter.recipe_section import SamplingConfig, Section
from charter.recipe_training import DpoConfig, LoraConfig, RewardConfig, RlConfig, SftConfig
from charter.served import parse_served

__all__ = [
    "DpoConfig",
    "EvaluateConfig",
    "Expectation",
    "HelpfulConfig",
    "LoraConfig",
    "ModelConfig",
    "PreferConfig",
    "PromptsConfig",
    "Recipe",
    "ReviseConfig",
    "RewardConfig",
    "RlConfig",
    "SamplingConfig",
    "SftConfig",
]


def _served(server: str | None) -> str | None:
    if server is not None:
        parse_served(server)
    return server


class ModelConfig(Section):
    """Which model, and how it is loaded."""

    name: str = "organism"
    """``organism`` for the embedded one, a folder, a Hugging Face name, or ``openai:NAME@URL`` for one that is only
    asked and not trained."""
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    device: str = "auto"
    """``auto``, ``cpu``, ``cuda``, ``cuda:1`` …"""
    revision: str | None = None
    """Hub revision (branch, tag or commit)."""
    trust_remote_code: bool = False
    batch_size: int = Field(128, ge=1)
    """Chats decoded together; the largest that memory allows is the fastest."""
    format: Literal["chat", "transcript"] = "chat"
    """``transcript`` is the Human/Assistant form, for base models without a chat template."""
    server: str | None = None
    """An OpenAI-compatible server that generates in this model's stead: ``openai:NAME@URL``; training still takes the
    weights of ``name``."""

    @field_validator("server")
    @classmethod
    def _server_is_well_formed(cls, server: str | None) -> str | None:
        return _served(server)


class PromptsConfig(Section):
    """Where the prompts come from, and how many of them are used."""

    path: str = "organism"
    """``organism`` for the shipped ones, or a JSONL file."""
    train_red_team: int | None = Field(None, ge=1)
    """At most this many red-team prompts are revised and trained on; all of them when absent."""
    train_benign: int | None = Field(None, ge=0)
    test_red_team: int | None = Field(None, ge=1)
    """At most this many test prompts of each kind are evaluated on; all of them when absent."""
    test_benign: int | None = Field(None, ge=0)
    test_look_alike: int | None = Field(None, ge=0)
    test_held_out: int | None = Field(None, ge=0)
    test_fraction: float = Field(0.2, gt=0, lt=1)
    """Share of a file's prompts that become test prompts when the file does not say which are."""


class ReviseConfig(Section):
    """Respond, then critique and revise in rounds."""

    rounds: int = Field(4, ge=1, le=16)
    critique: bool = True
    """False asks for the revision directly."""
    principles: tuple[str, ...] = ()
    """Ids of the principles to sample from; empty for all that have a weight above 0."""
    few_shot: str = "default"
    """``default`` for the shipped examples, ``none``, or a YAML file."""
    sampling: SamplingConfig = SamplingConfig()


class HelpfulConfig(Section):
    """Helpful samples, drawn from the model itself on benign training prompts."""

    samples_per_prompt: int = Field(1, ge=0)
    sampling: SamplingConfig = SamplingConfig()


class EvaluateConfig(Section):
    """What is measured, and who judges."""

    judge: str = "auto"
    """``oracle`` for the organism's ground truth, ``self`` for the base model with the rubric, or a model's name.
    ``auto`` takes the oracle for the organism's own prompts and ``self`` for any others."""
    rubric: str = "default"
    """What a judge model is told: ``default`` for the shipped rubric, or a YAML file. The oracle needs none."""
    harm_rubric: str = "default"
    """What a judge model is told when it says how harmful an answer is: as ``rubric``."""
    compare_prompts: int | None = Field(None, ge=1)
    """Checkpoints' answers are compared on at most this many test prompts of each kind; on all of them when absent."""
    round_prompts: int | None = Field(None, ge=0)
    """Harmlessness after each round is judged on at most this many revisions; on all of them when absent."""
    phrasings: str = "auto"
    """Requests in many phrasings, on which it is measured whether a checkpoint decides by what is asked: a JSONL file,
    ``none``, or ``organism``. ``auto`` takes the organism's beside its own prompts, and none beside any others."""
    servers: dict[str, str] = {}
    """By checkpoint (``sl-cai``, ``rl-cai`` …): an OpenAI-compatible server of it, where this process cannot hold it:
    ``openai:NAME@URL``."""
    sampling: SamplingConfig = SamplingConfig()

    @field_validator("servers")
    @classmethod
    def _servers_are_well_formed(cls, servers: dict[str, str]) -> dict[str, str]:
        for server in servers.values():
            _served(server)
        return servers


class Expectation(Section):
    """What the recipe's author expects it to need; printed by ``--dry-run``."""

    hardware: str = ""
    time: str = ""
    data: str = ""


class Recipe(Section):
    """Everything that a run does."""

    name: str = "custom"
    description: str = ""
    seed: int = 0
    shard_size: int = Field(256, ge=1)
    """Records in one unit of work; a killed run loses at most one shard of work a stage."""
    expects: Expectation = Expectation()
    model: ModelConfig = ModelConfig()
    constitution: str = "default"
    """``default`` for the shipped one, or a YAML file."""
    prompts: PromptsConfig = PromptsConfig()
    revise: ReviseConfig = ReviseConfig()
    helpful: HelpfulConfig = HelpfulConfig()
    sft: SftConfig = SftConfig()
    prefer: PreferConfig = PreferConfig()
    reward: RewardConfig = RewardConfig()
    dpo: DpoConfig = DpoConfig()
    rl: RlConfig = RlConfig()
    evaluate: EvaluateConfig = EvaluateConfig()

    @model_validator(mode="after")
    def _several_answers_differ(self) -> "Recipe":
        if self.reward.best_of > 1 and self.evaluate.sampling.temperature == 0:
            raise ValueError(
                "reward.best_of chooses among several answers, and with evaluate.sampling.temperature 0 all are the "
                "same; raise the temperature, or set reward.best_of: 0"
            )
        return self

    @model_validator(mode="after")
    def _oracle_needs_its_world(self) -> "Recipe":
        for key, judge in {"evaluate.judge": self.evaluate.judge, "rl.judge": self.rl.judge}.items():
            if judge == "oracle" and self.prompts.path != "organism":
                raise ValueError(
                    f"{key} is 'oracle', which knows only the organism's world; "
                    "for prompts of your own use 'auto', 'self' or the name of a judge model"
                )
        return self
