"""Few-shot comparisons: what teaches a judge the form of its answer. They also say which form it is asked in.

They are data. A user replaces them with a YAML file of the same form as ``few_shot/default.yaml``.
"""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from charter.digests import digest
from charter.documents import error_at, load_yaml
from charter.errors import ConfigError

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
TemplateName = Literal["quoted", "plain"]

_SHIPPED = Path(__file__).with_name("few_shot")


class ComparedExample(BaseModel):
    """Two responses to a request, a principle's question, and the right answer to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    request: Text
    response_a: Text
    response_b: Text
    question: Text
    reasoning: Text | None = None
    """What a judge who thinks first would think; needed with ``prefer.reasoning``."""
    answer: Literal["A", "B"]


class FewShot(BaseModel):
    """A file of examples."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: str = ""
    template: TemplateName = "quoted"
    """``quoted``: for any chat model, safe from what is compared. ``plain``: the bare form that the organism knows."""
    examples: tuple[ComparedExample, ...] = ()

    @model_validator(mode="after")
    def _quoted_has_examples(self) -> Self:
        if self.template == "quoted" and not self.examples:
            raise error_at(("examples",), "no examples; write at least one, or use the few-shot choice 'none'")
        return self

    @property
    def digest(self) -> str:
        """SHA-256 of what the judge is shown of it, whatever the formatting of the file."""
        return digest(self.model_dump(mode="json", exclude={"description"}))


NO_EXAMPLES = FewShot.model_construct(template="quoted", examples=())


def shipped_few_shots() -> tuple[str, ...]:
    """Names of the files that come with Charter."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.yaml")))


def load_few_shot(ref: str, *, reasoning: bool = False) -> FewShot:
    """The examples that ``ref`` names: ``none``, a shipped file such as ``default``, or the path of a YAML file.

    Raises:
        ConfigError: there is no such file, it is not of the form, or, with ``reasoning``, an example has none.
    """
    if ref == "none":
        return NO_EXAMPLES
    path = _SHIPPED / f"{ref}.yaml" if ref in shipped_few_shots() else Path(ref)
    if not path.exists():
        shipped = ", ".join(shipped_few_shots())
        raise ConfigError(f"{path}: no such few-shot file; name a YAML file, 'none', or a shipped one ({shipped})")
    found = load_yaml(path, FewShot)
    bare = next((number for number, example in enumerate(found.examples) if example.reasoning is None), None)
    if reasoning and bare is not None:
        raise ConfigError(
            f"{path}: key 'examples[{bare}]' has no 'reasoning', which prefer.reasoning needs; write it, or turn "
            "prefer.reasoning off"
        )
    return found
