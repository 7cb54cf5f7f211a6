"""``charter sft``: 'charter run' up to the trained checkpoint."""

from typing import Any

import click

from charter.cli.run_options import request, run_options


@click.command(name="sft")
@run_options
def cli(**options: Any) -> None:
    """Fine-tune on the revisions and the model's own helpful answers.

    This is 'charter run' up to the trained checkpoint. Stages before it that are missing in the run folder
    are done first, and 'charter run --out' with the same folder does the rest.

    \b
    Examples:
      charter sft --out runs/x
      charter sft --out runs/x --dry-run
    """
    from charter.cli.run_session import carry_out

    carry_out(request(**options), until="sft")
