"""Recipes by name or path, and the settings of the command line laid over them."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from charter.documents import did_you_mean, dotted, load_yaml
from charter.errors import ConfigError
from charter.recipe import Recipe

_SHIPPED = Path(__file__).with_name("recipes")
DEFAULT = "organism"


@dataclass(frozen=True, slots=True)
class Override:
    """One setting of the command line."""

    key: str
    """Dotted: ``revise.rounds``."""
    value: Any
    flag: str
    """What the user wrote it with: ``--rounds``."""


def shipped_recipes() -> tuple[str, ...]:
    """Names of the recipes that come with Charter."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.yaml")))


def load_recipe(ref: str) -> Recipe:
    """The recipe that ``ref`` names: a shipped one such as ``organism``, or the path of a YAML file.

    Raises:
        ConfigError: there is no such recipe, or its file has a mistake; the message names file, line, key and mend.
    """
    shipped = shipped_recipes()
    if ref in shipped:
        return load_yaml(_SHIPPED / f"{ref}.yaml", Recipe)
    path = Path(ref)
    if not path.exists():
        raise ConfigError(f"{ref}: no such recipe; name a YAML file, or a shipped one: {did_you_mean(ref, shipped)}")
    return load_yaml(path, Recipe)


def parse_setting(text: str) -> Override:
    """``key=value`` as given to ``--set``; the value is read as YAML.

    Raises:
        ConfigError: there is no ``=``, or the value is no YAML; the value is not repeated, for it may hold a password.
    """
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ConfigError("--set: write KEY=VALUE, for example --set sft.learning_rate=5e-5")
    try:
        parsed = yaml.safe_load(value) if value.strip() else ""
    except yaml.YAMLError:
        raise ConfigError(f"--set {key.strip()}: the value is no YAML; put it in quotes") from None
    return Override(key.strip(), _number(parsed), "--set")


def _number(value: Any) -> Any:
    """YAML 1.1 takes 5e-5 for a text; people mean the number."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def override(recipe: Recipe, overrides: Iterable[Override]) -> Recipe:
    """The recipe with those settings laid over it, the later ones over the earlier ones.

    Raises:
        ConfigError: an unknown key, or a value that it cannot have; the message names the flag.
    """
    for setting in overrides:
        recipe = _with(recipe, setting)
    return recipe


def _with(recipe: Recipe, setting: Override) -> Recipe:
    data = recipe.model_dump()
    section, *rest = setting.key.split(".")
    place = data
    for part in rest:
        place = _section(place, section, setting)
        section = part
    if section not in place:
        raise _unknown(setting, section, list(place))
    place[section] = setting.value
    try:
        return Recipe.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = dotted([str(part) for part in first["loc"]]) or setting.key
        message = first["msg"].removeprefix("Value error, ")
        raise ConfigError(f"{_written(setting)}: key '{where}': {message[0].lower()}{message[1:]}") from error


def _section(place: dict[str, Any], name: str, setting: Override) -> dict[str, Any]:
    if name not in place:
        raise _unknown(setting, name, list(place))
    inner = place[name]
    if not isinstance(inner, dict):
        raise ConfigError(f"{_written(setting)}: '{name}' is a value, not a section")
    return inner


def _unknown(setting: Override, name: str, known: list[str]) -> ConfigError:
    return ConfigError(f"{_written(setting)}: no key '{name}'; {did_you_mean(name, known)}")


def _written(setting: Override) -> str:
    return f"{setting.flag} {setting.key}" if setting.flag == "--set" else setting.flag
