"""The options of every command that works on a run: which recipe, what is changed in it, and which folder."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from charter.recipe import Recipe

F = TypeVar("F", bound=Callable[..., Any])

Flag = tuple[str, str, dict[str, Any]]
"""What is written, the recipe's key that it sets, and what click is told."""

_FLAGS: tuple[Flag, ...] = (
    ("--model", "model.name", {"metavar": "NAME", "help": "Hugging Face name, folder, or 'organism'."}),
    ("--server", "model.server", {"metavar": "openai:NAME@URL", "help": "Server that generates in the model's stead."}),
    (
        "--chat-format",
        "model.format",
        {
            "type": click.Choice(["chat", "transcript"]),
            "help": "Form of a conversation; transcript is Human/Assistant, for base models.",
        },
    ),
    ("--device", "model.device", {"metavar": "NAME", "help": "auto, cpu, cuda, cuda:1 ..."}),
    (
        "--dtype",
        "model.dtype",
        {"type": click.Choice(["auto", "float32", "bfloat16", "float16"]), "help": "Number type."},
    ),
    ("--batch-size", "model.batch_size", {"type": int, "help": "Chats decoded together."}),
    ("--constitution", "constitution", {"metavar": "FILE", "help": "Constitution: a YAML file or a shipped name."}),
    ("--prompts", "prompts.path", {"metavar": "FILE", "help": "Prompts: a JSONL file, or 'organism'."}),
    ("--rounds", "revise.rounds", {"type": int, "help": "Rounds of critique and revision."}),
    ("--few-shot", "revise.few_shot", {"metavar": "FILE", "help": "Examples: a YAML file, a shipped name, or 'none'."}),
    (
        "--feedback",
        "prefer.feedback",
        {
            "type": click.Choice(["ai", "human", "mixed"]),
            "help": "Who says which of two responses is better; for people, see prefer.human.labels.",
        },
    ),
    ("--labels", "prefer.labels", {"type": click.Choice(["soft", "hard"]), "help": "Probabilities, or 0 and 1."}),
    ("--orders", "prefer.orders", {"type": click.Choice(["both", "one"]), "help": "In which orders a pair is shown."}),
    (
        "--principles-per-pair",
        "prefer.principles_per_pair",
        {"type": int, "help": "Principles that a pair is compared under."},
    ),
    ("--reasoning", "prefer.reasoning", {"is_flag": True, "default": None, "help": "Who compares thinks first."}),
    ("--judge", "evaluate.judge", {"metavar": "NAME", "help": "auto, oracle, self, or a model that judges."}),
    ("--seed", "seed", {"type": int, "help": "Sets everything that is drawn at random."}),
)


_TRAININGS = {"sft": "fine-tuning", "reward": "the reward model's training", "dpo": "DPO", "rl": "RL"}
"""The parts of a recipe that say how something is trained, as people call it."""


def _training_flags(section: str) -> tuple[Flag, ...]:
    what = _TRAININGS[section]
    length = ("steps", int) if section == "rl" else ("epochs", float)
    method = {"type": click.Choice(["auto", "full", "lora"]), "help": f"How {what} is done."}
    return (
        ("--method", f"{section}.method", method),
        ("--learning-rate", f"{section}.learning_rate", {"type": float, "help": f"Of {what}."}),
        (f"--{length[0]}", f"{section}.{length[0]}", {"type": length[1], "help": f"Of {what}."}),
    )


_ALL = (*_FLAGS, *(flag for section in _TRAININGS for flag in _training_flags(section)))


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a command was asked to work on."""

    recipe: "Recipe"
    out: Path | None
    """The run folder that was named; None for a new one."""
    dry_run: bool
    quiet: bool
    form: str
    """``table`` or ``json``."""


def run_options_for(section: str) -> Callable[[F], F]:
    """Adds the options; the command gets them as ``request(**options)`` wants them.

    ``section`` is the part of the recipe whose training the command is for: ``--method`` and so on set that.
    """

    def add(command: F) -> F:
        forms = click.Choice(["table", "json"])
        for option in (
            click.option("--format", "form", type=forms, default="table", help="For people, or for programs."),
            click.option("-q", "--quiet", is_flag=True, help="No progress on stderr."),
            click.option("--dry-run", is_flag=True, help="Say what would be done, and how long it may take."),
            click.option(
                "--set",
                "settings",
                multiple=True,
                metavar="KEY=VALUE",
                help="Any key of the recipe: sft.epochs=2. Repeatable.",
            ),
            click.option("--principles", metavar="ID,ID", help="Draw from these principles alone."),
            click.option("--no-critique", is_flag=True, help="Ask for the revision directly."),
        ):
            command = option(command)
        for flag, key, options in reversed((*_FLAGS, *_training_flags(section))):
            command = click.option(flag, key.replace(".", "__"), **options)(command)
        out = click.option("--out", type=click.Path(path_type=Path), help="Run folder; one that is there is continued.")
        return click.argument("recipe", required=False)(out(command))

    return add


run_options = run_options_for("sft")
"""The options of every command that is not for one of the later trainings."""


def request(
    recipe: str | None,
    out: Path | None,
    *,
    settings: tuple[str, ...],
    principles: str | None,
    no_critique: bool,
    dry_run: bool,
    quiet: bool,
    form: str,
    **flags: Any,
) -> RunRequest:
    """The recipe with everything that the command line says.

    Without a recipe, a run continues with the one in its folder; a new run takes the organism's, or the general one
    where a model is named.

    Raises:
        ConfigError: the recipe or an option cannot be used.
    """
    from charter.errors import ConfigError
    from charter.recipe import Recipe
    from charter.recipe_files import Override, override, parse_setting

    overrides = [Override(key, flags.get(key.replace(".", "__")), flag) for flag, key, _ in _ALL]
    given = [setting for setting in overrides if setting.value is not None]
    if no_critique:
        given.append(Override("revise.critique", False, "--no-critique"))
    if principles:
        ids = tuple(part.strip() for part in principles.split(",") if part.strip())
        given.append(Override("revise.principles", ids, "--principles"))
    given += [parse_setting(text) for text in settings]
    keys = {setting.key for setting in given}
    begun = _starting_point(recipe, out, keys)
    resolved = override(begun or Recipe(), given)
    if begun is None and "prompts.path" not in keys:
        raise ConfigError(
            f"no prompts for {resolved.model.name}: give --prompts FILE (JSONL, see docs/prompts.md), "
            "or --prompts organism for the model organism's own"
        )
    return RunRequest(resolved, out, dry_run, quiet, form)


def _starting_point(recipe: str | None, out: Path | None, given: set[str]) -> "Recipe | None":
    """The recipe that the options are laid over; None where a model is named and nothing else says what to do."""
    from charter.recipe_files import DEFAULT, load_recipe
    from charter.run_files import MANIFEST_NAME, read_recipe

    if recipe is not None:
        return load_recipe(recipe)
    if out is not None and (out / MANIFEST_NAME).is_file():
        return read_recipe(out)
    return None if "model.name" in given else load_recipe(DEFAULT)
