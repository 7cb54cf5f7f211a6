"""``charter label``: labels for pairs of responses of one's own, by a judge model under a constitution."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from charter.cli.common import format_option, print_json

if TYPE_CHECKING:
    from charter.labelling import Labelled
    from charter.results_feedback import LabelResults


@click.command(name="label")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--judge", required=True, metavar="NAME", help="Folder, Hugging Face name, 'organism', or openai:NAME@URL."
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder; one that is there is continued.")
@click.option(
    "--constitution", default="default", show_default=True, metavar="FILE", help="A YAML file or a shipped name."
)
@click.option("--principles", default="", metavar="ID,ID", help="Ask about these alone, whatever is compared.")
@click.option(
    "--principles-per-pair", type=click.IntRange(min=1), default=1, show_default=True, help="Asked and averaged."
)
@click.option(
    "--aim",
    type=click.Choice(["harmless", "helpful"]),
    default="harmless",
    show_default=True,
    help="What pairs are compared for whose row names no kind.",
)
@click.option(
    "--orders", type=click.Choice(["both", "one"]), default="both", show_default=True, help="How pairs are shown."
)
@click.option(
    "--labels",
    type=click.Choice(["soft", "hard"]),
    default="soft",
    show_default=True,
    help="Probabilities, or 0 and 1.",
)
@click.option(
    "--few-shot", default="default", show_default=True, metavar="FILE", help="A YAML file, a shipped name, or 'none'."
)
@click.option("--reasoning", is_flag=True, help="The judge thinks first; its label is then clamped to 40-60%.")
@click.option(
    "--votes",
    type=click.IntRange(min=1),
    default=8,
    show_default=True,
    help="Samples an order, without log-probabilities.",
)
@click.option(
    "--chat-format",
    type=click.Choice(["chat", "transcript"]),
    default="chat",
    show_default=True,
    help="Form of a conversation; transcript is Human/Assistant, for base models.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Draws principles, orders and samples.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@format_option()
def cli(file: Path, out: Path, **options: Any) -> None:
    """Label which of two responses is better, for pairs of your own.

    FILE is JSON Lines or CSV with prompt, response_a and response_b, and perhaps kind (red_team is compared for
    harmlessness, any other for helpfulness; where there is none, --aim decides). Files with chosen and rejected, and
    Charter's own records, are read as well; labels in them are not looked at. OUT gets each label as a record, and
    preferences.jsonl for TRL.

    \b
    Examples:
      charter label pairs.jsonl --judge ./judge-model --out labels/x
      charter label pairs.csv --judge openai:model-70b@http://localhost:8000/v1 --constitution my.yaml --out labels/y
      charter label pairs.jsonl --judge organism --few-shot organism --principles no-fraud,no-theft --out labels/z
    """
    _label(file, out, **options)


def _label(
    file: Path,
    out: Path,
    *,
    judge: str,
    constitution: str,
    principles: str,
    principles_per_pair: int,
    aim: str,
    chat_format: str,
    seed: int,
    quiet: bool,
    form: str,
    **config: Any,
) -> None:
    from charter.constitution import load_constitution
    from charter.human import read_pairs
    from charter.labelling import EXPORT_NAME, label_pairs
    from charter.models import load_completer
    from charter.prefer import Comparer, label_results, load_few_shot
    from charter.progress import Progress
    from charter.recipe import ModelConfig
    from charter.recipe_feedback import PreferConfig

    pairs = read_pairs(file, kind="red_team" if aim == "harmless" else "benign")
    asked = load_constitution(constitution)
    named = tuple(part.strip() for part in principles.split(",") if part.strip())
    made = PreferConfig(
        judge=judge,
        harmless_principles=named,
        helpful_principles=named,
        principles_per_pair=principles_per_pair,
        **config,
    )
    asked.select(named)
    load_few_shot(made.few_shot, reasoning=made.reasoning)  # a mistake in either is told before a model is loaded
    completer = load_completer(ModelConfig(name=judge, format="transcript" if chat_format == "transcript" else "chat"))
    labelled = label_pairs(pairs, Comparer(completer, asked, made, seed), out, Progress(quiet=quiet))
    results = label_results(labelled.preferences)
    if form == "json":
        unknown = {"oracle", "seconds_per_label"}
        figures = {name: each.model_dump(mode="json", exclude=unknown) for name, each in results.items()}
        made_now = {"made": labelled.made, "seconds": round(labelled.seconds, 3)}
        print_json({"file": str(file), "out": str(out), "pairs": len(pairs), **made_now, "labels": figures})
    else:
        _print(results, labelled, out / EXPORT_NAME)
    _check_any(labelled, out)


def _check_any(labelled: "Labelled", out: Path) -> None:
    """Fails where not one pair has a label, and says why: the table has the kind of failure alone."""
    if all(each.p_first is None for each in labelled.preferences):
        from charter.errors import StageError

        raise StageError(f"{out}: no pair has a label; the first: {labelled.preferences[0].reason}")


def _print(results: "dict[str, LabelResults]", labelled: "Labelled", export: Path) -> None:
    from charter.cli.runs_tables import rate_text
    from charter.cli.tables import row, table, text
    from charter.terminal import console

    made = table("", *results, title="Labels, with 95% intervals")
    each = results.values()
    row(made, "pairs", *(f"{one.pairs:,}" for one in each))
    row(made, "labelled", *(f"{one.labelled:,}" for one in each))
    row(made, "ties among them", *(f"{one.ties:,}" for one in each))
    for reason in dict.fromkeys(reason for one in each for reason in one.failed):
        row(made, f"failed: {reason}", *(f"{one.failed.get(reason, 0):,}" for one in each))
    row(made, "shown first is preferred", *(rate_text(one.first_shown) for one in each))
    row(made, "both orders agree", *(rate_text(one.order_agreement) for one in each))
    row(made, "probability of the options", *("-" if one.mass is None else f"{one.mass:.1%}" for one in each))
    out = console()
    out.print(made)
    rate = "" if labelled.rate is None else f", {labelled.rate:,.1f} a second"
    out.print(text(f"{labelled.made:,} pairs asked about now{rate}; all labels: {export}"), soft_wrap=True)
