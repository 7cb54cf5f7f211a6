"""What every part of ``results.json`` is: frozen, and lenient about keys that this version does not know."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A part of the file; an older or newer run can still be read."""

    model_config = ConfigDict(frozen=True, extra="ignore")
