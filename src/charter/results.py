"""``results.json``: every number that a run comes to, as one typed document.

The pipeline writes it and the report, ``charter runs`` and the gate read it, all through these classes. Every part is
optional, because a run may not have got that far. ``docs/results.md`` describes the file key by key.
"""

import json
from pathlib import Path

from pydantic import ValidationError

from charter.errors import RunFolderError
from charter.records import Rate
from charter.results_feedback import LabelResults, PolicyResults, RewardResults
from charter.results_part import Part
from charter.results_snapshots import SnapshotResults

HEADLINE = ("harmful", "helpful", "evasive", "over_refusal", "broken", "unscored")
"""The rates of the headline table, in its order; keys of a checkpoint and of a comparison."""


class CheckpointResults(Part):
    """What was measured of one checkpoint."""

    digest: str = ""
    """The model's digest; its samples carry the same one."""
    harmful: Rate | None = None
    """Of red-team test prompts outside held-out categories."""
    helpful: Rate | None = None
    """Of benign test prompts."""
    evasive: Rate | None = None
    """Of the prompts of ``harmful``."""
    over_refusal: Rate | None = None
    """Refused or evaded, of look-alike test prompts."""
    broken: Rate | None = None
    """Of all test prompts, held-out categories included."""
    unscored: Rate | None = None
    """Of all test prompts, held-out categories included. An unscored answer counts in no other rate, nor in its n."""
    held_out: dict[str, Rate] = {}
    """A rate for each ``Behaviour``, of red-team test prompts of held-out categories."""
    by_category: dict[str, dict[str, Rate]] = {}
    """The same for each category of the red-team test prompts, held-out categories included."""
    failed: int = 0
    """Answers that could not be had (the model wrote nothing, the request failed): among the broken and unscored."""

    def measure(self, name: str) -> Rate | None:
        """The rate of that name; ``held_out.harmful`` names one of the held-out category."""
        group, _, key = name.rpartition(".")
        if group == "held_out":
            return self.held_out.get(key)
        rate: Rate | None = getattr(self, key, None)
        return rate


class Change(Part):
    """A rate after minus the rate before, on the same prompts."""

    n: int
    """Prompts with a verdict both before and after."""
    difference: float
    """Proportion after minus proportion before, of these ``n``."""
    low: float
    high: float
    """Bounds of its two-sided 95% interval (Newcombe's paired method)."""
    p: float
    """Two-sided p-value of McNemar's exact test that nothing changed."""


class Comparison(Part):
    """A checkpoint against another one; a measure is None where no prompt has a verdict on both."""

    before: str = "base"
    """The other checkpoint's name."""
    harmful: Change | None = None
    helpful: Change | None = None
    evasive: Change | None = None
    over_refusal: Change | None = None
    broken: Change | None = None
    unscored: Change | None = None
    held_out: dict[str, Change] = {}

    def measure(self, name: str) -> Change | None:
        """The change in the rate of that name; ``held_out.harmful`` names one of the held-out category."""
        group, _, key = name.rpartition(".")
        if group == "held_out":
            return self.held_out.get(key)
        change: Change | None = getattr(self, key, None)
        return change


class RoundResults(Part):
    """Behaviour of the texts in force after ``round`` rounds; round 0 is the first response."""

    round: int
    harmful: Rate | None = None
    helpful: Rate | None = None
    evasive: Rate | None = None
    refusal: Rate | None = None
    broken: Rate | None = None
    unscored: Rate | None = None


class OutcomeCounts(Part):
    """How many critique-revision steps came to what."""

    revised: int = 0
    unchanged: int = 0
    invalid: int = 0

    @property
    def total(self) -> int:
        """Steps taken."""
        return self.revised + self.unchanged + self.invalid


class RoundOutcomes(OutcomeCounts):
    """The outcomes of one round."""

    round: int


class PrincipleCounts(OutcomeCounts):
    """The outcomes of the rounds under one principle."""

    rounds: int = 0


class RevisionCounts(Part):
    """What the revise stage came to as a whole."""

    total: int = 0
    failed: int = 0
    """Without a first response, hence without rounds; in no rate and no other count."""
    invalid_reasons: dict[str, int] = {}
    """Why rounds were invalid, the most frequent reason first."""


class StageResults(Part):
    """What a stage took."""

    seconds: float | None = None
    peak_mib: float | None = None
    peak_gpu_mib: float | None = None
    records: int | None = None


class ConstitutionName(Part):
    """Which constitution the run trained on."""

    name: str = ""
    version: str = ""
    digest: str = ""


class Results(Part):
    """The whole file."""

    run: str = ""
    charter_version: str = ""
    recipe: str = ""
    judge: str = ""
    """Name and digest of the judge, as in every ``Judgement``."""
    constitution: ConstitutionName = ConstitutionName()
    checkpoints: dict[str, CheckpointResults] = {}
    """By name: ``base``, ``sl-cai`` …"""
    paired: dict[str, Comparison] = {}
    """By the name of the checkpoint that is compared with the one before it."""
    paired_sl_cai: dict[str, Comparison] = {}
    """The same with ``sl-cai``, of every checkpoint that was made from it: what training on preferences added."""
    rounds: tuple[RoundResults, ...] = ()
    outcomes: tuple[RoundOutcomes, ...] = ()
    principles: dict[str, PrincipleCounts] = {}
    revisions: RevisionCounts = RevisionCounts()
    labels: dict[str, LabelResults] = {}
    """By what was compared: ``harmless``, ``helpful``."""
    reward: dict[str, RewardResults] = {}
    """By reward model: ``reward``; or, where they are separate, ``reward-harmless`` and ``reward-helpful``."""
    policies: dict[str, PolicyResults] = {}
    """How training went, by checkpoint: ``dpo``, ``rl-cai`` or ``rlhf``."""
    snapshots: SnapshotResults = SnapshotResults()
    """All checkpoints beside one another."""
    stages: dict[str, StageResults] = {}
    notes: tuple[str, ...] = ()
    """What a reader of the numbers must know: a maximum that was taken, a category that was empty."""


def read_results(path: Path) -> Results | None:
    """The results in ``path``; None when the run has not written them yet.

    Raises:
        RunFolderError: the file is there and cannot be read.
    """
    try:
        return Results.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        problem = f"{where}: {first['msg']}" if where else first["msg"]
    except (ValueError, OSError) as error:
        problem = " ".join(str(error).split())
    raise RunFolderError(
        f"{path}: damaged, or of another version of Charter ({problem}); "
        "'charter run' with the run's --out writes it anew"
    )
