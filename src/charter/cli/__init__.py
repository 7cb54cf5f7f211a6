"""The command line: one file a command, each imported only when it is called.

Every failure is one line on stderr and an exit code: 0 clean, 1 findings or differences, 2 usage or configuration,
3 could not do it, 130 stopped by Ctrl-C, 141 nobody reads the output any more.
"""

import importlib
import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from charter import __version__

COMMANDS = {
    "run": "Train a model on a constitution and measure what came of it.",
    "constitution": "Check, show, list and compare constitutions.",
    "prompts": "Check a file of prompts before a run.",
    "revise": "Answer the red-team training prompts, then critique and revise in rounds.",
    "sft": "Fine-tune on the revisions and the model's own helpful answers.",
    "prefer": "Sample the fine-tuned model's answers in pairs, and label which is better.",
    "label": "Label which of two responses is better, for pairs of your own.",
    "reward": "Train a reward model on the preferences.",
    "dpo": "Train a policy on the preferences by DPO, without a reward model.",
    "rl": "Train a policy by reinforcement learning against the reward model.",
    "annotate": "Show pairs of responses on a local page, and keep which one people prefer.",
    "agreement": "Compare raters: AI with human, each with each, with themselves and with the truth.",
    "evaluate": "Answer the test prompts with every checkpoint and judge every answer.",
    "compare": "Compare the checkpoints of one run, or of several on the same prompts: Elo scores, harm, evasiveness.",
    "consistency": "Ask a model the same request in many phrasings, and count how often two get the same decision.",
    "multiple-choice": "Score a model on multiple-choice sets by the log-probabilities that it gives to the options.",
    "report": "Write the report of a run, finished or not: one HTML file that needs no network and no other file.",
    "trace": "Trace an answer to the training examples and principles behind it.",
    "scan": "Scan an application's code for prompt injection, excessive agency, insecure output handling and secrets.",
    "runs": "List, show and compare runs.",
    "organism": "Train and measure the model organism, and look into its world.",
    "chat": "Talk to a model in the terminal, or to two side by side.",
}
"""Each command's name and the first sentence of its help."""

NOBODY_READS = 141
"""What a shell reports for a program that died of a closed pipe (128 + SIGPIPE)."""


def module_of(command: str) -> str:
    """The module that holds a command."""
    return f"charter.cli.{command.replace('-', '_')}"


class Settings:
    """What the options before the command say."""

    traceback = False


class _LazyGroup(click.Group):
    """Knows its commands by name and help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(module_of(cmd_name)).cli
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from charter.documents import did_you_mean

            raise click.UsageError(f"no command '{args[0]}'; {did_you_mean(args[0], list(COMMANDS))}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=_LazyGroup,
    name="charter",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.option(
    "--traceback",
    is_flag=True,
    envvar="CHARTER_TRACEBACK",
    show_envvar=True,
    help="Show where an error arose, for a report of a defect.",
)
@click.pass_context
def cli(context: click.Context, traceback: bool) -> None:
    """Charter takes a model from a written constitution to a release decision.

    \b
    Examples:
      charter run                                  train and measure the embedded model organism
      charter constitution show                    read the constitution that it is trained on
      charter run --model ./my-model --constitution my.yaml --prompts my.jsonl --out runs/x
      charter run --feedback human --out runs/y    the same on people's labels, here simulated ones
      charter compare runs/x runs/y                all their checkpoints beside one another
      charter label pairs.jsonl --judge ./judge-model --out labels/x
      charter agreement runs/x labels.csv          who agrees with whom, and what an AI label is worth
      charter trace latest --list                  what can be traced to what it was learned from
      charter runs show latest
    """
    context.ensure_object(Settings).traceback = traceback
    context.with_resource(_warnings_as_lines())


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line (by default the process's own) and returns its exit code."""
    settings = Settings()
    failure: BaseException | None = None
    code = 0
    try:
        code = _invoke(list(sys.argv[1:] if arguments is None else arguments), settings)
    except (Exception, KeyboardInterrupt, SystemExit) as error:  # noqa: BLE001  # told below, in one line
        failure = error
    failure = _flush() or failure
    if failure is None:
        return code
    if _nobody_reads(failure):
        return NOBODY_READS
    if isinstance(failure, SystemExit):
        raise failure
    from charter.cli.failures import tell

    return tell(failure, settings.traceback)


def _invoke(arguments: list[str], settings: Settings) -> int:
    _prepare_output()
    if "_CHARTER_COMPLETE" in os.environ:
        cli.main(prog_name="charter")  # answers a shell that completes a word, and leaves
    try:
        with cli.make_context("charter", arguments, obj=settings) as context:
            cli.invoke(context)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    return 0


def _prepare_output() -> None:
    """Nothing that is printed fails for a stream that is closed, or that has no character for it."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  # open as long as the process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _flush() -> OSError | None:
    """Writes what is still in stdout's buffer; an error of that is returned, so that the interpreter meets none."""
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return error
    return None


def _nobody_reads(failure: BaseException) -> bool:
    """Whether the reader of a pipe has left, as in ``charter runs list | head``; rich turns that into its own exit."""
    cause = failure.__context__ if isinstance(failure, SystemExit) else failure
    return isinstance(cause, BrokenPipeError)


@contextmanager
def _warnings_as_lines() -> Iterator[None]:
    """What Charter's modules log as a warning is one plain line on stderr while a command runs."""
    import logging

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            from charter.terminal import neutral

            text = " ".join(record.getMessage().splitlines())
            click.echo(neutral(f"charter: {record.levelname.lower()}: {text}"), err=True)

    handler = Lines(logging.WARNING)
    logger = logging.getLogger("charter")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
