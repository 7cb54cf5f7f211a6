"""``charter report``: a run as one page."""

from pathlib import Path

import click

from charter.cli.runs import ROOT


@click.command(name="report")
@click.argument("run")
@ROOT
@click.option(
    "--out", type=click.Path(path_type=Path), help="File to write, instead of report.html in the run's folder."
)
@click.option("--open", "show", is_flag=True, help="Open the page in a browser.")
def cli(run: str, root: Path, out: Path | None, show: bool) -> None:
    """Write the report of a run, finished or not: one HTML file that needs no network and no other file.

    RUN is a run's folder, its id under --root, or "latest". Prints the path of the page.

    \b
    Examples:
      charter report latest --open
      charter report runs/x --out /tmp/x.html
    """
    from charter.report import write_report
    from charter.runs import find_run
    from charter.terminal import neutral

    page = write_report(find_run(run, root), out).resolve()
    click.echo(neutral(str(page)))
    if show:
        _open(page)


def _open(page: Path) -> None:
    import webbrowser

    if not webbrowser.open(page.as_uri()):
        click.echo("charter: no browser could be started here; open the file named above in one", err=True)
