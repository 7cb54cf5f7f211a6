"""``results.json`` as the report reads it: every part optional, because a run may not have got that far."""

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from charter.errors import RunFolderError
from charter.records import Rate


class _Part(BaseModel):
    """Lenient about keys that this version does not know: an older or newer run can still be read."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class CheckpointResults(_Part):
    """What was measured of one checkpoint."""

    digest: str = ""
    harmful: Rate | None = None
    helpful: Rate | None = None
    evasive: Rate | None = None
    over_refusal: Rate | None = None
    broken: Rate | None = None
    unscored: Rate | None = None
    held_out: dict[str, Rate] = {}
    by_category: dict[str, dict[str, Rate]] = {}

    def measure(self, name: str) -> Rate | None:
        """The rate of that name; ``held_out.harmful`` names one of the held-out category."""
        group, _, key = name.rpartition(".")
        if group == "held_out":
            return self.held_out.get(key)
        rate: Rate | None = getattr(self, key, None)
        return rate


class RoundResults(_Part):
    """Behaviour of the texts in force after ``round`` rounds."""

    round: int
    harmful: Rate | None = None
    evasive: Rate | None = None
    refusal: Rate | None = None


class OutcomeCounts(_Part):
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


class StageResults(_Part):
    """What a stage took."""

    seconds: float | None = None
    peak_mib: float | None = None
    peak_gpu_mib: float | None = None
    records: int | None = None


class ConstitutionName(_Part):
    """Which constitution the run trained on."""

    name: str = ""
    version: str = ""
    digest: str = ""


class Results(_Part):
    """The whole file."""

    run: str = ""
    charter_version: str = ""
    recipe: str = ""
    judge: str = ""
    constitution: ConstitutionName = ConstitutionName()
    checkpoints: dict[str, CheckpointResults] = {}
    rounds: tuple[RoundResults, ...] = ()
    outcomes: tuple[RoundOutcomes, ...] = ()
    principles: dict[str, PrincipleCounts] = {}
    stages: dict[str, StageResults] = {}
    notes: tuple[str, ...] = ()


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
        problem = f"key '{where}': {first['msg'].lower()}"
    except (ValueError, OSError) as error:
        problem = str(error)
    raise RunFolderError(f"{path}: {problem}; evaluate the run again to write the file anew")
