"""What every part of a recipe is: a frozen document that is strict about unknown keys."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A part of a recipe."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SamplingConfig(Section):
    """How text is drawn."""

    temperature: float = Field(1.0, ge=0)
    top_p: float = Field(1.0, gt=0, le=1)
    max_new_tokens: int = Field(256, ge=1)

    def greedy(self) -> Self:
        """The same, with the likeliest token always taken."""
        return self.model_copy(update={"temperature": 0.0})
