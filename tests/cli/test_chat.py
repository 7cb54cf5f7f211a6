"""``charter chat``: scripts at a pipe with real models, and a person at a real terminal."""

import fcntl
import io
import json
import os
import pty
import signal
import struct
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from charter.chat import Exchange, Talk
from charter.cli.chat import cli
from charter.cli.chat_screen import Screen
from charter.errors import CharterError, ConfigError, ModelError, StageError
from charter.models import Completion, Sampling, load_completer
from charter.recipe import ModelConfig
from charter.terminal import neutral

SHORT = ("--max-new-tokens", "8")


def invoke(said: str | bytes, *arguments: object) -> Result:
    result = CliRunner().invoke(cli, [str(argument) for argument in (*SHORT, *arguments)], input=said)
    if result.exception is not None and not isinstance(result.exception, SystemExit | CharterError):
        raise result.exception
    return result


def answers(folder: Path, *said: str, system: str = "", temperature: float = 1.0, seed: int = 0) -> str:
    """What stdout should be: the answers of that conversation, as a program would ask for them."""
    models = {"x": load_completer(ModelConfig(name=str(folder)))}
    talk = Talk(models, Sampling(temperature=temperature, max_new_tokens=8), system=system, seed=seed)
    return "".join(neutral(talk.say(text).answers["x"].text) + "\n" for text in said)


def test_every_line_is_a_turn_and_only_answers_are_written(tiny_llama: Path) -> None:
    result = invoke("Hello\n\n  And then? \n//x", "--model", tiny_llama)
    assert result.exit_code == 0
    assert result.stdout == answers(tiny_llama, "Hello", "And then?", "/x")
    assert "cut off at the token limit; --max-new-tokens" in result.stderr
    result = invoke("Hello\n", "--model", tiny_llama, "--system", "Be kind.", "--temperature", 0, "--seed", 5)
    assert result.stdout == answers(tiny_llama, "Hello", system="Be kind.", temperature=0.0, seed=5)


def test_what_is_taken_back_does_not_count(tiny_llama: Path) -> None:
    greedy = ("--model", tiny_llama, "--temperature", 0)
    first = answers(tiny_llama, "Hello", temperature=0.0)
    assert invoke("Hello\n/undo\nHello\n/reset\nHello\n", *greedy).stdout == first * 3
    assert invoke("/undo\n", *greedy).stderr == "there is nothing to take back\n"


def test_quit_leaves_before_the_end(tiny_llama: Path) -> None:
    result = invoke("/help\n/quit\nHello\n", "--model", tiny_llama)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "/save FILE" in result.stderr


def test_two_models_answer_below_each_other(tiny_llama: Path, tmp_path: Path) -> None:
    path = tmp_path / "talk.jsonl"
    result = invoke(f"Hello\n/save {path}\n", "--model", tiny_llama, "--compare", tiny_llama, "--temperature", 0)
    answer = answers(tiny_llama, "Hello", temperature=0.0)
    assert result.stdout == f"[{tiny_llama}]\n{answer}\n[{tiny_llama} (2)]\n{answer}\n"
    assert result.stderr.endswith(f"written to {path}\n")
    saved = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["model"] for line in saved] == [str(tiny_llama), f"{tiny_llama} (2)"]
    assert saved[0]["messages"][0] == {"role": "user", "content": "Hello"}


def test_a_base_model_speaks_in_the_transcript_form(make_tiny_model: Callable[..., Path], tmp_path: Path) -> None:
    folder = make_tiny_model(tmp_path / "base", chat_template=False)
    refused = invoke("Hello\n", "--model", folder)
    assert isinstance(refused.exception, ModelError)
    assert "--chat-format transcript" in str(refused.exception)
    assert invoke("Hello\n", "--model", folder, "--chat-format", "transcript").exit_code == 0


@pytest.mark.parametrize(
    ("said", "error", "line"),
    [
        ("/svae x\n", ConfigError, "no command /svae; did you mean '/save'?"),
        ("/save\n", ConfigError, "/save needs a file; write /save FILE"),
        ("/save .\n", ConfigError, ".: is there already; name a new file"),
        ("Hello " * 999 + "\n", StageError, "has no answer: the prompt has "),
    ],
)
def test_a_script_ends_at_its_first_mistake(said: str, error: type[CharterError], line: str, tiny_llama: Path) -> None:
    result = invoke(said + "Hello\n", "--model", tiny_llama)
    assert isinstance(result.exception, error)
    assert line in str(result.exception)
    assert result.stdout == ""


