"""What a policy's folder says of its training, for the results of a run."""

from pathlib import Path
from typing import Any

from charter.results_feedback import PolicyPoint, PolicyResults
from charter.train.publish import read_checkpoint, read_log, read_training

_CURVES = ("loss", "accuracy", "reward", "kl", "length", "entropy")


def policy_results(folder: Path) -> PolicyResults:
    """How the policy in ``folder`` was trained, by DPO or by reinforcement: a point a step, and the held-out judge's
    looks, which DPO has none of.

    Raises:
        RunFolderError: the folder holds no finished checkpoint, or it has changed since.
    """
    training = read_training(folder)
    points: dict[int, dict[str, Any]] = {}
    for entry in read_log(folder):
        points[entry["step"]] = {name: entry[name] for name in _CURVES if name in entry}
    for look in training.get("looks", ()):
        seen = {"judge": look["answered_well"] / look["of"] if look["of"] else None, "judge_n": look["of"]}
        points.setdefault(look["step"], {}).update(seen)
    return PolicyResults(
        algorithm=training.get("algorithm", "dpo"),
        digest=read_checkpoint(folder).digest,
        steps=training.get("kept_steps", training["steps"]),
        stopped=training.get("stopped", ""),
        held_out_judge=training.get("held_out_judge", ""),
        points=tuple(PolicyPoint(step=step, **point) for step, point in sorted(points.items())),
    )
