"""Finding a constitution by name or path."""

import os
from pathlib import Path

from charter.constitution.model import Constitution
from charter.documents import load_yaml, perhaps
from charter.errors import ConfigError

_TEXTS = Path(__file__).with_name("texts")


def shipped_constitutions() -> tuple[str, ...]:
    """Names of the constitutions that come with Charter."""
    return tuple(sorted(path.stem for path in _TEXTS.glob("*.yaml")))


def load_constitution(ref: str) -> Constitution:
    """The constitution that ``ref`` names: a shipped one such as ``default``, or the path of a YAML file.

    Raises:
        ConfigError: there is no such constitution, or its file has a mistake; the message names file, line, key, mend.
    """
    shipped = shipped_constitutions()
    if ref in shipped:
        return load_yaml(_TEXTS / f"{ref}.yaml", Constitution)
    if not os.path.exists(ref):  # unlike Path.exists, false for what can be no path at all
        raise ConfigError(
            f"{ref}: no such constitution{perhaps(ref, shipped)}; "
            f"name a YAML file, or a shipped one: {', '.join(shipped)}"
        )
    return load_yaml(Path(ref), Constitution)
