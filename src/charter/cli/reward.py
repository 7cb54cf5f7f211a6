"""``charter reward``: 'charter run' up to the reward model."""

from typing import Any

import click

from charter.cli.run_options import request, run_options_for


@click.command(name="reward")
@run_options_for("reward")
def cli(**options: Any) -> None:
    """Train a reward model on the preferences.

    This is 'charter run' up to the reward model. Stages before it that are missing in the run folder are
    done first, and 'charter run --out' with the same folder does the rest.

    \b
    Examples:
      charter reward --out runs/x
      charter reward --out runs/y --epochs 2
      charter reward --out runs/z --set reward.separate=true
      charter reward --out runs/x --dry-run
    """
    from charter.cli.run_session import carry_out

    carry_out(request(**options), until="reward")
