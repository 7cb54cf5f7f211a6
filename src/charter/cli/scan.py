"""``charter scan``: what an application does with what goes into its models and comes out of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from charter.progress import Progress
    from charter.scan.config import Settings
    from charter.scan.result import ScanResult
    from charter.scan.scan import ScanOptions

FORMS = ("terminal", "json", "sarif", "junit", "markdown", "html")
_SUFFIXES = {".json": "json", ".sarif": "sarif", ".xml": "junit", ".md": "markdown", ".html": "html"}
_LEVELS = ("critical", "high", "medium", "low")
_FILE = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """The options, as given."""

    path: Path
    form: str | None
    out: Path | None
    severity: str | None
    confidence: str | None
    revision: str | None
    baseline: Path | None
    write_baseline: Path | None
    fix: bool
    patch: bool
    history: bool
    inventory: bool
    list_rules: bool
    config: Path | None
    no_ignore: bool
    no_cache: bool
    jobs: int | None
    quiet: bool


@click.command(name="scan")
@click.argument("path", type=_FILE, default=".")
@click.option("--format", "form", type=click.Choice(FORMS), help="For people or for programs.  [default: terminal]")
@click.option("--out", type=_FILE, help="File to write; its suffix may say the format, too.")
@click.option("--severity", type=click.Choice(_LEVELS), help="Report from this severity on.  [default: low]")
@click.option("--confidence", type=click.Choice(_LEVELS[1:]), help="Report from this confidence on.  [default: low]")
@click.option("--diff", "revision", metavar="REV", help="Report only what was not there at this git revision.")
@click.option("--baseline", type=_FILE, help="A file of known findings, which are not reported.")
@click.option("--write-baseline", type=_FILE, help="Write all findings to this file, as known from now on.")
@click.option("--fix", is_flag=True, help="Write the mends that are safe, and scan again.")
@click.option("--patch", is_flag=True, help="Print the mends that are safe as a patch, and change nothing.")
@click.option("--history", is_flag=True, help="Look for secrets in the git history, too.")
@click.option("--inventory", is_flag=True, help="Show the models, prompts, tools and stores that the code uses.")
@click.option("--rules", "list_rules", is_flag=True, help="List the rules.")
@click.option("--config", type=_FILE, help="Settings.  [default: the nearest charter.toml]")
@click.option("--no-ignore", is_flag=True, help="Also scan what git ignores, and installed packages.")
@click.option("--no-cache", is_flag=True, help="Neither use nor keep results for the next scan.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes.  [default: one a processor]")
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@click.pass_context
def cli(context: click.Context, /, **options: Any) -> None:
    """Scan an application's code for prompt injection, excessive agency, insecure output handling and secrets.

    PATH is a folder or a file; nothing in it is run or imported. Leaves with 1 when there are findings, and with 3 when
    too much could not be analysed.

    \b
    Examples:
      charter scan .
      charter scan . --severity high --out charter.sarif
      charter scan . --diff main --format markdown
    """
    wanted = _Wanted(**options)
    if wanted.list_rules:
        from charter.cli.scan_rules import list_rules

        list_rules(wanted.form)
        return
    context.exit(_scan(wanted))


def _scan(wanted: _Wanted) -> int:
    """Scans, and returns the exit code."""
    from charter.progress import Progress
    from charter.scan.scan import ScanOptions

    if wanted.fix and wanted.patch:
        raise click.UsageError("--fix writes the mends and --patch only prints them; name one of the two")
    options = ScanOptions(
        settings=_settings(wanted),
        jobs=wanted.jobs or 0,
        cache=not wanted.no_cache,
        everything=wanted.no_ignore,
        history=wanted.history,
    )
    progress = Progress(quiet=wanted.quiet)
    result = _result(wanted, options, progress)
    if wanted.patch or wanted.fix:
        changed = _mend(result, write=wanted.fix)
        if wanted.patch:
            return result.exit_code
        result = _result(wanted, options, progress) if changed else result
    if wanted.write_baseline is not None:
        from charter.scan.baseline import write_baseline

        write_baseline(wanted.write_baseline, [*result.findings, *result.known])
        number = len(result.findings) + len(result.known)
        said = f"{number:,} {'finding is' if number == 1 else 'findings are'} known from now on"
        click.echo(f"{said}; scan with --baseline {wanted.write_baseline}")
        return 3 if result.incomplete else 0
    if wanted.inventory:
        from charter.cli.scan_inventory import show_inventory

        show_inventory(result, wanted.path, _form(wanted), wanted.out)
        return 3 if result.incomplete else 0
    _show(wanted, result)
    return result.exit_code


def _settings(wanted: _Wanted) -> "Settings":
    """The project's settings with those of the command line laid over them."""
    from charter.scan.config import load_config

    root = wanted.path if wanted.path.is_dir() else wanted.path.parent
    settings = load_config(wanted.config, root.resolve())
    baseline = str(wanted.baseline.resolve()) if wanted.baseline else None
    given = {"severity": wanted.severity, "confidence": wanted.confidence, "baseline": baseline}
    if wanted.write_baseline:
        given["baseline"] = ""
    update = {name: value for name, value in given.items() if value is not None}
    return settings.model_copy(update={"scan": settings.scan.model_copy(update=update)})


def _result(wanted: _Wanted, options: "ScanOptions", progress: "Progress") -> "ScanResult":
    from charter.scan.diff import check_history, only_new
    from charter.scan.scan import scan

    if wanted.history or wanted.revision is not None:
        check_history(wanted.path, wanted.revision)
    result = scan(wanted.path, options, progress)
    if wanted.revision is None:
        return result
    return only_new(result, wanted.path, wanted.revision, options, progress)


def _mend(result: "ScanResult", write: bool) -> bool:
    """Writes or prints the safe mends; whether there are any."""
    from charter.scan.fix import plan_fixes, write_fixes
    from charter.terminal import neutral

    planned, refused = plan_fixes(result.root, result.findings)
    for line in refused:
        click.echo(neutral(f"charter: warning: {line}"), err=True)
    if not write:
        for fixed in planned:
            click.echo(fixed.patch(), nl=False)
        return bool(planned)
    write_fixes(result.root, planned)
    for fixed in planned:
        noun = "finding" if fixed.findings == 1 else "findings"
        click.echo(neutral(f"charter: mended {fixed.findings} {noun} in {fixed.path}"), err=True)
    return bool(planned)


def _form(wanted: _Wanted) -> str:
    """The form that is named, or that the file's suffix says."""
    by_suffix = _SUFFIXES.get(wanted.out.suffix.lower(), "terminal") if wanted.out else "terminal"
    return wanted.form or by_suffix


def _show(wanted: _Wanted, result: "ScanResult") -> None:
    """Writes the result where it is wanted, in the form that is wanted."""
    from charter.scan.output import render

    form = _form(wanted)
    if wanted.out is None:
        if form == "terminal":
            from charter.scan.output.terminal import print_result

            print_result(result)
        else:
            click.echo(render(result, form), nl=False)
        return
    from charter.disk import write_atomic
    from charter.scan.output.terminal import print_summary

    write_atomic(wanted.out, render(result, form).encode("utf-8"))
    print_summary(result)
    click.echo(f"Written to {wanted.out}.")
