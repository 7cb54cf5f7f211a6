"""Training stages: records in, checkpoints out. Importing this imports no torch.

``sft`` fine-tunes on the revisions through TRL's ``SFTTrainer``; see ``docs/sft.md``.
"""

from charter.train.dataset import Example, LeftOut, Source, TrainingData, training_data
from charter.train.sft import SftResult, SftTask, train_sft

__all__ = ["Example", "LeftOut", "SftResult", "SftTask", "Source", "TrainingData", "train_sft", "training_data"]
