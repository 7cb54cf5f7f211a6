"""Training stages: records in, checkpoints out. Importing this imports no torch.

``sft`` fine-tunes on the revisions through TRL's ``SFTTrainer``; ``launch`` does so for a run folder, in one process or
in several. See ``docs/sft.md``.
"""

from charter.train.dataset import Example, LeftOut, Source, TrainingData, training_data
from charter.train.launch import accelerate_config, train_run
from charter.train.sft import SftResult, SftTask, train_sft

__all__ = [
    "Example",
    "LeftOut",
    "SftResult",
    "SftTask",
    "Source",
    "TrainingData",
    "accelerate_config",
    "train_run",
    "train_sft",
    "training_data",
]
