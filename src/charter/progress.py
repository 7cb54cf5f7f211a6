"""How far long work has come: a bar on a terminal, a line now and then anywhere else, always on stderr."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from charter.terminal import console, is_interactive, neutral

Advance = Callable[[float], None]
"""Called with the number of units just done."""

SECONDS_BETWEEN_LINES = 10.0


class Progress:
    """Shows the tasks of a run, one after another."""

    def __init__(
        self,
        quiet: bool = False,
        interval: float = SECONDS_BETWEEN_LINES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``quiet`` shows nothing. ``interval`` is the least number of seconds between two plain lines."""
        self.quiet = quiet
        self._interval = interval
        self._clock = clock

    def note(self, text: str) -> None:
        """One line about what is going on; above the bar, where there is one."""
        if not self.quiet:
            print(neutral(text), file=sys.stderr, flush=True)

    @contextmanager
    def task(self, label: str, total: int, done: int = 0) -> Iterator[Advance]:
        """Work of ``total`` units, of which ``done`` were done in an earlier session; yields ``advance(n)``.

        The rate and the time left count only what is done now.
        """
        if self.quiet:
            yield lambda _: None
        elif is_interactive(stderr=True):
            with _bar(neutral(label), total, done) as advance:
                yield advance
        else:
            lines = _Lines(neutral(label), total, done, self._interval, self._clock)
            yield lines.advance
            lines.end()


@contextmanager
def _bar(label: str, total: int, done: int) -> Iterator[Advance]:
    from rich import progress as rich_progress
    from rich.text import Text

    class Rate(rich_progress.ProgressColumn):
        def render(self, task: rich_progress.Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{_short(speed)}/s" if speed else "", style="progress.data.speed")

    with rich_progress.Progress(
        rich_progress.TextColumn("{task.description}", markup=False),
        rich_progress.BarColumn(),
        rich_progress.MofNCompleteColumn(),
        Rate(),
        rich_progress.TimeRemainingColumn(elapsed_when_finished=True),
        console=console(stderr=True),
    ) as bar:
        task = bar.add_task(label, total=total, completed=done)
        yield lambda n: bar.advance(task, n)


class _Lines:
    def __init__(self, label: str, total: int, done: int, interval: float, clock: Callable[[], float]) -> None:
        self._label = label
        self._total = total
        self._earlier = done
        self._done: float = done
        self._interval = interval
        self._clock = clock
        self._began = self._last = clock()

    def advance(self, n: float) -> None:
        self._done += n
        now = self._clock()
        if now - self._last >= self._interval and self._done < self._total:
            self._last = now
            rate = self._rate(now)
            left = f", {_time((self._total - self._done) / rate)} left" if rate else ""
            share = self._done / self._total
            self._write(f"{int(self._done):,}/{self._total:,} ({share:.0%}), {_short(rate)}/s{left}")

    def end(self) -> None:
        now = self._clock()
        earlier = f" ({self._earlier:,} of them earlier)" if self._earlier else ""
        rate = f", {_short(self._rate(now))}/s" if self._done > self._earlier else ""
        self._write(f"{int(self._done):,}/{self._total:,}{earlier} in {_time(now - self._began)}{rate}")

    def _rate(self, now: float) -> float:
        elapsed = now - self._began
        return (self._done - self._earlier) / elapsed if elapsed > 0 else 0.0

    def _write(self, text: str) -> None:
        print(f"{self._label}: {text}", file=sys.stderr, flush=True)


def _short(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.3g}"


def _time(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02} min"
