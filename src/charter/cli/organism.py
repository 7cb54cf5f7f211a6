"""``charter organism``: make the model organism, measure it, and see its prompts."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from charter.organisms.measure import Ability


@click.group(name="organism")
def cli() -> None:
    """Train and measure the model organism, and look into its world."""


@cli.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the model; it must be empty.")
@click.option("--steps", type=click.IntRange(1), help="Training steps; those of the shipped weights if not given.")
@click.option("--start", type=click.Path(path_type=Path), help="Go on from this organism, its tokenizer included.")
@click.option("--learning-rate", type=float, help="At its peak; that of the shipped weights if not given.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of weights and corpus.")
@click.option("--cases", type=click.IntRange(1), default=400, show_default=True, help="Scenes measured for the card.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
def train(
    *,
    out: Path,
    steps: int | None,
    start: Path | None,
    learning_rate: float | None,
    seed: int,
    cases: int,
    quiet: bool,
) -> None:
    """Pretrain an organism from scratch (about half an hour on two cores), measure it and write its card.

    \b
    Examples:
      charter organism train --out organism
      charter organism train --steps 200 --cases 50 --out sketch
      charter organism train --start organism --steps 1500 --learning-rate 2e-3 --seed 100 --out better
    """
    from dataclasses import replace

    from charter.errors import ConfigError
    from charter.organisms.pretrain import PretrainConfig, pretrain
    from charter.progress import Progress

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ConfigError(f"--out {out}: is there already; name a new folder")
    usual = PretrainConfig()
    rate = learning_rate or usual.peak_learning_rate
    config = replace(usual, seed=seed, steps=steps or usual.steps, peak_learning_rate=rate)
    pretrain(config, out, Progress(quiet), start)
    _measure(out, cases, "default", quiet=quiet, card=True)
    click.echo(str(out))


@cli.command()
@click.option("--model", default="organism", show_default=True, help="Folder of an organism, or 'organism'.")
@click.option("--constitution", default="default", show_default=True, help="Whose principles it is measured under.")
@click.option("--cases", type=click.IntRange(1), default=400, show_default=True, help="Scenes for each ability.")
@click.option("--card", is_flag=True, help="Write the measurements into the model's folder as its card.")
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", help="For people, or for programs."
)
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
def measure(*, model: str, constitution: str, cases: int, card: bool, form: str, quiet: bool) -> None:
    """Measure compliance, critiques, revisions and comparisons on held-out words.

    \b
    Examples:
      charter organism measure
      charter organism measure --model runs/x/checkpoints/sl-cai --cases 100 --format json
    """
    from charter.organisms.card import abilities_json

    abilities = _measure(model, cases, constitution, quiet=quiet, card=card)
    if form == "json":
        click.echo(abilities_json(abilities))
        return
    from rich.table import Table

    from charter.cli.runs_tables import rate_text
    from charter.terminal import console

    table = Table("ability", "measured", "rate [95% interval] k/n", box=None, pad_edge=False)
    for one in abilities:
        table.add_row(one.name, one.meaning, rate_text(one.rate).replace("[", "\\["))
    console().print(table)


@cli.command()
@click.option("--split", type=click.Choice(["train", "test"]), help="Only these.")
def prompts(split: str | None) -> None:
    """Print the organism's prompts as JSONL, in the form that --prompts takes.

    \b
    Examples:
      charter organism prompts --split test
      charter organism prompts > prompts.jsonl
    """
    import json

    from charter.organisms import shipped_prompts
    from charter.prompts import row

    for prompt in shipped_prompts():
        if split in (None, prompt.split):
            click.echo(json.dumps(row(prompt), ensure_ascii=False))


def _measure(model: "str | Path", cases: int, constitution: str, *, quiet: bool, card: bool) -> "list[Ability]":
    from charter.constitution import load_constitution
    from charter.models import load_completer
    from charter.organisms import shipped_model
    from charter.organisms.card import write_card
    from charter.organisms.measure import measure as measure_abilities
    from charter.progress import Progress
    from charter.recipe import ModelConfig

    completer = load_completer(ModelConfig(name=str(model), batch_size=256))
    abilities = measure_abilities(completer, load_constitution(constitution), cases=cases, progress=Progress(quiet))
    if card:
        write_card(shipped_model() if model == "organism" else Path(model), abilities)
    return abilities
