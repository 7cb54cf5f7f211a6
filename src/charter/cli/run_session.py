"""What every command that works on a run does: plan or run, then show what came of it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from charter.cli.run_options import RunRequest
from charter.progress import Progress

if TYPE_CHECKING:
    from charter.stages import Stage


def carry_out(request: RunRequest, until: "Stage") -> None:
    """Plans or does the run up to that stage, and prints what came of it."""
    if request.dry_run:
        _plan(request, until)
        return
    from charter.pipeline import run
    from charter.store import RESULTS_NAME, new_run_path

    out = request.out or new_run_path(request.recipe.name)
    progress = Progress(quiet=request.quiet)
    progress.note(f"run folder: {out}")
    try:
        folder = run(request.recipe, out, progress, until=until)
    except BaseException:
        _drop_if_empty(out)
        raise
    if until != "report":
        click.echo(
            json.dumps({"run": str(out)}) if request.form == "json" else f"Done. Go on with: charter run --out {out}"
        )
    elif request.form == "json":
        click.echo((out / RESULTS_NAME).read_text(encoding="utf-8"), nl=False)
    else:
        from charter.cli.run_summary import print_summary

        print_summary(folder)


def _drop_if_empty(out: Path) -> None:
    """A new folder in which nothing was written is not left behind."""
    if out.is_dir() and not any(out.iterdir()):
        out.rmdir()


def _plan(request: RunRequest, until: "Stage") -> None:
    from charter.cli.plan_table import print_plan
    from charter.pipeline.plan import plan

    made = plan(request.recipe, until, request.out)
    if request.form == "json":
        click.echo(json.dumps(made.as_json(), indent=2))
    else:
        print_plan(made)
