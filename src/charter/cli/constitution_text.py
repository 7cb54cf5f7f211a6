"""What the commands of ``charter constitution`` say in plain text and in JSON."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from charter.constitution import Constitution, ConstitutionDiff, FieldChange, Remark
from charter.terminal import neutral

Line = tuple[str, str]
"""A line and its colour; none where that is empty."""


def summary(constitution: Constitution) -> dict[str, Any]:
    """Name, version, digest and counts."""
    return {
        "name": constitution.name,
        "version": constitution.version,
        "description": constitution.description,
        "digest": constitution.digest,
        "principles": len(constitution.principles),
        "drawn": len(constitution.select()),
        "categories": dict(Counter(principle.category for principle in constitution.principles)),
    }


def checked(constitution: Constitution, remarks: Sequence[Remark]) -> str:
    """The summary and the remarks, for people."""
    principles, drawn = len(constitution.principles), len(constitution.select())
    categories = Counter(principle.category for principle in constitution.principles)
    lines = [
        f"{constitution.name}, version {constitution.version}: good",
        f"digest      {constitution.digest}",
        f"principles  {principles}" + (f", of which {drawn} are drawn" if drawn < principles else ""),
        f"categories  {', '.join(f'{name} {count}' for name, count in categories.items())}",
        f"remarks     {len(remarks) or 'none'}",
        *(f"  {remark.principle_id or constitution.name}: {remark.what}" for remark in remarks),
    ]
    return neutral("\n".join(lines))


def difference_lines(old: Constitution, new: Constitution, found: ConstitutionDiff) -> Iterator[Line]:
    """What was added, removed and changed, a line each."""
    if not found:
        yield f"They say the same: digest {old.digest}", ""
        return
    yield f"digest {old.digest[:12]} -> {new.digest[:12]}", ""
    yield from _changes(found.header, "")
    for principle in found.removed:
        yield f"- {principle.id}: {principle.title}", "red"
    for principle in found.added:
        yield f"+ {principle.id}: {principle.title}", "green"
    for change in found.changed:
        yield f"~ {change.id}", "yellow"
        yield from _changes(change.fields, "    ")
    if found.reordered:
        yield "The principles stand in another order, so a seed draws others.", ""


def difference_json(old: Constitution, new: Constitution, found: ConstitutionDiff) -> dict[str, Any]:
    """The difference as JSON values."""
    return {
        "same": not found,
        "old": old.digest,
        "new": new.digest,
        "header": [asdict(change) for change in found.header],
        "added": [principle.model_dump(mode="json") for principle in found.added],
        "removed": [principle.model_dump(mode="json") for principle in found.removed],
        "changed": [asdict(change) for change in found.changed],
        "reordered": found.reordered,
    }


def _changes(changes: Sequence[FieldChange], indent: str) -> Iterator[Line]:
    for change in changes:
        yield f"{indent}{change.field}", ""
        for sign, value, colour in (("-", change.old, "red"), ("+", change.new, "green")):
            if value not in (None, ""):
                yield f"{indent}  {sign} {' '.join(_text(value).split())}", colour


def _text(value: str | float | None) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
