"""What `charter scan` finds in the labelled cases, what it reports besides, and how fast it is; with peers.

    python benchmarks/scan.py [--peers VENV] [--semgrep-rules FOLDER...] [--speed FOLDER...] [--cases TEXT] [--details]

Every case of `benchmarks/scan_corpus` is scanned as a project of its own. A fault is found where a finding of its
category lies within three lines of it. Precision counts files: of those with a finding, the share that holds a fault.
Peers (semgrep, bandit and agent-audit, those of them that are installed in VENV) see the same files in one run. They
know no such categories, so any finding of theirs near a fault counts as a hit, and any file with a fault as rightly
reported; bandit's notes on imports, which claim no fault, count for nothing. semgrep needs rules: folders of a copy of
its public ones.

With `--speed` each tool scans the given folders, in a process of its own and without a cache: seconds, lines a second,
the memory of all its processes at their peak, and findings per 1,000 lines. The exit code is 1 where Charter misses
more than one fault in ten, or where more than one reported file in twenty holds none.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import yaml
from rich.table import Table

from charter.scan.scan import ScanOptions, scan
from charter.terminal import console

CORPUS = Path(__file__).parent / "scan_corpus"
CATEGORIES = ("prompt-injection", "excessive-agency", "insecure-output", "hardcoded-secret")
CHARTER = (sys.executable, "-c", "from charter.cli import main; main()", "scan")
NEAR = 3
RECALL, PRECISION = 0.90, 0.95
CODE = frozenset({".py", ".ipynb", ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"})


@dataclass(frozen=True)
class Spot:
    """A fault as it is labelled, or as a tool reports it."""

    case: str
    file: str
    line: int
    category: str
    """Empty for a peer's finding, which may be of any."""
    severity: str = ""
    elsewhere: tuple["Spot", ...] = ()
    """Other places where this fault is as well told."""

    def meets(self, other: "Spot") -> bool:
        same = (self.case, self.file) == (other.case, other.file) and abs(self.line - other.line) <= NEAR
        return same and (not self.category or not other.category or self.category == other.category)


@dataclass(frozen=True)
class Case:
    """One labelled program."""

    name: str
    category: str
    safe: bool
    across: str
    typescript: bool
    expect: tuple[Spot, ...]
    also: tuple[Spot, ...]


@dataclass(frozen=True)
class Tool:
    """A scanner: the command that prints JSON, and how to read it."""

    name: str
    command: Callable[[Path], list[str]]
    read: Callable[[Any], Iterator[tuple[str, int, str]]]
    """File, line and severity of each finding."""


def read_cases(wanted: str) -> list[Case]:
    cases = []
    for path in sorted(CORPUS.glob("*/*/case.yaml")):
        name = f"{path.parent.parent.name}/{path.parent.name}"
        label = yaml.safe_load(path.read_text("utf-8"))
        spots = [tuple(read_spot(name, each) for each in label.get(key) or ()) for key in ("expect", "also")]
        typescript = not any(path.parent.rglob("*.py"))
        category = path.parent.parent.name
        if wanted in name:
            cases.append(Case(name, category, label["safe"], label["across"], typescript, spots[0], spots[1]))
    return cases


def read_spot(case: str, label: Any) -> Spot:
    category = label["category"]
    others = tuple(Spot(case, each["file"], each["line"], category) for each in label.get("or") or ())
    return Spot(case, label["file"], label["line"], category, elsewhere=others)


def charter_findings(cases: Sequence[Case]) -> list[Spot]:
    found = []
    for case in cases:
        result = scan(CORPUS / case.name, ScanOptions(cache=False, jobs=1))
        for gap in (*result.not_analysed, *result.crashes):  # what was not looked at is no measure of what is found
            sys.exit(f"{case.name} was not scanned whole: {gap}")
        found += [
            Spot(case.name, each.place.path, each.place.line, each.category, each.severity) for each in result.findings
        ]
    return found


def peer_findings(tool: Tool, cases: Sequence[Case]) -> list[Spot]:
    output, _, _ = measured(tool.command(CORPUS))
    found = []
    for file, line, severity in tool.read(output):
        parts = Path(file).resolve().relative_to(CORPUS.resolve()).parts
        found.append(Spot("/".join(parts[:2]), "/".join(parts[2:]), line, "", severity))
    names = {case.name for case in cases}
    return [spot for spot in found if spot.case in names]


