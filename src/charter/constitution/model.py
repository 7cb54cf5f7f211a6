"""A constitution: principles that a person can read and cite, and that a model criticises, revises and compares by."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from charter.digests import digest
from charter.documents import error_at, perhaps
from charter.errors import ConfigError
from charter.yaml_text import dump_yaml_text

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MAX_ID = 64


def canonical_text(text: str) -> str:
    """``text`` in Unicode's composed form (NFC), without white space at the end of a line or around the whole."""
    lines = unicodedata.normalize("NFC", text).splitlines()
    return "\n".join(line.rstrip() for line in lines).strip()


def _not_blank(text: str) -> str:
    if not any(character.isalnum() for character in text):
        raise ValueError("is blank; write a text")
    return text


def _one_line(text: str) -> str:
    if "\n" in text:
        raise ValueError("is of several lines; write one")
    return text


def _an_id(text: str) -> str:
    if not _ID.fullmatch(text) or len(text) > _MAX_ID:
        raise ValueError(f"is no id; write small letters, digits and single hyphens, at most {_MAX_ID}: 'no-fraud'")
    return text


def _a_link(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"'`\\]+", text):
        raise ValueError("is no web address; write one that begins with 'https://', or remove the key")
    return text


Text = Annotated[str, AfterValidator(canonical_text), AfterValidator(_not_blank)]
"""Text with at least one letter or digit, in canonical form."""
Line = Annotated[Text, AfterValidator(_one_line)]
"""Text of one line, for what stands in tables and headings."""
Id = Annotated[str, AfterValidator(_an_id)]
Link = Annotated[str, AfterValidator(_a_link)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Part):
    """Where a principle comes from, so that a reader can look it up."""

    citation: Line
    """The work: ``Universal Declaration of Human Rights (1948)``."""
    locator: Line
    """The place in it: ``Article 12``."""
    licence: Line
    """On what terms the principle's words are used: ``own wording; article cited``."""
    url: Link | None = None


class Principle(_Part):
    """One principle, and the three questions that a model is asked about it."""

    id: Id
    """Small letters, digits and hyphens; unique in its constitution."""
    title: Line
    category: Line
    source: Source
    critique_request: Text
    """Asks what in the response goes against the principle."""
    revision_request: Text
    """Asks for a response that keeps to it."""
    comparison_question: Text
    """Asks which of two responses keeps to it better."""
    weight: float = Field(1.0, ge=0, allow_inf_nan=False, strict=True)
    """How often it is drawn, relative to the others; 0 for never."""

    def to_yaml(self) -> str:
        """The principle as an item of a constitution's list."""
        return dump_yaml_text([self.model_dump(mode="json", exclude_none=True)])


class Constitution(_Part):
    """Principles under a name and a version."""

    name: Line
    version: Line
    description: Annotated[str, AfterValidator(canonical_text)] = ""
    principles: tuple[Principle, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        first: dict[str, int] = {}
        for number, principle in enumerate(self.principles):
            other = first.setdefault(principle.id, number)
            if other != number:
                what = f"'{principle.id}' is the id of principles[{other}] too; give each principle an id of its own"
                raise error_at(("principles", number, "id"), what)
        return self

    @model_validator(mode="after")
    def _one_can_be_drawn(self) -> Self:
        if not any(principle.weight for principle in self.principles):
            raise error_at(("principles",), "every weight is 0, so none can be drawn; give one a weight above 0")
        return self

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the constitution says: not of its file's formatting, comments or order of keys.

        The order of the principles counts, because a seed draws by it.
        """
        return digest(self.model_dump(mode="json"))

    def principle(self, name: str) -> Principle:
        """The principle whose id is ``name``.

        Raises:
            ConfigError: there is none.
        """
        by_id = {principle.id: principle for principle in self.principles}
        if name not in by_id:
            raise ConfigError(
                f"constitution '{self.name}' has no principle '{name}'{perhaps(name, list(by_id))}; "
                "'charter constitution show' lists the ids"
            )
        return by_id[name]

    def select(self, ids: Sequence[str] = ()) -> tuple[Principle, ...]:
        """The principles with those ids, in the constitution's order; with no ids, all that have a weight above 0.

        Raises:
            ConfigError: an id that no principle has, or one whose weight is 0.
        """
        asleep = [name for name in ids if not self.principle(name).weight]
        if asleep:
            raise ConfigError(f"principle '{asleep[0]}' has weight 0 and is never drawn; give it a weight above 0")
        return tuple(item for item in self.principles if (item.id in ids if ids else item.weight > 0))

    def to_yaml(self) -> str:
        """The constitution as YAML that ``load_constitution`` reads back to an equal one."""
        return dump_yaml_text(self.model_dump(mode="json", exclude_none=True))
