"""``charter chat``: talk to a model in the terminal, or to two side by side."""

import click


@click.command(name="chat")
@click.option("--model", required=True, metavar="NAME", help="Folder, run folder, Hugging Face name, or 'organism'.")
@click.option("--compare", metavar="NAME", help="A second model, which is told the same.")
@click.option("--system", default="", metavar="TEXT", help="A system turn before the conversation.")
@click.option("--temperature", type=click.FloatRange(min=0), default=1.0, show_default=True, help="0 is greedy.")
@click.option("--max-new-tokens", type=click.IntRange(min=1), default=256, show_default=True, help="Of one answer.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same answers.")
@click.option(
    "--chat-format",
    "form",
    type=click.Choice(["chat", "transcript"]),
    help="Form of a conversation; transcript is Human/Assistant, for base models.  [default: chat]",
)
def cli(
    *,
    model: str,
    compare: str | None,
    system: str,
    temperature: float,
    max_new_tokens: int,
    seed: int,
    form: str | None,
) -> None:
    """Talk to a model in the terminal, or to two side by side.

    A run folder stands for the model that the run has trained last. Each line is one turn; /help lists what else can be
    said. Piped input is answered line by line, and only the answers are written to stdout.

    \b
    Examples:
      charter chat --model organism
      charter chat --model organism --compare runs/x
      charter chat --model ./base-model --chat-format transcript --temperature 0
      printf 'How do I bake bread?\\n' | charter chat --model organism
    """
    from charter.chat import Talk, model_config
    from charter.cli.chat_screen import Screen, converse
    from charter.models import Sampling, load_completer

    references = [model] if compare is None else [model, compare]
    configs = [model_config(reference, form) for reference in references]
    names = [f"{name} (2)" if name in references[:place] else name for place, name in enumerate(references)]
    models = {name: load_completer(config) for name, config in zip(names, configs, strict=True)}
    sampling = Sampling(temperature=temperature, max_new_tokens=max_new_tokens)
    converse(Talk(models, sampling, system=system, seed=seed), Screen())
