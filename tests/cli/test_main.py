"""The frame of the command line: little is imported, and every failure is one line and an exit code."""

import errno
import logging
import os
import re
import subprocess
import sys
import types
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

import click
import pytest

import charter.cli as command_line
from charter import __version__
from charter.cli import COMMANDS, main, module_of
from charter.constitution import load_constitution
from charter.errors import ConfigError, Interrupted, MissingExtraError, StageError

HEAVY = ("torch", "transformers", "pydantic", "pyarrow", "numpy", "scipy", "rich", "yaml", "logging", "jinja2")
Raise = Callable[[BaseException], None]


@pytest.fixture
def raises(monkeypatch: pytest.MonkeyPatch) -> Raise:
    """Makes ``charter boom`` a command that raises."""

    def make(error: BaseException) -> None:
        @click.command(name="boom")
        def cli() -> None:
            raise error

        module = types.ModuleType("charter.cli.boom")
        module.cli = cli  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setitem(COMMANDS, "boom", "Fails.")

    return make


def charter(*arguments: str, stdout: int | BinaryIO = subprocess.PIPE, **environment: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a process of its own."""
    program = "import sys; from charter.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    return done.returncode, done.stdout, done.stderr


def test_help_imports_nothing_heavy_and_no_command() -> None:
    program = (
        "import sys; from charter.cli import main; code = main(['--help']);"
        f"print(code, sorted(m for m in sys.modules if m in {HEAVY!r} or m.startswith('charter.')), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == "0 ['charter.cli']\n"
    for name, help_text in COMMANDS.items():
        assert f"  {name} " in done.stdout
        assert help_text.split()[0] in done.stdout
    assert "Examples:" in done.stdout


def test_a_commands_module_imports_nothing_heavy() -> None:
    program = (
        "import sys, importlib; from charter.cli import COMMANDS, module_of;"
        "[importlib.import_module(module_of(name)) for name in COMMANDS];"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_table_lists_every_command_and_says_what_the_command_says() -> None:
    files = Path(command_line.__file__).parent.glob("[!_]*.py")
    commands = {file.stem.replace("_", "-") for file in files if "\ndef cli(" in file.read_text(encoding="utf-8")}
    assert commands == set(COMMANDS)
    for name in commands:
        command = import_module(module_of(name)).cli
        assert command.name == name
        assert command.get_short_help_str(200) == COMMANDS[name]


def test_the_documents_table_is_that_of_the_code() -> None:
    text = Path(__file__).parents[2].joinpath("docs", "cli.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \| (.+) \|$", text.partition("## Exit codes")[0], re.MULTILINE)
    assert rows == list(COMMANDS.items())


def all_commands() -> list[tuple[str, click.Command]]:
    found = []
    for name in COMMANDS:
        command = import_module(module_of(name)).cli
        group = command.commands if isinstance(command, click.Group) else None
        found += [(f"{name} {sub}", group[sub]) for sub in group] if group else [(name, command)]
    return found


@pytest.mark.parametrize(("path", "command"), all_commands(), ids=[path for path, _ in all_commands()])
def test_every_command_has_examples_that_parse(path: str, command: click.Command) -> None:
    text = click.Context(command).get_help()
    examples = [line.strip() for line in text.partition("Examples:\n")[2].partition("\n\n")[0].splitlines()]
    assert examples
    assert any(f"charter {path}" in example for example in examples)
    for example in examples:
        words = example.partition("charter ")[2].partition(" > ")[0].split()[len(path.split()) :]
        assert command.make_context(path, [word.strip("'") for word in words]).params is not None


def test_every_option_has_a_help_text() -> None:
    for path, command in all_commands():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, (path, parameter.name)


@pytest.mark.parametrize(
    ("error", "said", "code"),
    [
        (ConfigError("a.yaml:3: key 'x' is unknown"), "charter: error: a.yaml:3: key 'x' is unknown", 2),
        (StageError("the loss is no number"), "charter: error: the loss is no number", 3),
        (MissingExtraError("train", "fine-tuning"), "charter: error: fine-tuning needs the 'train' extra: pip", 2),
        (Interrupted("stopped in revise: 3 of 9"), "charter: stopped in revise: 3 of 9", 130),
        (KeyboardInterrupt(), "charter: interrupted", 130),
        (click.Abort(), "charter: interrupted", 130),
        (MemoryError(), "charter: error: there is not enough memory", 3),
        (click.FileError("f.txt", "gone"), "charter: error: Could not open file 'f.txt': gone", 2),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), "charter: error: /x: Permission denied", 3),
        (
            OSError(errno.ENOSPC, "No space left on device", "/x"),
            "charter: error: /x: No space left on device; make",
            3,
        ),
        (RuntimeError("a\nb"), "charter: error: unexpected RuntimeError in cli/__init__.py:", 3),
        (ConfigError("\x1b[2Jhid\u202eden\nline two"), "charter: error: \\x1b[2Jhid\\u202eden line two", 2),
    ],
)
def test_a_failure_is_one_line_and_an_exit_code(
    error: BaseException, said: str, code: int, raises: Raise, capsys: pytest.CaptureFixture[str]
) -> None:
    raises(error)
    assert main(["boom"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(said)
    assert err.count("\n") == 1


def test_a_defect_says_how_to_see_where_it_arose(raises: Raise, capsys: pytest.CaptureFixture[str]) -> None:
    raises(KeyError("x"))
    assert main(["boom"]) == 3
    assert "this is a defect in Charter: run the command again with CHARTER_TRACEBACK=1" in capsys.readouterr().err


@pytest.mark.parametrize("how", ["option", "environment"])
def test_the_traceback_is_shown_when_it_is_asked_for(
    how: str, raises: Raise, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    raises(ZeroDivisionError("\x1b[2J"))
    if how == "environment":
        monkeypatch.setenv("CHARTER_TRACEBACK", "1")
    assert main(["--traceback", "boom"] if how == "option" else ["boom"]) == 3
    err = capsys.readouterr().err
    assert err.startswith("Traceback (most recent call last):")
    assert err.splitlines()[-1].startswith("charter: error: unexpected ZeroDivisionError")
    assert "\x1b" not in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["contsitution"], "no command 'contsitution'; did you mean 'constitution'? (known: run, "),
        (["xyz"], "no command 'xyz'; write one of: run, "),
        (["constitution", "shw"], "No such command 'shw'. Did you mean 'show'? (see 'charter constitution --help')"),
        (
            ["constitution", "show", "--fromat", "x"],
            "Did you mean '--format'? (see 'charter constitution show",
        ),
        (["constitution", "show", "--format", "x"], "'x' is not one of 'table', 'yaml', 'json'. (see"),
        (["constitution", "check"], "Missing argument 'CONSTITUTION'. (see 'charter constitution check --help')"),
        (["--tracebak"], "Did you mean '--traceback'?"),
        (["\x1b[2J"], "no command '\\x1b[2J'; write one of: run"),
    ],
)
def test_wrong_usage_is_one_line_with_the_mend(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("charter: error: ")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["constitution"]])
def test_no_arguments_show_the_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Usage: charter")
    assert "Commands:" in err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"charter {__version__}\n"


def test_an_exit_code_of_a_command_is_passed_on(raises: Raise) -> None:
    raises(click.exceptions.Exit(1))
    assert main(["boom"]) == 1


def test_another_programs_exit_stays_its_own(raises: Raise) -> None:
    raises(SystemExit(7))
    with pytest.raises(SystemExit, match="7"):
        main(["boom"])


def test_a_warning_is_one_line_and_ends_with_the_command(
    raises: Raise, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "p\x1b[2J.jsonl"
    path.write_text('{"prompt": "a", "split": "train"}\n' * 2 + '{"prompt": "b", "split": "test"}\n')
    assert main(["prompts", "check", str(path)]) == 0
    err = capsys.readouterr().err
    assert err.startswith(f"charter: warning: {tmp_path}/p\\x1b[2J.jsonl: 1 duplicate")
    assert err.count("\n") == 1
    assert logging.getLogger("charter").handlers == []
    raises(RuntimeError())
    main(["boom"])
    assert logging.getLogger("charter").handlers == []


@pytest.mark.parametrize("arguments", [["--help"], ["constitution", "show"], ["constitution", "check", "default"]])
def test_a_reader_that_leaves_is_no_failure(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    code, _, err = charter(*arguments, stdout=writing)
    os.close(writing)
    assert (code, err) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_behind_stdout_is_one_line() -> None:
    with open("/dev/full", "wb") as full:
        code, _, err = charter("--help", stdout=full)
    assert code == 3
    assert err.startswith("charter: error: No space left on device; make room")
    assert err.count("\n") == 1


def test_closed_streams_are_no_failure() -> None:
    program = "import os, sys; os.close(1); os.close(2); os.execv(sys.executable, sys.argv[1:])"
    inner = "import sys; from charter.cli import main; sys.exit(main(['constitution', 'list']))"
    done = subprocess.run([sys.executable, "-c", program, sys.executable, "-c", inner])
    assert done.returncode == 0


def test_a_terminal_without_a_character_is_shown_its_escape(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    written = load_constitution("default").to_yaml()
    path.write_text(written.replace("No harm to anyone", "No harm \u2192 anyone"), encoding="utf-8")
    code, out, _ = charter("constitution", "show", str(path), "--id", "no-harm", PYTHONIOENCODING="ascii")
    assert code == 0
    assert "No harm \\u2192 anyone" in out


def test_a_shell_can_complete_words() -> None:
    _, out, _ = charter(_CHARTER_COMPLETE="bash_complete", COMP_WORDS="charter const", COMP_CWORD="1")
    assert out == "plain,constitution\n"
