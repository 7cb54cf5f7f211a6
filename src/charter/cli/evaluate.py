"""``charter evaluate``: 'charter run' up to the verdicts."""

from typing import Any

import click

from charter.cli.run_options import request, run_options


@click.command(name="evaluate")
@run_options
def cli(**options: Any) -> None:
    """Answer the test prompts with every checkpoint and judge every answer.

    This is 'charter run' up to the verdicts. Stages before it that are missing in the run folder
    are done first, and 'charter run --out' with the same folder does the rest.

    \b
    Examples:
      charter evaluate --out runs/x
      charter evaluate --judge ./judge-model --out runs/y --model ./my-model --prompts my.jsonl
    """
    from charter.cli.run_session import carry_out

    carry_out(request(**options), until="judge")
