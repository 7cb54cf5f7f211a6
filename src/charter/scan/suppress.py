"""Findings that the code's own author answers for: ``# charter: ignore[rule] reason``, in any comment style.

The comment stands on a line of the finding, or by itself above it. It names the rule (or ``secrets``, a whole folder of
rules) and says why; one that does not, and one that no finding needs any more, is reported. Behind a backtick it is
quoted, and no comment.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from charter.scan.findings import Finding
from charter.scan.kinds import kind_of

_MARK = "charter: ignore"
_COMMENT = re.compile(
    r"(?<!`)(?:#|//|/\*|<!--|\{#|--|;)[ \t]*charter:[ \t]*ignore(?:\[(?P<rules>[^\]\n]*)\])?(?P<reason>[^\n]*)"
)
_CLOSING = re.compile(r"[ \t]*(?:\*/\}?|-->|#\})?(?:\\n|[ \t\",\r])*$")
_ALONE = re.compile(r"[\s\"{]*")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One such comment."""

    path: str
    line: int
    rules: tuple[str, ...]
    reason: str
    covers: int
    """The line whose findings it answers for: its own, or the first below that is no such comment."""

    def fits(self, finding: Finding) -> bool:
        """Whether the comment is about that finding."""
        place = finding.place
        where = place.line <= self.covers <= max(place.line, place.end_line)
        return place.path == self.path and where and any(_names(rule, finding.rule) for rule in self.rules)


@dataclass(frozen=True, slots=True)
class Note:
    """Something that the user should know of the scan's own workings, at a place."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that is not reported, and the reason that its author gives."""

    finding: Finding
    reason: str


def read_suppressions(path: str, text: str) -> tuple[tuple[Suppression, ...], tuple[Note, ...]]:
    """The comments of a file that are complete, and what is wrong with the others."""
    if "charter" not in text or "ignore" not in text:
        return (), ()
    found: list[Suppression] = []
    wrong: list[Note] = []
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        match = _COMMENT.search(line)
        if match is None:
            continue
        rules = tuple(rule.strip() for rule in (match["rules"] or "").split(",") if rule.strip())
        reason = _CLOSING.sub("", match["reason"]).strip(" \t:-\u2013\u2014")
        if not rules:
            wrong.append(Note(path, number, f"name what is ignored: '{_MARK}[rule] reason'; nothing is ignored here"))
        elif not reason:
            wrong.append(Note(path, number, f"say why: '{_MARK}[{rules[0]}] reason'; nothing is ignored here"))
        else:
            alone = _ALONE.fullmatch(line[: match.start()]) is not None
            found.append(Suppression(path, number, rules, reason, _below(lines, number) if alone else number))
    return tuple(found), tuple(wrong)


def apply_suppressions(
    findings: Iterable[Finding], suppressions: Sequence[Suppression], known_rules: Collection[str]
) -> tuple[list[Finding], list[Suppressed], list[Note]]:
    """The findings that stand, those that are answered for, and the comments that no finding needs."""
    by_path: dict[str, list[Suppression]] = {}
    for suppression in suppressions:
        by_path.setdefault(suppression.path, []).append(suppression)
    stands: list[Finding] = []
    answered: list[Suppressed] = []
    used: set[Suppression] = set()
    for finding in findings:
        fitting = [each for each in by_path.get(finding.place.path, ()) if each.fits(finding)]
        if fitting:
            used.update(fitting)
            answered.append(Suppressed(finding, fitting[0].reason))
        else:
            stands.append(finding)
    idle = [each for each in suppressions if each not in used and not _example(each)]
    return stands, answered, [Note(each.path, each.line, _unused(each, known_rules)) for each in idle]


def _example(suppression: Suppression) -> bool:
    """In prose, where nothing but secrets is looked for, a comment about other rules is shown and not meant."""
    about_secrets = any(rule.partition("/")[0] == "secrets" for rule in suppression.rules)
    return kind_of(suppression.path) == "text" and not about_secrets


def _unused(suppression: Suppression, known_rules: Collection[str]) -> str:
    unknown = [rule for rule in suppression.rules if not any(_names(rule, known) for known in known_rules)]
    if unknown:
        return f"'{_MARK}[{unknown[0]}]' names no rule; 'charter scan --rules' lists them"
    return f"'{_MARK}[{', '.join(suppression.rules)}]' is not needed (any more); remove it"


def _names(written: str, rule: str) -> bool:
    return written == rule or rule.startswith(f"{written.removesuffix('/*')}/")


def _below(lines: Sequence[str], number: int) -> int:
    """The next line that is neither blank nor such a comment alone."""
    for place in range(number, len(lines)):
        match = _COMMENT.search(lines[place])
        blank = not lines[place].strip()
        if not blank and (match is None or _ALONE.fullmatch(lines[place][: match.start()]) is None):
            return place + 1
    return number
