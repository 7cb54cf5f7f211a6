"""The two sides of ``charter chat``: a person at a terminal, or a script at the two ends of a pipe."""

import io
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from charter.chat import Exchange, Talk
from charter.cli.failures import explain
from charter.cli.tables import row, text
from charter.documents import did_you_mean
from charter.errors import CharterError, ConfigError
from charter.terminal import console, is_interactive

SIDE_BY_SIDE = 80
"""Columns from which on two answers stand beside each other."""

HELP = """\
/undo        take the last exchange back
/reset       begin again
/save FILE   write the conversation to a new file (JSON Lines)
/quit        leave, as Ctrl-D does
//TEXT       say something that begins with a slash
Ctrl-C       stop an answer; at the prompt, leave"""
_COMMANDS = ("/help", "/undo", "/reset", "/save", "/quit")


class Screen:
    """Reads what is said, and shows what is answered: answers on stdout, all else on stderr."""

    def __init__(self, out: Console | None = None) -> None:
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")
        self.interactive = sys.stdin.isatty() and is_interactive()
        """A person is there, whom a mistake is told, and who then goes on."""
        self._out = out or console()

    def lines(self) -> Iterator[str]:
        """What is said, a line each, until the input ends or the user leaves."""
        if not self.interactive:
            yield from sys.stdin
            return
        with suppress(ImportError):
            import readline  # noqa: F401  # gives input() its editing and its history
        self.hint("Ctrl-D leaves, /help lists what else there is.")
        with suppress(EOFError, KeyboardInterrupt):
            while True:
                yield input("you> ")
        click.echo()

    def waiting(self) -> AbstractContextManager[object]:
        """A sign that an answer is on its way."""
        return console(stderr=True).status("") if self.interactive else nullcontext()

    def hint(self, line: str) -> None:
        """Something that is no answer."""
        console(stderr=True).print(text(line, "dim"), soft_wrap=True)

    def show(self, exchange: Exchange) -> None:
        """The answers: beside each other, or below each other where there is no room or no terminal."""
        answers = [(name, answer.text) for name, answer in exchange.answers.items()]
        if len(answers) > 1 and self._out.is_terminal and self._out.width >= SIDE_BY_SIDE:
            self._show_beside(answers)
        else:
            self._show_below(answers)
        for name, answer in exchange.answers.items():
            if answer.finish == "length":
                self.hint(f"{name} was cut off at the token limit; --max-new-tokens allows for more")

    def _show_beside(self, answers: list[tuple[str, str]]) -> None:
        grid = Table.grid(padding=(0, 3), expand=True)
        for _ in answers:
            grid.add_column(ratio=1, overflow="fold")
        row(grid, *(text(name, "bold") for name, _ in answers))
        row(grid, *(answer for _, answer in answers))
        self._out.print(grid)
        self._out.print()

    def _show_below(self, answers: list[tuple[str, str]]) -> None:
        named = len(answers) > 1 or self._out.is_terminal
        for name, answer in answers:
            if named:
                self._out.print(text(f"[{name}]", "bold"), soft_wrap=True)
            self._out.print(text(answer), soft_wrap=True)
            if named:
                self._out.print()


def converse(talk: Talk, screen: Screen) -> None:
    """Answers line by line until there are no more.

    Raises:
        CharterError, KeyboardInterrupt: what goes wrong where no person is there to go on.
    """
    for line in screen.lines():
        try:
            if line.strip() and not _obey(line.strip(), talk, screen):
                return
        except (CharterError, KeyboardInterrupt) as error:
            if not screen.interactive:
                raise
            screen.hint(explain(error)[0] if isinstance(error, CharterError) else "stopped, and taken back")


def _obey(line: str, talk: Talk, screen: Screen) -> bool:
    """Does what the line says; false to leave."""
    if not line.startswith("/") or line.startswith("//"):
        with screen.waiting():
            exchange = talk.say(line.removeprefix("/"))
        screen.show(exchange)
        return True
    command, _, argument = line.partition(" ")
    match command:
        case "/undo":
            screen.hint("taken back" if talk.undo() else "there is nothing to take back")
        case "/reset":
            talk.reset()
            screen.hint("begun again")
        case "/save":
            _save(talk, argument.strip(), screen)
        case "/help":
            screen.hint(HELP)
        case _ if command != "/quit":
            raise ConfigError(f"no command {command}; {did_you_mean(command, _COMMANDS)}, or '//' to say it")
    return command != "/quit"


def _save(talk: Talk, name: str, screen: Screen) -> None:
    if not name:
        raise ConfigError("/save needs a file; write /save FILE")
    path = Path(name).expanduser()
    talk.save(path)
    screen.hint(f"written to {path}")
