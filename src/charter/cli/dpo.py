"""``charter dpo``: 'charter run' up to the policy that DPO trains."""

from typing import Any

import click

from charter.cli.run_options import request, run_options_for


@click.command(name="dpo")
@run_options_for("dpo")
def cli(**options: Any) -> None:
    """Train a policy on the preferences by DPO, without a reward model.

    This is 'charter run' up to that policy. Stages before it that are missing in the run folder are done
    first, and 'charter run --out' with the same folder does the rest.

    \b
    Examples:
      charter dpo --out runs/x
      charter dpo --out runs/y --set dpo.beta=0.05
      charter dpo --out runs/x --dry-run
    """
    from charter.cli.run_session import carry_out

    carry_out(request(**options), until="dpo")
