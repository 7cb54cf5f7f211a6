"""Finding a constitution by name or path."""

from pathlib import Path

from charter.constitution.model import Constitution
from charter.documents import did_you_mean, load_yaml
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
    path = Path(ref)
    if not path.exists():
        raise ConfigError(
            f"{ref}: no such constitution; name a YAML file, or a shipped one: {did_you_mean(ref, shipped)}"
        )
    return load_yaml(path, Constitution)
