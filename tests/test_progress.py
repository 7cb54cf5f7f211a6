"""A bar on a terminal, a line now and then elsewhere, nothing when quiet; never on stdout."""

import os
import pty
import subprocess
import sys

import pytest

from charter.progress import Progress


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_lines_come_at_most_once_an_interval_with_rate_and_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    with Progress(clock=clock).task("revise", 1000, done=100) as advance:
        for _ in range(9):
            clock.now += 4
            advance(100)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "revise: 400/1,000 (40%), 25/s, 24 s left",
        "revise: 700/1,000 (70%), 25/s, 12 s left",
        "revise: 1,000/1,000 (100 of them earlier) in 36 s, 25/s",
    ]


def test_nothing_left_to_do_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(clock=Clock()).task("revise", 5, done=5):
        pass
    assert capsys.readouterr().err == "revise: 5/5 (5 of them earlier) in 0.0 s\n"


def test_long_work_counts_in_minutes_and_hours(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    with Progress(clock=clock).task("revise", 1000) as advance:
        clock.now += 100
        advance(10)
    first, last = capsys.readouterr().err.splitlines()
    assert first == "revise: 10/1,000 (1%), 0.1/s, 2:45:00 left"
    assert last == "revise: 10/1,000 in 1:40 min, 0.1/s"


def test_work_that_fails_ends_without_a_summary(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError), Progress().task("revise", 5):
        raise RuntimeError
    assert capsys.readouterr().err == ""


def test_quiet_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(quiet=True)
    progress.note("a word")
    with progress.task("revise", 1) as advance:
        advance(1)
    assert capsys.readouterr() == ("", "")


def test_labels_and_notes_are_neutral(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    progress.note("\x1b]0;title\x07")
    with progress.task("[red]\x1b[2J", 1) as advance:
        advance(1)
    note, line = capsys.readouterr().err.splitlines()
    assert note == "\\x1b]0;title\\x07"
    assert line.startswith("[red]\\x1b[2J: 1/1 in")


def test_a_terminal_gets_a_bar() -> None:
    program = (
        "from charter.progress import Progress\n"
        "with Progress().task('[b]revise', 40, done=10) as advance:\n"
        "    for _ in range(30): advance(1)\n"
        "print('result')"
    )
    ours, theirs = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key != "CI"} | {"TERM": "xterm", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=theirs, env=environment, check=True
    )
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert done.stdout == b"result\n"
    assert "[b]revise" in shown
    assert "40/40" in shown
    assert "\x1b[" in shown
