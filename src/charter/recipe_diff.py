"""What two recipes differ in, key by key."""

from dataclasses import dataclass
from typing import Any

from charter.digests import canonical, digest
from charter.recipe import Recipe

_ABSENT = "(absent)"
_COMMENTS = ("description", "expects")
"""Sections that tell people about a recipe and change nothing that a run does."""

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Difference:
    """One key with two values."""

    key: str
    """Dotted, as on the command line: ``sft.epochs``."""
    old: Any
    new: Any

    def __str__(self) -> str:
        return f"{self.key} {_shown(self.old)} -> {_shown(self.new)}"


def recipe_digest(recipe: Recipe) -> str:
    """SHA-256 of all that the recipe makes a run do; its description and expectations do not count."""
    return digest(_settings(recipe))


def recipe_differences(old: Recipe, new: Recipe) -> tuple[Difference, ...]:
    """Every key whose value changes what a run does, in the order of the recipe; empty when the digests are equal."""
    before, after = _flat(_settings(old)), _flat(_settings(new))
    keys = before | after
    return tuple(
        Difference(key, before.get(key, _ABSENT), after.get(key, _ABSENT))
        for key in keys
        if canonical(before.get(key, _ABSENT)) != canonical(after.get(key, _ABSENT))
    )


def _settings(recipe: Recipe) -> dict[str, Any]:
    return recipe.model_dump(mode="json", exclude=set(_COMMENTS))


def _flat(section: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in section.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def _shown(value: Any) -> str:
    text = "none" if value is None else repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