def measured(command: list[str]) -> tuple[Any, float, float]:
    """The JSON that a command writes, its seconds, and the most memory of all its processes in MB."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        with subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL) as process:
            most = 0.0
            watched = psutil.Process(process.pid)
            while process.poll() is None:
                most = max(most, _memory(watched))
                time.sleep(0.05)
        seconds = time.perf_counter() - start
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    try:
        return json.loads(text[max(text.find("{"), 0) :]), seconds, most
    except ValueError:
        sys.exit(f"{command[0]} gave no JSON: {text[:200]!r}")


def _memory(process: psutil.Process) -> float:
    total = 0
    with contextlib.suppress(psutil.Error):
        for each in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                total += each.memory_info().rss
    return total / 1e6


def charter_tool() -> Tool:
    def read(data: Any) -> Iterator[tuple[str, int, str]]:
        return ((each["path"], each["line"], each["severity"]) for each in data["findings"])

    def command(folder: Path) -> list[str]:
        return [*CHARTER, str(folder), "--format", "json", "--no-cache", "--no-ignore", "-q"]

    return Tool("charter", command, read)


def peers(venv: Path, rules: Sequence[Path]) -> list[Tool]:
    def path_of(name: str) -> str:
        return str(venv / "bin" / name)

    configs = [part for rule in rules for part in ("--config", str(rule))]
    known = [
        Tool(
            "semgrep",
            lambda folder: [
                path_of("semgrep"), "scan", "--json", "--metrics=off", "--disable-version-check", "--no-git-ignore",
                *configs, str(folder),
            ],
            lambda data: ((e["path"], e["start"]["line"], _semgrep_severity(e)) for e in data["results"]),
        ),
        Tool(
            "bandit",
            lambda folder: [path_of("bandit"), "-r", "-q", "-f", "json", str(folder)],
            lambda data: (
                (e["filename"], e["line_number"], e["issue_severity"].lower())
                for e in data["results"]
                if not e["test_id"].startswith("B4")
            ),
        ),
        Tool(
            "agent-audit",
            lambda folder: [path_of("agent-audit"), "scan", str(folder), "--format", "json"],
            lambda data: (
                (e["location"]["file_path"], e["location"]["start_line"], e["severity"]) for e in data["findings"]
            ),
        ),
    ]  # fmt: skip
    there = [tool for tool in known if Path(path_of(tool.name)).exists()]
    return [tool for tool in there if tool.name != "semgrep" or rules]


def _semgrep_severity(result: Any) -> str:
    impact = result["extra"].get("metadata", {}).get("impact", "")
    return "critical" if result["extra"]["severity"] == "ERROR" and impact == "HIGH" else "lower"


def faults(cases: Sequence[Case]) -> list[Spot]:
    return [spot for case in cases for spot in case.expect]


def hit(spot: Spot, found: Sequence[Spot]) -> bool:
    return any(each.meets(place) for place in (spot, *spot.elsewhere) for each in found)


def labelled(cases: Sequence[Case]) -> list[Spot]:
    """All places where a finding is right."""
    spots = [spot for case in cases for spot in (*case.expect, *case.also)]
    return [place for spot in spots for place in (spot, *spot.elsewhere)]


def precision(cases: Sequence[Case], found: Sequence[Spot]) -> tuple[int, int]:
    """Of the files with a finding, how many hold a fault (of that category, where a tool knows categories)."""
    right = {(spot.case, spot.file, spot.category) for spot in labelled(cases)}
    right |= {(case, file, "") for case, file, _ in right}
    reported = {(spot.case, spot.file, spot.category) for spot in found}
    return len(reported & right), len(reported)


def astray(cases: Sequence[Case], found: Sequence[Spot]) -> list[Spot]:
    """Findings that are no fault: in a safe program, or away from every fault of another."""
    right = labelled(cases)
    return [spot for spot in found if not hit(spot, right)]


def part(right: int, of: int) -> str:
    return f"{right}/{of}" if of else "-"


def quality_table(cases: Sequence[Case], results: dict[str, list[Spot]]) -> Table:
    table = Table(title=f"Faults found in {len(cases)} cases (and safe cases reported)")
    for heading in ("tool", *CATEGORIES, "recall", "precision"):
        table.add_column(heading, justify="left" if heading == "tool" else "right")
    for name, found in results.items():
        row = [name]
        for category in CATEGORIES:
            within = [case for case in cases if case.category == category]
            hits = sum(hit(spot, found) for spot in faults(within))
            safe = [case.name for case in within if case.safe]
            flagged = len({spot.case for spot in found} & set(safe))
            row.append(f"{part(hits, len(faults(within)))} ({part(flagged, len(safe))})")
        hits, right = sum(hit(spot, found) for spot in faults(cases)), precision(cases, found)
        table.add_row(*row, share(hits, len(faults(cases))), share(*right))
    return table


def flow_table(cases: Sequence[Case], results: dict[str, list[Spot]]) -> Table:
    table = Table(title="Faults found by the way of the data")
    ways = ("none", "function", "file", "field")
    for heading in ("tool", *[f"{language} {way}" for language in ("Python", "TypeScript") for way in ways]):
        table.add_column(heading, justify="left" if heading == "tool" else "right")
    for name, found in results.items():
        row = [name]
        for typescript in (False, True):
            for way in ways:
                within = faults([case for case in cases if case.typescript == typescript and case.across == way])
                row.append(part(sum(hit(spot, found) for spot in within), len(within)))
        table.add_row(*row)
    return table


def share(right: int, of: int) -> str:
    return f"{right / of:.2f}" if of else "-"


def details(cases: Sequence[Case], found: Sequence[Spot]) -> None:
    for spot in faults(cases):
        if not hit(spot, found):
            console().print(f"missed   {spot.case}/{spot.file}:{spot.line} {spot.category}", soft_wrap=True)
    for spot in astray(cases, found):
        console().print(f"astray   {spot.case}/{spot.file}:{spot.line} {spot.category}", soft_wrap=True)


def speed_table(tools: Sequence[Tool], folders: Sequence[Path]) -> Table:
    table = Table(title="Speed and memory")
    for heading in ("folder", "tool", "lines", "s", "lines/s", "MB", "findings/1,000 lines", "critical/1,000"):
        table.add_column(heading, justify="left" if heading in {"folder", "tool"} else "right")
    for folder in folders:
        lines = count_lines(folder)
        for tool in tools:
            output, seconds, megabytes = measured(tool.command(folder))
            found = list(tool.read(output))
            critical = sum(severity == "critical" for _, _, severity in found)
            figures = (f"{seconds:.1f}", f"{lines / seconds:,.0f}", f"{megabytes:,.0f}")
            rates = (f"{1000 * len(found) / max(lines, 1):.2f}", f"{1000 * critical / max(lines, 1):.3f}")
            table.add_row(folder.name, tool.name, f"{lines:,}", *figures, *rates)
    return table


def count_lines(folder: Path) -> int:
    files = (path for path in folder.rglob("*") if path.suffix in CODE and path.is_file())
    return sum(path.read_bytes().count(b"\n") for path in files)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--peers", type=Path, metavar="VENV", help="environment with semgrep, bandit, agent-audit")
    parser.add_argument("--semgrep-rules", type=Path, nargs="+", default=[], metavar="FOLDER")
    parser.add_argument("--speed", type=Path, nargs="+", default=[], metavar="FOLDER")
    parser.add_argument("--cases", default="", metavar="TEXT", help="only cases with this in their name")
    parser.add_argument("--details", action="store_true", help="list what Charter missed and what it reported besides")
    options = parser.parse_args()
    others = peers(options.peers, options.semgrep_rules) if options.peers else []
    if options.speed:
        console().print(speed_table([charter_tool(), *others], options.speed))
        return 0
    cases = read_cases(options.cases)
    if not cases:
        parser.error(f"no case has {options.cases!r} in its name")
    results = {"charter": charter_findings(cases)}
    results |= {tool.name: peer_findings(tool, cases) for tool in others}
    console().print(quality_table(cases, results))
    console().print(flow_table(cases, results))
    if options.details:
        details(cases, results["charter"])
    expected, (right, reported) = faults(cases), precision(cases, results["charter"])
    hits = sum(hit(spot, results["charter"]) for spot in expected)
    return int(hits < RECALL * len(expected) or right < PRECISION * reported)


if __name__ == "__main__":
    sys.exit(main())
