"""The second look: code that hangs together is lowered, its data followed, and the rules asked about it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache as remembered
from pathlib import Path

from charter.scan import ir
from charter.scan.analysis import Analysis
from charter.scan.engine import analyse
from charter.scan.findings import Finding, NotAnalysed
from charter.scan.front import lower
from charter.scan.front.jinja import read_template
from charter.scan.front.text import read_text
from charter.scan.inventory import inventory
from charter.scan.result import GroupResult, RuleCrash
from charter.scan.rules import all_rules
from charter.scan.rules.snippets import lines_at
from charter.scan.secrets import redact
from charter.scan.survey import Basis, facts_of
from charter.scan.template import Template


@dataclass(frozen=True, slots=True)
class FollowTask:
    """A group of code files, and the templates that it may load."""

    basis: Basis
    paths: tuple[str, ...]
    templates: tuple[str, ...]
    lines: int
    whole: bool = True
    """False where files that they hang together with are in another task."""

    def halves(self) -> tuple["FollowTask", ...]:
        """The same in two tasks; none where there is but one file."""
        middle = len(self.paths) // 2
        return tuple(
            replace(self, paths=part, lines=self.lines // 2 + 1, whole=False)
            for part in (self.paths[:middle], self.paths[middle:])
            if middle
        )


def follow(task: FollowTask) -> GroupResult:
    """What the rules find in a group."""
    modules, unread = _lowered(task)
    analysis = analyse(modules, facts_of(task.basis.models), _templates(task.basis.root, task.templates))
    unread += analysis.not_analysed
    findings, crashes = _checked(task.basis.root, analysis)
    try:
        listed = inventory(analysis)
    except Exception as error:  # noqa: BLE001  # as of a rule
        listed = None
        crashes.append(RuleCrash("inventory", task.paths[0], f"{type(error).__name__}: {error}"[:300]))
    if not task.whole:
        apart = f"it and {len(task.paths) - 1} other files were followed apart from some that they hang together with"
        unread.append(NotAnalysed(task.paths[0], apart, partly=True))
    return GroupResult(task.paths, tuple(findings), tuple(unread), tuple(crashes), listed)


def lost_group(task: FollowTask, reason: str) -> GroupResult:
    """What stands for a group that has no result."""
    return GroupResult(task.paths, not_analysed=tuple(NotAnalysed(path, reason) for path in task.paths))


def _lowered(task: FollowTask) -> tuple[dict[str, ir.Module], list[NotAnalysed]]:
    modules: dict[str, ir.Module] = {}
    unread: list[NotAnalysed] = []
    for path in task.paths:
        source = read_text(Path(task.basis.root), path)
        if isinstance(source, NotAnalysed):
            continue  # the survey has said so
        try:
            modules[path] = lower(path, source.text)
        except (RecursionError, MemoryError):
            unread.append(NotAnalysed(path, "the code is nested too deeply"))
        except Exception as error:  # noqa: BLE001  # a defect of the front end must not end the scan of the others
            unread.append(NotAnalysed(path, f"the parser failed: {type(error).__name__}: {error}"[:300]))
        else:
            unread += [NotAnalysed(path, _words(span), span.line, partly=True) for span in modules[path].broken]
    return modules, unread


def _words(span: ir.Span) -> str:
    lines = f"lines {span.line} to {span.end_line} do" if span.end_line > span.line else f"line {span.line} does"
    return f"{lines} not parse"


@remembered
def _templates(root: str, paths: tuple[str, ...]) -> Mapping[str, Template]:
    found: dict[str, Template] = {}
    for path in paths:
        source = read_text(Path(root), path)
        if not isinstance(source, NotAnalysed):
            found[path] = read_template(path, source.text)
    return found


def _checked(root: str, analysis: Analysis) -> tuple[list[Finding], list[RuleCrash]]:
    found: list[Finding] = []
    crashes: list[RuleCrash] = []
    for rule in all_rules():
        if rule.check is not None:
            try:
                found += rule.check(analysis)
            except Exception as error:  # noqa: BLE001  # one rule's defect is a result of the scan, not its end
                path = next(iter(analysis.modules), "")
                crashes.append(RuleCrash(rule.spec.id, path, f"{type(error).__name__}: {error}"[:300]))
    return [_with_snippet(root, finding, analysis) for finding in found], crashes


def _with_snippet(root: str, finding: Finding, analysis: Analysis) -> Finding:
    """The finding with the code that it is about, also where that is no code that was followed: a template."""
    if finding.snippet:
        return finding
    module = analysis.modules.get(finding.place.path)
    lines = module.lines if module else _lines(root, finding.place.path)
    return replace(finding, snippet=redact(lines_at(lines, finding.place)))


def _lines(root: str, path: str) -> tuple[str, ...]:
    source = read_text(Path(root), path)
    return () if isinstance(source, NotAnalysed) else tuple(source.text.split("\n"))
