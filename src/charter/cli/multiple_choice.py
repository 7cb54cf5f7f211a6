"""``charter multiple-choice``: sets of questions with options, scored by the options' log-probabilities."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from charter.cli.common import format_option, print_json

if TYPE_CHECKING:
    from charter.evaluate.multiple_choice import OptionForm


@click.command(name="multiple-choice")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--model", required=True, metavar="NAME", help="Folder, run folder, Hugging Face name, or 'organism'.")
@click.option(
    "--options",
    "option_form",
    type=click.Choice(["letters", "texts"]),
    default="letters",
    show_default=True,
    help="Answer with an option's letter, or with the option itself.",
)
@click.option(
    "--chat-format",
    "chat_form",
    type=click.Choice(["chat", "transcript"]),
    help="Form of a conversation; transcript is Human/Assistant, for base models.  [default: chat]",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@format_option()
def cli(
    *,
    files: tuple[Path, ...],
    model: str,
    option_form: "OptionForm",
    chat_form: str | None,
    quiet: bool,
    form: str,
) -> None:
    """Score a model on multiple-choice sets by the log-probabilities that it gives to the options.

    FILE is JSON Lines or JSON in the form of the Constitutional AI paper's sets, of BIG-bench, or with options and
    answer; see docs/multiple-choice.md. Nothing is generated, so a small model can be scored as well as a large one.

    \b
    Examples:
      charter multiple-choice 438HHHEvaluations.jsonl --model ./my-model
      charter multiple-choice HarmfulVsEthical.jsonl HarmfulnessClassification.jsonl --model runs/x
      charter multiple-choice hhh/*/task.json --model ./my-model --options texts --format json
    """
    from charter.chat import model_config
    from charter.evaluate.multiple_choice import load_choices, measure_choices
    from charter.models import load_completer
    from charter.progress import Progress

    questions = load_choices(files, option_form)
    completer = load_completer(model_config(model, chat_form))
    with Progress(quiet=quiet).task("score options", len(questions)) as advance:
        results = measure_choices(completer, questions, option_form, advance)
    if form == "json":
        print_json({"model": completer.name, "digest": completer.digest, "options": option_form, **results.as_json()})
    else:
        from charter.cli.choice_tables import print_choices

        print_choices(results)
