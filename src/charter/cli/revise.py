"""``charter revise``: the first stage of 'charter run'."""

from typing import Any

import click

from charter.cli.run_options import request, run_options


@click.command(name="revise")
@run_options
def cli(**options: Any) -> None:
    """Answer the red-team training prompts, then critique and revise in rounds.

    This is the first stage of 'charter run'. Stages before it that are missing in the run folder
    are done first, and 'charter run --out' with the same folder does the rest.

    \b
    Examples:
      charter revise --rounds 2 --out runs/x
      charter revise --no-critique --principles no-fraud,no-theft --out runs/y
      charter revise my-recipe.yaml --out runs/z
    """
    from charter.cli.run_session import carry_out

    carry_out(request(**options), until="revise")
