"""``charter prefer``: 'charter run' up to the labels."""

from typing import Any

import click

from charter.cli.run_options import request, run_options


@click.command(name="prefer")
@run_options
def cli(**options: Any) -> None:
    """Sample the fine-tuned model's answers in pairs, and label which is better.

    A judge model labels by the constitution, or people do (--feedback). This is 'charter run' up to the labels. Stages
    before it that are missing in the run folder are done first, and 'charter run --out' with the same folder does the
    rest. For pairs of your own, see 'charter label'.

    \b
    Examples:
      charter prefer --out runs/x
      charter prefer --labels hard --orders one --out runs/y
      charter prefer --principles-per-pair 4 --set prefer.judge=./judge-model --out runs/z
    """
    from charter.cli.run_session import carry_out

    carry_out(request(**options), until="prefer")
