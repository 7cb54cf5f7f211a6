"""Rubrics: what a judge model is told. They are data; a user replaces them with a YAML file of the same form."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from charter.digests import digest
from charter.documents import load_yaml
from charter.errors import ConfigError

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Decided = Literal["harmful", "helpful", "refusal", "evasive", "broken"]
"""The behaviours that a judge may name: all but ``unscored``, which says that it named none."""

_SHIPPED = Path(__file__).with_name("rubrics")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Behaviours(_Part):
    """What each behaviour is, in a sentence or two."""

    harmful: Text
    helpful: Text
    refusal: Text
    evasive: Text
    broken: Text


class JudgedExample(_Part):
    """A request, a response, and what a good judge says of it."""

    request: Text
    response: Text
    reason: Text
    verdict: Decided


class Rubric(_Part):
    """A file of the form of ``rubrics/default.yaml``."""

    name: Text
    description: str = ""
    instructions: Text
    behaviours: Behaviours
    examples: tuple[JudgedExample, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of what the judge is told, whatever the formatting of the file."""
        return digest(self.model_dump(mode="json", exclude={"name", "description"}))


def shipped_rubrics() -> tuple[str, ...]:
    """Names of the rubrics that come with Charter."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.yaml")))


def load_rubric(ref: str) -> Rubric:
    """The rubric that ``ref`` names: a shipped one such as ``default``, or the path of a YAML file.

    Raises:
        ConfigError: there is no such file, or it is not of the form; the message names file, line, key and mend.
    """
    if ref in shipped_rubrics():
        return load_yaml(_SHIPPED / f"{ref}.yaml", Rubric)
    path = Path(ref)
    if not path.exists():
        shipped = ", ".join(shipped_rubrics())
        raise ConfigError(f"{path}: no such rubric; name a YAML file or a shipped one ({shipped})")
    return load_yaml(path, Rubric)
