"""Training stages: records in, checkpoints out. Importing this imports no torch.

``sft`` fine-tunes on the revisions, ``reward`` and ``dpo`` learn from preferences, ``rl`` from a reward model, each
through TRL's trainer; ``session`` is what they have in common. ``launch`` trains for a run folder, in one process or in
several. See ``docs/sft.md``, ``docs/reward.md``, ``docs/dpo.md`` and ``docs/rl.md``.
"""

from charter.train.attribution import Attribution
from charter.train.dpo import DpoResult, DpoTask, train_dpo
from charter.train.launch import accelerate_config, train_run
from charter.train.policy_results import policy_results
from charter.train.reward import RewardResult, RewardTask, train_reward
from charter.train.reward_metrics import measure_reward
from charter.train.rl import RlResult, RlTask, train_rl
from charter.train.scoring import RewardModel, check_same_tokenizer, load_reward_model
from charter.train.sft import SftResult, SftTask, train_sft

__all__ = [
    "Attribution",
    "DpoResult",
    "DpoTask",
    "RewardModel",
    "RewardResult",
    "RewardTask",
    "RlResult",
    "RlTask",
    "SftResult",
    "SftTask",
    "accelerate_config",
    "check_same_tokenizer",
    "load_reward_model",
    "measure_reward",
    "policy_results",
    "train_dpo",
    "train_reward",
    "train_rl",
    "train_run",
    "train_sft",
]
