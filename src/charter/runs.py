"""The runs under a folder: listed, found, and compared with each other."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from charter.codec import to_row
from charter.errors import RunFolderError
from charter.recipe_diff import Difference, recipe_differences
from charter.records import Rate
from charter.results import HEADLINE, Results, read_results
from charter.run_files import MANIFEST_NAME
from charter.store import RESULTS_NAME, RunFolder

LATEST = "latest"

Rates = dict[str, dict[str, Rate]]
"""Checkpoint name ("base", "sl-cai") -> key -> rate."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One line of the list of runs."""

    path: Path
    status: str
    """A manifest's status, or ``damaged``."""
    id: str
    created: str = ""
    recipe: str = ""
    model: str = ""
    stages: tuple[str, ...] = ()
    """Names of the stages that are done."""
    harmful: Mapping[str, Rate] | None = None
    """By checkpoint; None when there are no results yet."""
    problem: str = ""
    """Why the run is interrupted, failed or damaged."""

    def as_json(self) -> dict[str, Any]:
        """The summary as JSON values."""
        harmful = None if self.harmful is None else {name: to_row(rate) for name, rate in self.harmful.items()}
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {**fields, "path": str(self.path), "stages": list(self.stages), "harmful": harmful}


def list_runs(root: Path) -> list[RunSummary]:
    """Every run directly under ``root``, the newest first; damaged ones are in the list, at its end.

    Raises:
        RunFolderError: there is no such folder.
    """
    summaries = [_summary(path) for path in _run_paths(root)]
    return sorted(summaries, key=lambda run: (run.created, run.id), reverse=True)


def find_run(reference: str, root: Path) -> RunFolder:
    """The run that ``reference`` means: a folder, an id under ``root``, or ``latest``.

    Raises:
        RunFolderError: there is no such run, or it is damaged.
    """
    if reference == LATEST:
        runs = [run for run in list_runs(root) if run.status != "damaged"]
        if not runs:
            raise RunFolderError(f"{root}: there are no runs; make one with 'charter run', or name another --root")
        return RunFolder.read(runs[0].path)
    for path in (Path(reference), root / reference):
        if (path / MANIFEST_NAME).is_file():
            return RunFolder.read(path)
    known = [path.name for path in _run_paths(root)] if root.is_dir() else []
    there = f"there are {', '.join(known[-5:])}" if known else "there are none"
    raise RunFolderError(f"{reference}: no run of this name, here or in {root} ({there}); see 'charter runs list'")


def has_results(run: RunFolder) -> bool:
    """Whether the run has come to its results."""
    return (run.path / RESULTS_NAME).is_file()


def results_of(run: RunFolder) -> Results:
    """The run's results; empty where it has not come to them yet.

    Raises:
        RunFolderError: the file is damaged.
    """
    return read_results(run.path / RESULTS_NAME) or Results()


def headline(run: RunFolder) -> Rates:
    """The headline rates of every checkpoint in ``results.json``; empty when there are no results yet.

    Raises:
        RunFolderError: the file is damaged.
    """
    return {
        name: {key: rate for key in HEADLINE if (rate := checkpoint.measure(key)) is not None}
        for name, checkpoint in results_of(run).checkpoints.items()
    }


@dataclass(frozen=True, slots=True)
class RateDifference:
    """One rate in two runs; None where a run does not have it."""

    checkpoint: str
    key: str
    old: Rate | None
    new: Rate | None

    @property
    def change(self) -> float | None:
        """New rate minus old, or None where one of them is unknown."""
        if self.old is None or self.new is None or self.old.rate is None or self.new.rate is None:
            return None
        return self.new.rate - self.old.rate


@dataclass(frozen=True, slots=True)
class Comparison:
    """What sets two runs apart."""

    recipe: tuple[Difference, ...]
    constitution: tuple[str, str]
    """The two digests."""
    rates: tuple[RateDifference, ...]
    """Every headline rate that at least one of the runs has, equal ones included."""

    def as_json(self) -> dict[str, Any]:
        """The comparison as JSON values."""
        old, new = self.constitution
        return {
            "same": self.same,
            "recipe": [dataclasses.asdict(each) for each in self.recipe],
            "constitution": {"old": old, "new": new},
            "rates": [{**dataclasses.asdict(each), "change": each.change} for each in self.rates],
        }

    @property
    def same(self) -> bool:
        """True when recipe, constitution and every rate agree."""
        old, new = self.constitution
        return not self.recipe and old == new and all(rate.old == rate.new for rate in self.rates)


def compare(old: RunFolder, new: RunFolder) -> Comparison:
    """Compares two runs, finished or not.

    Raises:
        RunFolderError: the results of one are damaged.
    """
    before, after = headline(old), headline(new)
    keys = [(name, key) for name in before | after for key in HEADLINE]
    rates = [
        RateDifference(name, key, before.get(name, {}).get(key), after.get(name, {}).get(key)) for name, key in keys
    ]
    return Comparison(
        recipe=recipe_differences(old.recipe, new.recipe),
        constitution=(old.manifest.constitution_digest, new.manifest.constitution_digest),
        rates=tuple(rate for rate in rates if rate.old or rate.new),
    )


def _run_paths(root: Path) -> list[Path]:
    if not root.is_dir():
        raise RunFolderError(f"{root}: no such folder; make a run with 'charter run', or name another --root")
    return sorted(file.parent for file in root.glob(f"*/{MANIFEST_NAME}"))


def _summary(path: Path) -> RunSummary:
    try:
        run = RunFolder.read(path)
        rates = headline(run)
    except RunFolderError as error:
        return RunSummary(path, "damaged", path.name, problem=str(error))
    manifest = run.manifest
    return RunSummary(
        path=path,
        status=run.status,
        id=path.name,
        created=manifest.created,
        recipe=manifest.recipe,
        model=run.recipe.model.name,
        stages=tuple(name for name, entry in manifest.stages.items() if entry.done),
        harmful={name: checkpoint["harmful"] for name, checkpoint in rates.items() if "harmful" in checkpoint} or None,
        problem=manifest.reason,
    )
