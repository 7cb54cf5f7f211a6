"""``charter annotate``: people say which of two responses is better, on a page of this machine."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from charter.cli.common import format_option
from charter.cli.runs import ROOT

if TYPE_CHECKING:
    from charter.human.desk import Desk
    from charter.human.server import AnnotationServer
    from charter.records import Pair

_FOLDER_SUFFIX = ".human"
"""What is added to a file's name for the folder of its labels."""
LONGEST_TEXT = 100_000
"""Characters of one text that the page shows."""


@click.command(name="annotate")
@click.argument("source", metavar="RUN|FILE")
@ROOT
@click.option("--rater", help="Who answers. Each rater gives a name on the page when this is left out.")
@click.option("--aim", type=click.Choice(["harmless", "helpful"]), help="Show only pairs that are compared for this.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Show at most N pairs, the same to every rater.")
@click.option(
    "--repeat-share",
    type=click.FloatRange(0, 1),
    default=0.05,
    show_default=True,
    help="Share of the pairs that come a second time, later and with the sides exchanged.",
)
@click.option("--seed", type=int, help="Decides the orders; the run's own seed, or 0, when left out.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for the labels, instead of 'human' in the run's folder, or FILE.human.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0 takes any that is free.")
@click.option("--browser/--no-browser", default=True, help="Whether to open the page.", show_default=True)
@format_option()
def cli(
    *,
    source: str,
    root: Path,
    rater: str | None,
    aim: str | None,
    limit: int | None,
    repeat_share: float,
    seed: int | None,
    out: Path | None,
    port: int,
    browser: bool,
    form: str,
) -> None:
    """Show pairs of responses on a local page, and keep which one people prefer.

    RUN is a run's folder, its id under --root, or "latest"; FILE holds pairs in any form that Charter reads. The page
    is served to this machine alone, at an address that is printed. It hides which model wrote what, and draws orders
    and sides anew for every rater. Every answer is on the disk before the page goes on: stop with Ctrl-C, and go on
    with the same command.

    \b
    Examples:
      charter annotate latest --rater ann
      charter annotate runs/x --aim helpful --limit 200
      charter annotate pairs.csv --out labels --no-browser --port 8765
    """
    import threading
    import webbrowser

    from charter.human.desk import Desk, rater_name
    from charter.human.keep import Keep
    from charter.human.server import AnnotationServer
    from charter.human.showings import chosen
    from charter.page_text import plain
    from charter.progress import Progress

    named = rater_name(rater) if rater is not None else ""
    pairs, drawn, folder = _pairs(source, root, aim)
    keep = Keep(out or folder)
    desk = Desk(
        keep,
        chosen(pairs, limit, drawn if seed is None else seed),
        seed=drawn if seed is None else seed,
        repeat_share=repeat_share,
        shown=lambda text: plain(text, LONGEST_TEXT),
    )
    try:
        name = desk.called(named) if named else ""
        with _ends_on_signal(), AnnotationServer(desk, port, rater=name, told=Progress().note) as server:
            _say_where(server, keep.folder, form)
            if browser:
                threading.Thread(target=webbrowser.open, args=[server.url], daemon=True).start()
            server.serve_forever(poll_interval=0.2)
    finally:
        desk.close()
    _say_what_is_kept(desk, keep.folder, form)


def _pairs(source: str, root: Path, aim: str | None) -> "tuple[list[Pair], int, Path]":
    """What is to be compared, the seed that goes with it, and the folder that its labels belong in."""
    from charter.errors import ConfigError, RunFolderError
    from charter.human import LABELS_NAME, distinct, read_pairs
    from charter.records import Sample
    from charter.runs import find_run

    file = Path(source)
    if file.is_file():
        found = read_pairs(file, kind="benign" if aim == "helpful" else "red_team")
        seed, folder = 0, file.with_name(file.name + _FOLDER_SUFFIX)
    else:
        from charter.prefer import form_pairs

        run = find_run(source, root)
        found = form_pairs(run.shards("pairs", Sample).read())
        seed, folder = run.recipe.seed, run.path / LABELS_NAME
        if not found:
            raise RunFolderError(f"{run.path} has no pairs yet; make them with 'charter prefer --out {run.path}'")
    pairs = [pair for pair in found if distinct(pair) and (aim is None or pair.aim == aim)]
    if not pairs:
        what = f" that are compared for being {aim}" if aim else ""
        raise ConfigError(f"{source}: there are no pairs of unequal responses{what}; there is nothing to ask")
    return pairs, seed, folder


def _say_where(server: "AnnotationServer", folder: Path, form: str) -> None:
    from charter.terminal import neutral

    if form == "json":
        click.echo(json.dumps({"url": server.url, "out": str(folder)}))
    else:
        where = neutral(f"Labels are kept in {folder}")
        click.echo(f"{server.url}\nOpen this address in a browser of this machine. Ctrl-C ends it.\n{where}")


@contextmanager
def _ends_on_signal() -> Iterator[None]:
    """Ctrl-C, or the system's wish that the process end, ends the block and is no failure."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say_what_is_kept(desk: "Desk", folder: Path, form: str) -> None:
    from charter.errors import Interrupted
    from charter.terminal import neutral

    labels, labelled, pairs = desk.counts()
    if form == "json":
        click.echo(json.dumps({"labels": labels, "pairs": pairs, "labelled": labelled}))
    kept = f"{labels:,} label{'' if labels == 1 else 's'} kept in {folder}, on {labelled:,} of {pairs:,} pairs"
    if labelled < pairs:
        raise Interrupted(f"{kept}; run the same command again to go on")
    click.echo(neutral(f"charter: {kept}"), err=True)
