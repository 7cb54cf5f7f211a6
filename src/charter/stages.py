"""The stages of a run in their order, and the names of what they make: spelled here and nowhere else."""

from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from charter.recipe import Recipe

Stage = Literal[
    "revise",
    "helpful",
    "answer-base",
    "sft",
    "answer-sl-cai",
    "pairs",
    "prefer",
    "reward",
    "best-of-n",
    "dpo",
    "answer-dpo",
    "rl",
    "answer-rl",
    "judge",
    "compare",
    "report",
]
STAGES: tuple[Stage, ...] = get_args(Stage)

UNTRAINED: tuple[Stage, ...] = ("revise", "helpful", "answer-base")
"""The stages before training."""

BASE, SL_CAI, BEST_OF_N, DPO, RL_CAI, RLHF = "base", "sl-cai", "best-of-n", "dpo", "rl-cai", "rlhf"
"""Checkpoints; ``best-of-n`` has no weights of its own: it is SL-CAI with the reward model's choice of its answers."""

HARMLESS_REWARD, HELPFUL_REWARD, REWARD = "reward-harmless", "reward-helpful", "reward"


def stages_of(recipe: "Recipe") -> tuple[Stage, ...]:
    """The stages that a run of this recipe has."""
    left_out: set[Stage] = set()
    if not recipe.prefer.enabled:
        left_out |= {"pairs", "prefer", "reward", "best-of-n", "dpo", "answer-dpo", "rl", "answer-rl", "compare"}
    if not recipe.reward.best_of:
        left_out |= {"best-of-n"}
    if not recipe.dpo.enabled:
        left_out |= {"dpo", "answer-dpo"}
    if not recipe.rl.enabled:
        left_out |= {"rl", "answer-rl"}
    return tuple(stage for stage in STAGES if stage not in left_out)


def policy_name(recipe: "Recipe") -> str:
    """What the checkpoint that RL makes is called: by whose labels it was rewarded."""
    return RLHF if recipe.prefer.feedback == "human" else RL_CAI


def checkpoints_of(recipe: "Recipe") -> tuple[str, ...]:
    """The checkpoints that a run of this recipe evaluates, in the order in which they are made."""
    made = {
        "answer-base": BASE,
        "answer-sl-cai": SL_CAI,
        "best-of-n": BEST_OF_N,
        "answer-dpo": DPO,
        "answer-rl": policy_name(recipe),
    }
    return tuple(made[stage] for stage in stages_of(recipe) if stage in made)


def reward_names(recipe: "Recipe") -> tuple[str, ...]:
    """The run's reward models: the one for harmlessness first, the one for helpfulness last."""
    return (HARMLESS_REWARD, HELPFUL_REWARD) if recipe.reward.separate else (REWARD,)


def checkpoints_made(stage: Stage, recipe: "Recipe") -> tuple[str, ...]:
    """The checkpoints whose weights that stage makes."""
    made = {"sft": (SL_CAI,), "reward": reward_names(recipe), "dpo": (DPO,), "rl": (policy_name(recipe),)}
    return made.get(stage, ())
