"""``charter prompts``: check a file of prompts before a run."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from charter.cli.common import format_option, print_json

if TYPE_CHECKING:
    from charter.records import Prompt

    Counts = Counter[tuple[str, str, str, bool]]
    """By kind, category, split, and whether the category is held out."""


@click.group(name="prompts")
def cli() -> None:
    """Check a file of prompts before a run.

    \b
    Examples:
      charter prompts check my.jsonl
    """


@cli.command()
@click.argument("file")
@click.option(
    "--test-fraction",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.2,
    show_default=True,
    help="Share of the prompts without a split that become test prompts.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Decides which of them do.")
@format_option()
def check(file: str, test_fraction: float, seed: int, form: str) -> None:
    """Count the prompts of a JSONL file by kind, category and split.

    FILE may also be "organism", for the prompts that come with Charter. Prompts whose line names no split are counted
    where a run with the same --test-fraction and --seed puts them. Leaves with 0 when a run can use the file, and with
    2 when it cannot, naming the line, the key and the mend.

    \b
    Examples:
      charter prompts check my.jsonl
      charter prompts check my.jsonl --test-fraction 0.1 --format json
    """
    from charter.prompts import load_prompts, split
    from charter.recipe import PromptsConfig

    config = PromptsConfig(path=file, test_fraction=test_fraction)
    prompts = load_prompts(config, seed)
    counts: Counts = Counter((prompt.kind, prompt.category, prompt.split, prompt.held_out) for prompt in prompts)
    if form == "json":
        keys = ("kind", "category", "split", "held_out", "prompts")
        rows = [dict(zip(keys, (*key, count), strict=True)) for key, count in sorted(counts.items())]
        print_json({"file": file, "prompts": len(prompts), "multi_turn": _multi_turn(prompts), "counts": rows})
    else:
        _print_counts(file, prompts, counts)
    split(prompts, config, seed)  # says so where a run could not use them


def _multi_turn(prompts: "Iterable[Prompt]") -> int:
    return sum(message.role == "assistant" for prompt in prompts for message in prompt.messages[-2:-1])


def _print_counts(file: str, prompts: "tuple[Prompt, ...]", counts: "Counts") -> None:
    from charter.cli.tables import row, table, text
    from charter.terminal import console

    made = table("kind", "category", "train", "test")
    last = None
    for kind, category, held_out in sorted({(kind, category, held) for kind, category, _, held in counts}):
        train, test = (counts[kind, category, part, held_out] for part in ("train", "test"))
        name = (category or "(none)") + (", held out" if held_out else "")
        row(made, "" if kind == last else kind, name, f"{train:,}", f"{test:,}")
        last = kind
    trained = sum(prompt.split == "train" for prompt in prompts)
    made.add_section()
    row(made, "all", "", f"{trained:,}", f"{len(prompts) - trained:,}")
    out = console()
    out.print(text(f"{file}: {len(prompts):,} prompts, {_multi_turn(prompts):,} of several turns"), soft_wrap=True)
    out.print(made)
