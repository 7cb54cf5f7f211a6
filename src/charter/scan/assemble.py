"""What was found, made into what is reported: each fault once, as the project's settings and comments have it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from charter.scan.baseline import read_baseline, split_known
from charter.scan.config import RuleSettings, ScanConfig, Settings
from charter.scan.discover import Discovered
from charter.scan.findings import CONFIDENCES, SEVERITIES, Finding, NotAnalysed
from charter.scan.follow import FollowTask
from charter.scan.inventory import Inventory, joined
from charter.scan.result import Counts, FileResult, GroupResult, RuleCrash, ScanResult
from charter.scan.rules import all_rules
from charter.scan.suppress import Note, apply_suppressions


@dataclass(frozen=True, slots=True)
class Looked:
    """All that the two looks gave."""

    found: Discovered
    files: Sequence[FileResult]
    groups: Sequence[GroupResult]
    tasks: Sequence[FollowTask]
    cached: int
    """Files whose earlier result held."""


def assemble(
    looked: Looked, settings: Settings, past: Iterable[Finding] = (), past_unread: Iterable[NotAnalysed] = ()
) -> ScanResult:
    """The result of a scan; ``past`` is what the history holds, and ``past_unread`` what of it could not be read.

    Raises:
        ConfigError: the baseline cannot be read.
    """
    config = settings.scan
    everything = _once([*_findings(looked), *past])
    wanted = [each for each in (_as_configured(finding, config) for finding in everything) if each is not None]
    suppressions = [each for file in looked.files for each in file.suppressions]
    stands, suppressed, unused = apply_suppressions(wanted, suppressions, [rule.spec.id for rule in all_rules()])
    shown = [finding for finding in stands if _over(finding, config)]
    known = read_baseline(settings.path(config.baseline)) if config.baseline else Counter[str]()
    new, old = split_known(shown, known)
    unread = (*_unread(looked), *(replace(each, partly=True) for each in past_unread))
    crashes = _crashes(looked)
    return ScanResult(
        root=looked.found.root,
        findings=tuple(new),
        suppressed=tuple(suppressed),
        known=tuple(old),
        hidden=len(stands) - len(shown),
        notes=tuple(sorted([*(note for file in looked.files for note in file.notes), *unused], key=_place)),
        not_analysed=unread,
        crashes=crashes,
        counts=_counts(looked),
        rules=tuple(rule.spec for rule in all_rules() if _enabled(rule.spec.id, config)),
        inventory=joined(_inventories(looked)),
        incomplete=bool(crashes) or not looked.files or _share_unread(looked, unread) > config.max_not_analysed,
    )


def _findings(looked: Looked) -> Iterable[Finding]:
    for results in (looked.files, looked.groups):
        for result in results:
            yield from result.findings


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """Each fault once, the surest account of it; the most severe first."""
    best: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        key = (finding.rule, finding.place.path, finding.place.line, finding.place.column)
        other = best.get(key)
        if other is None or CONFIDENCES.index(finding.confidence) < CONFIDENCES.index(other.confidence):
            best[key] = finding
    return sorted(best.values(), key=lambda each: (SEVERITIES.index(each.severity), each.place, each.rule))


def _as_configured(finding: Finding, config: ScanConfig) -> Finding | None:
    if not _enabled(finding.rule, config):
        return None
    settings = _settings(finding.rule, config)
    return replace(finding, severity=settings.severity) if settings and settings.severity else finding


def _enabled(rule: str, config: ScanConfig) -> bool:
    settings = _settings(rule, config)
    return settings is None or settings.enabled


def _settings(rule: str, config: ScanConfig) -> RuleSettings | None:
    """What is settled about a rule, or about all rules of its folder."""
    return config.rules.get(rule) or config.rules.get(rule.partition("/")[0])


def _over(finding: Finding, config: ScanConfig) -> bool:
    severe = SEVERITIES.index(finding.severity) <= SEVERITIES.index(config.severity)
    return severe and CONFIDENCES.index(finding.confidence) <= CONFIDENCES.index(config.confidence)


def _unread(looked: Looked) -> tuple[NotAnalysed, ...]:
    found = [*looked.found.not_analysed]
    for results in (looked.files, looked.groups):
        for result in results:
            found += result.not_analysed
    return tuple(sorted(dict.fromkeys(found), key=lambda each: (each.partly, each.path, each.line)))


def _crashes(looked: Looked) -> tuple[RuleCrash, ...]:
    files = [crash for file in looked.files for crash in file.crashes]
    return tuple(dict.fromkeys([*files, *(crash for group in looked.groups for crash in group.crashes)]))


def _inventories(looked: Looked) -> Iterable[Inventory]:
    for results in (looked.files, looked.groups):
        for result in results:
            if result.inventory is not None:
                yield result.inventory


def _share_unread(looked: Looked, unread: Sequence[NotAnalysed]) -> float:
    whole = {each.path for each in unread if not each.partly}
    return len(whole) / max(1, len({file.path for file in looked.files} | whole))


def _counts(looked: Looked) -> Counts:
    return Counts(
        files=len(looked.files),
        lines=sum(file.lines for file in looked.files),
        followed=sum(len(task.paths) for task in looked.tasks),
        cached=looked.cached,
        skipped=looked.found.skipped,
    )


def _place(note: Note) -> tuple[str, int]:
    return note.path, note.line
