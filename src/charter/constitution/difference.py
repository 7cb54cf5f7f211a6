"""What changed from one constitution to another."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from charter.constitution.model import Constitution, Principle


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field with two values."""

    field: str
    """Dotted where it lies deeper: ``source.locator``."""
    old: str | float | None
    """None where the field was absent."""
    new: str | float | None


@dataclass(frozen=True, slots=True)
class PrincipleChange:
    """A principle that both constitutions have, and in what it differs."""

    id: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class ConstitutionDiff:
    """All that differs; falsy when nothing does, which is when the digests are equal."""

    header: tuple[FieldChange, ...]
    """Name, version, description."""
    added: tuple[Principle, ...]
    removed: tuple[Principle, ...]
    changed: tuple[PrincipleChange, ...]
    reordered: bool
    """The principles that both have stand in another order, so a seed draws others."""

    def __bool__(self) -> bool:
        return bool(self.header or self.added or self.removed or self.changed or self.reordered)


def diff(old: Constitution, new: Constitution) -> ConstitutionDiff:
    """What ``new`` adds to, removes from and changes in ``old``; principles are matched by their ids."""
    before = {principle.id: principle for principle in old.principles}
    after = {principle.id: principle for principle in new.principles}
    pairs = [(before[name], after[name]) for name in after if name in before]
    return ConstitutionDiff(
        header=_changes(old.model_dump(exclude={"principles"}), new.model_dump(exclude={"principles"})),
        added=tuple(item for name, item in after.items() if name not in before),
        removed=tuple(item for name, item in before.items() if name not in after),
        changed=tuple(
            PrincipleChange(one.id, _changes(one.model_dump(), two.model_dump())) for one, two in pairs if one != two
        ),
        reordered=[name for name in before if name in after] != [name for name in after if name in before],
    )


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    flat_old, flat_new = _flat(old), _flat(new)
    return tuple(
        FieldChange(field, flat_old[field], flat_new[field]) for field in flat_old if flat_old[field] != flat_new[field]
    )


def _flat(fields: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in fields.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
    return flat
