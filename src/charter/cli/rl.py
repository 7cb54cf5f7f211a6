"""``charter rl``: 'charter run' up to the policy that reinforcement learning trains."""

from typing import Any

import click

from charter.cli.run_options import request, run_options_for


@click.command(name="rl")
@click.option("--algorithm", type=click.Choice(["rloo", "grpo"]), help="How the policy learns; rloo where unsaid.")
@run_options_for("rl")
def cli(algorithm: str | None, settings: tuple[str, ...], **options: Any) -> None:
    """Train a policy by reinforcement learning against the reward model.

    This is 'charter run' up to that policy (RL-CAI; RLHF where people labelled). Stages before it that are
    missing in the run folder are done first, and 'charter run --out' with the same folder does the rest.
    Training stops where the reward rises while a judge that the policy is not trained on likes it less.

    \b
    Examples:
      charter rl --out runs/x
      charter rl --algorithm grpo --out runs/y
      charter rl --out runs/z --steps 100 --set rl.beta=0.1
      charter rl --out runs/x --dry-run
    """
    from charter.cli.run_session import carry_out

    chosen = (f"rl.algorithm={algorithm}",) if algorithm else ()
    carry_out(request(settings=(*chosen, *settings), **options), until="rl")