def test_bytes_that_are_no_text_are_read_all_the_same(tiny_llama: Path) -> None:
    assert invoke(b"caf\xe9 \xed\xa0\x80\n", "--model", tiny_llama).exit_code == 0


def test_a_model_that_is_not_there_is_named(tiny_llama: Path, tmp_path: Path) -> None:
    result = invoke("Hello\n", "--model", tiny_llama, "--compare", tmp_path / "none")
    assert isinstance(result.exception, ModelError)
    assert str(tmp_path / "none") in str(result.exception)


EXCHANGE = Exchange(
    "Hi",
    {
        "base": Completion("left " * 12, "stop", 12),
        "sl-cai": Completion("right [bold]\x1b[2J " * 6, "length", 12),
    },
)


def shown(width: int, terminal: bool) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=terminal, no_color=True, highlight=False, emoji=False)
    Screen(console).show(EXCHANGE)
    return [line.rstrip() for line in out.getvalue().replace("\x1b[1m", "").replace("\x1b[0m", "").splitlines()]


def test_two_answers_stand_beside_each_other_where_there_is_room(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(100, terminal=True)
    assert lines[0].split() == ["base", "sl-cai"]
    assert lines[1].startswith("left left")
    assert "right [bold]\\x1b[2J right" in lines[1]
    assert max(len(line) for line in lines) <= 100
    assert capsys.readouterr().err == "sl-cai was cut off at the token limit; --max-new-tokens allows for more\n"


@pytest.mark.parametrize(("width", "terminal"), [(60, True), (100, False)])
def test_else_below_each_other(width: int, terminal: bool) -> None:
    lines = shown(width, terminal)
    assert lines == ["[base]", ("left " * 12).rstrip(), "", "[sl-cai]", ("right [bold]\\x1b[2J " * 6).rstrip(), ""]


PROGRAM = """
import sys, time
from charter.chat import Talk
from charter.cli.chat_screen import Screen, converse
from charter.models import Completion, Sampling

class Echo:
    name, digest = "echo", "d"
    def complete(self, chats, sampling, on_done=None):
        said = chats[0].messages[-1].content
        if said == "wait":
            print("WAITING", flush=True)
            time.sleep(60)
        return [Completion(f"{len(chats[0].messages)} turns, <{said}> \\x1b[5m", "stop", 1)]

converse(Talk({"one": Echo(), "two": Echo()}, Sampling()), Screen())
print("LEFT")
"""


class Terminal:
    """A program at a terminal of its own."""

    def __init__(self, columns: int) -> None:
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": str(columns), "CI": ""}
        self.process, self._fd = pty.fork()
        if not self.process:
            os.execve(sys.executable, [sys.executable, "-c", PROGRAM], environment)  # noqa: S606
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))

    def types(self, keys: str, until: str) -> str:
        """What the program writes after those keys, as far as ``until``."""
        os.write(self._fd, keys.encode())
        return self.reads(until)

    def reads(self, until: str) -> str:
        written = ""
        while until not in written:
            try:
                written += os.read(self._fd, 4096).decode()
            except OSError:  # how Linux tells of the end
                break
        assert until in written, written
        return written

    def end(self) -> int:
        _, status = os.waitpid(self.process, 0)
        os.close(self._fd)
        return os.waitstatus_to_exitcode(status)


@pytest.fixture
def deadline() -> Iterator[None]:
    """Fails a test that waits for what never comes."""

    def fail(*_: object) -> None:
        raise TimeoutError("nothing came")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(600)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("deadline")
def test_a_person_at_a_terminal() -> None:
    terminal = Terminal(columns=100)
    assert "/help lists" in terminal.reads("you> ")
    answer = terminal.types("Hello\n", "you> ")
    assert "1 turns, <Hello> \\x1b[5m" in answer
    assert "\x1b[5m" not in answer
    assert any("one" in line and "two" in line for line in answer.splitlines())
    assert "no command /oops" in terminal.types("/oops\n", "you> ")
    terminal.types("wait\n", "WAITING")
    assert "stopped, and taken back" in terminal.types("\x03", "you> ")
    assert "3 turns, <Again>" in terminal.types("Again\n", "you> ")
    terminal.types("\x03", "LEFT")
    assert terminal.end() == 0


@pytest.mark.usefixtures("deadline")
def test_the_end_of_input_leaves() -> None:
    terminal = Terminal(columns=60)
    terminal.reads("you> ")
    answer = terminal.types("Hello\n", "you> ")
    assert answer.index("[one]") < answer.index("[two]")
    terminal.types("\x04", "LEFT")
    assert terminal.end() == 0
