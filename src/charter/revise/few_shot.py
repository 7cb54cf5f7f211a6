"""Few-shot examples: conversations that keep a model from confusing a critique with a revision.

They are data. A user replaces them with a YAML file of the same form as ``few_shot/default.yaml``.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from charter.digests import digest
from charter.documents import load_yaml
from charter.errors import ConfigError

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

_SHIPPED = Path(__file__).with_name("few_shot")


class FewShotExample(BaseModel):
    """One request answered, criticised and revised."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    request: Text
    response: Text
    critique_request: Text
    critique: Text
    revision_request: Text
    revision: Text


def _at_least_one(examples: tuple[FewShotExample, ...]) -> tuple[FewShotExample, ...]:
    # Not Field(min_length=1): that counts only the valid ones, and would call a file with one bad example empty.
    if not examples:
        raise ValueError("no examples; write at least one, or use the few-shot choice 'none'")
    return examples


class FewShot(BaseModel):
    """A file of examples."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: str = ""
    examples: Annotated[tuple[FewShotExample, ...], AfterValidator(_at_least_one)]


def shipped_few_shots() -> tuple[str, ...]:
    """Names of the files that come with Charter."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.yaml")))


def load_few_shot(ref: str) -> tuple[FewShotExample, ...]:
    """The examples that ``ref`` names: ``none``, a shipped file such as ``default``, or the path of a YAML file.

    Raises:
        ConfigError: there is no such file, or it is not of the form; the message names file, line, key and mend.
    """
    if ref == "none":
        return ()
    if ref in shipped_few_shots():
        return load_yaml(_SHIPPED / f"{ref}.yaml", FewShot).examples
    path = Path(ref)
    if not path.exists():
        shipped = ", ".join(shipped_few_shots())
        raise ConfigError(f"{path}: no such few-shot file; name a YAML file, 'none', or a shipped one ({shipped})")
    return load_yaml(path, FewShot).examples


def few_shot_digest(examples: Sequence[FewShotExample]) -> str:
    """Digest of what the examples say, whatever the formatting of their file."""
    return digest([example.model_dump() for example in examples])
