"""``charter run``: the whole way, from a constitution to an evaluated checkpoint and its report."""

from typing import TYPE_CHECKING, Any

import click

from charter.cli.run_options import request, run_options
from charter.stages import STAGES

if TYPE_CHECKING:
    from charter.stages import Stage


@click.command(name="run")
@run_options
@click.option("--until", type=click.Choice(STAGES), default="report", help="Stop after this stage; go on with --out.")
def cli(until: "Stage", **options: Any) -> None:
    """Train a model on a constitution and measure what came of it.

    RECIPE is a YAML file or the name of a shipped recipe. Without it, the embedded model organism is trained, which
    needs no network, no GPU and no key. Flags override the recipe. The same --out again continues a run.

    \b
    Examples:
      charter run
      charter run --rounds 2 --seed 7 --out runs/short
      charter run --model ./my-model --constitution my.yaml --prompts my.jsonl --out runs/x
      charter run lora-8b --model ORG/NAME --prompts my.jsonl --dry-run
    """
    from charter.cli.run_session import carry_out

    carry_out(request(**options), until=until)
