"""``charter runs``: list the runs there are, show one, compare two."""

from pathlib import Path

import click

from charter.cli.common import format_option, print_json

ROOT = click.option(
    "--root",
    type=click.Path(path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="Folder that the runs are in.",
)


@click.group(name="runs")
def cli() -> None:
    """List, show and compare runs.

    RUN is a run's folder, its id under --root, or "latest".
    """


@cli.command(name="list")
@ROOT
@format_option()
def list_command(root: Path, form: str) -> None:
    """List the runs under a folder, the newest first.

    \b
    Examples:
      charter runs list
      charter runs list --root /data/runs --format json
    """
    from charter.runs import list_runs

    runs = list_runs(root)
    if form == "json":
        print_json([run.as_json() for run in runs])
    elif runs:
        from charter.cli.runs_tables import print_list

        print_list(runs)
    else:
        click.echo(f"No runs in {root}. Make one with: charter run")


@cli.command()
@click.argument("run")
@ROOT
@format_option()
def show(run: str, root: Path, form: str) -> None:
    """Show what a run came to: rates before and after training, rounds, stages.

    An unfinished run shows how far it has come. With --format json this prints the run's results.json.

    \b
    Examples:
      charter runs show latest
      charter runs show runs/x --format json
    """
    from charter.errors import RunFolderError
    from charter.runs import find_run, has_results
    from charter.store import RESULTS_NAME

    found = find_run(run, root)
    if form == "table":
        from charter.cli.runs_tables import print_run

        print_run(found)
        return
    if not has_results(found):
        raise RunFolderError(
            f"{found.path} has no {RESULTS_NAME} yet (it is {found.status}); continue it with "
            f"'charter run --out {found.path}' and the same settings, or see it with --format table"
        )
    print_json(found.read_json(RESULTS_NAME))


@cli.command()
@click.argument("old")
@click.argument("new")
@ROOT
@format_option()
@click.pass_context
def diff(context: click.Context, old: str, new: str, root: Path, form: str) -> None:
    """Compare two runs: settings, constitution, and the headline rates side by side.

    Leaves with 0 when all of these agree, with 1 when any differs, with 2 when a run cannot be read.

    \b
    Examples:
      charter runs diff runs/a runs/b
      charter runs diff 20260102-030405-organism latest --format json
    """
    from charter.runs import compare, find_run

    runs = find_run(old, root), find_run(new, root)
    comparison = compare(*runs)
    if form == "json":
        print_json(comparison.as_json())
    else:
        from charter.cli.runs_tables import print_comparison

        print_comparison(*runs, comparison)
    context.exit(0 if comparison.same else 1)
