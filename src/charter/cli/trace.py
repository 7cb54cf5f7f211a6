"""``charter trace``: why the model answers so."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from charter.cli.common import format_option, print_json
from charter.cli.runs import ROOT

if TYPE_CHECKING:
    from charter.trace import Tracer

LISTED = 40
"""Records that ``--list`` prints, unless it is to print JSON."""


@click.command(name="trace")
@click.argument("run")
@ROOT
@click.option("--example", metavar="ID", help="A record of the run, or the beginning of its id; --list shows some.")
@click.option("--prompt", metavar="TEXT", help="What a user says; the answer is drawn now.")
@click.option("--list", "listing", is_flag=True, help="List what can be traced.")
@click.option(
    "--checkpoint", metavar="NAME", default="", help="base, sl-cai, dpo, rl-cai or rlhf.  [default: the last]"
)
@click.option("--top", type=click.IntRange(min=1), default=5, show_default=True, help="Examples shown of each stage.")
@click.option(
    "--candidates",
    type=click.IntRange(min=1),
    default=64,
    show_default=True,
    help="Nearest examples of each stage whose contribution is computed.",
)
@click.option("--nearest", is_flag=True, help="The nearest examples alone, without contributions; needs no model.")
@click.option("--seed", type=int, default=0, show_default=True, help="The answer to --prompt is drawn with.")
@click.option("--html", type=click.Path(path_type=Path), help="Write the trace as one HTML file, too.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@format_option()
def cli(
    *,
    run: str,
    root: Path,
    example: str | None,
    prompt: str | None,
    listing: bool,
    checkpoint: str,
    top: int,
    candidates: int,
    nearest: bool,
    seed: int,
    html: Path | None,
    quiet: bool,
    form: str,
) -> None:
    """Trace an answer to the training examples and principles behind it.

    RUN is a run's folder, its id under --root, or "latest"; it need not be finished. Shows which training examples
    are nearest to the answer, what each contributed to it, and under which principles they were made.

    \b
    Examples:
      charter trace latest --list
      charter trace latest --example 6cd7985424
      charter trace runs/x --prompt Hello --html trace.html
    """
    from charter.progress import Progress
    from charter.runs import find_run
    from charter.trace import TraceConfig, Tracer
    from charter.train import Attribution

    if sum((example is not None, prompt is not None, listing)) != 1:
        raise click.UsageError("name one of --example, --prompt and --list")
    config = TraceConfig(candidates=max(candidates, top), gradients=not nearest, seed=seed)
    tracer = Tracer(find_run(run, root), config, Progress(quiet=quiet), Attribution)
    if listing:
        _list(tracer, checkpoint, form)
        return
    found = tracer.prompt(prompt, checkpoint) if prompt is not None else tracer.example(example or "", checkpoint)
    if html is not None:
        from charter.trace.page import write_page

        write_page(found, top, html)
    if form == "json":
        print_json(found.as_json(top))
    else:
        from charter.cli.trace_text import print_trace

        print_trace(found, top)


def _list(tracer: "Tracer", checkpoint: str, form: str) -> None:
    from charter.trace import targets

    found = [each for each in targets(tracer.material) if checkpoint in ("", each.checkpoint)]
    if form == "json":
        print_json([each.as_row() for each in found])
    else:
        from charter.cli.trace_text import print_list

        print_list(found, LISTED)
