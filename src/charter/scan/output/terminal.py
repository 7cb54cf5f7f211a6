"""The result for a person at a terminal: each finding with its code, and the way of the data drawn step by step."""

import io
from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from charter.scan.findings import Finding, Place, Severity, Step
from charter.scan.output.frames import Frames, Line, at, one_line
from charter.scan.output.words import CATEGORIES, coverage, left_out, unread, verdict
from charter.scan.result import ScanResult
from charter.scan.rule import RuleSpec
from charter.terminal import PIPED_WIDTH, console, neutral

LISTED = 20
"""Files that were not analysed, and notes, that are listed; --format json has all."""
_STYLES: dict[Severity, str] = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}


def render(result: ScanResult) -> str:
    """The same as plain text, for a file."""
    text = io.StringIO()
    print_result(result, Console(file=text, width=PIPED_WIDTH, color_system=None, highlight=False, emoji=False))
    return text.getvalue()


def print_result(result: ScanResult, out: Console | None = None) -> None:
    """Prints the findings, the most severe first, and then what else is to be known."""
    out = out or console()
    frames = Frames(result.root)
    rules = {spec.id: spec for spec in result.rules}
    for finding in result.findings:
        _print_finding(out, finding, frames, rules)
    print_summary(result, out)


def print_summary(result: ScanResult, out: Console | None = None) -> None:
    """What was looked at, left out and not understood."""
    out = out or console()
    _print_list(out, "Not analysed", [f"{_where(each.path, each.line)}: {each.reason}" for each in result.not_analysed])
    _print_list(out, "Comments", [f"{_where(note.path, note.line)}: {note.text}" for note in result.notes])
    failed = [f"{crash.rule} failed at {one_line(crash.path)}: {crash.error}" for crash in result.crashes]
    _print_list(out, "Defects of Charter", failed)
    for line in left_out(result):
        _say(out, line, "dim")
    _say(out, coverage(result))
    if said := unread(result):
        _say(out, said, "yellow" if not result.incomplete else "bold red")
    worst = next((severity for severity, number in result.by_severity().items() if number), None)
    _say(out, verdict(result), _STYLES[worst] if worst else "bold red" if result.incomplete else "green")


def _print_finding(out: Console, finding: Finding, frames: Frames, rules: Mapping[str, RuleSpec]) -> None:
    spec = rules.get(finding.rule)
    head = Text()
    head.append(finding.severity, _STYLES[finding.severity])
    head.append(f"  {neutral(spec.title if spec else CATEGORIES[finding.category])}", "bold")
    head.append(f"  {neutral(finding.rule)}", "dim")
    if finding.confidence != "high":
        head.append(f"  {finding.confidence} confidence", "dim")
    out.print(head, soft_wrap=True)
    _say(out, f"  {at(finding.place)}", "cyan")
    _say(out, f"  {finding.message}")
    _print_frame(out, frames.frame(finding.place), finding.place)
    if len(finding.steps) > 1:
        _print_steps(out, finding.steps, frames)
    for step in finding.related:
        _say(out, f"  see {at(step.place)}: {step.what}", "dim")
    if spec:
        _say(out, f"  mend: {spec.advice}", "green")
    if finding.edits:
        _say(out, "  --fix can do this.", "green")
    out.print()


def _print_frame(out: Console, lines: tuple[Line, ...], place: Place) -> None:
    width = len(str(lines[-1].number)) if lines else 0
    for line in lines:
        text = Text(f"  {'>' if line.marked else ' '} {line.number:>{width}} | ", "red" if line.marked else "dim")
        text.append(neutral(line.text), "" if line.marked else "dim")
        out.print(text, soft_wrap=True)
        if line.number == place.line and (caret := _caret(line, place)):
            out.print(Text(f"    {' ' * width} | {caret}", "red"), soft_wrap=True)


def _caret(line: Line, place: Place) -> str:
    """What points at the place within its first line; nothing where the line was redacted or cut to another length."""
    end = place.end_column if place.end_line == place.line else len(line.text) + 1
    before = line.text[: place.column - 1]
    if not place.end_line or end <= place.column or end > len(line.text) + 1 or neutral(line.text) != line.text:
        return ""
    return "".join("\t" if character == "\t" else " " for character in before) + "^" * (end - place.column)


def _print_steps(out: Console, steps: tuple[Step, ...], frames: Frames) -> None:
    """The way of the data, drawn from top to bottom; code that several steps stand on, below the last of them."""
    for place, step in enumerate(steps):
        last = place == len(steps) - 1
        branch = "o" if not place else "v" if last else "|"
        text = Text(f"  {branch}  ", "magenta")
        text.append(neutral(at(step.place)), "cyan")
        text.append(f"  {neutral(step.what)}", "bold" if last or not place else "")
        out.print(text, soft_wrap=True)
        same = not last and _stand(steps[place + 1]) == _stand(step)
        if not same and (code := frames.line(step.place)):
            out.print(Text(f"  {' ' if last else '|'}      {neutral(code)}", "dim"), soft_wrap=True)


def _stand(step: Step) -> tuple[str, int]:
    return step.place.path, step.place.line


def _print_list(out: Console, title: str, lines: list[str]) -> None:
    if not lines:
        return
    out.print(Text(title, "bold"))
    for line in lines[:LISTED]:
        _say(out, f"  {line}")
    if (more := len(lines) - LISTED) > 0:
        _say(out, f"  … and {more:,} more (--format json lists all)", "dim")
    out.print()


def _say(out: Console, text: str, style: str = "") -> None:
    out.print(Text(neutral(text), style), soft_wrap=True)


def _where(path: str, line: int) -> str:
    return f"{one_line(path)}:{line}" if line else one_line(path)
