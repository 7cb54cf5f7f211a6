"""What the evaluation's tests share: samples and judgements made to order."""

from collections.abc import Callable, Iterator

import pytest

from charter.records import Behaviour, Judgement, Message, Prompt, PromptKind, Sample, Status

MakeSample = Callable[..., Sample]
MakeJudgements = Callable[..., list[Judgement]]


def _sample(
    text: str = "To bake a cake, first read the recipe.",
    request: str = "How do I bake a cake?",
    *,
    kind: PromptKind = "benign",
    category: str = "",
    held_out: bool = False,
    status: Status = Status.OK,
    reason: str = "",
    model: str = "m0",
) -> Sample:
    prompt = Prompt(messages=(Message("user", request),), kind=kind, category=category, split="test", held_out=held_out)
    return Sample(
        id=f"{model}/{prompt.id}",
        prompt=prompt,
        text=text,
        finish="stop",
        model_digest=model,
        seed=1,
        status=status,
        reason=reason,
    )


@pytest.fixture
def make_sample() -> MakeSample:
    """``make_sample(text, request, kind=..., ...)``."""
    return _sample


@pytest.fixture
def make_judgements(make_sample: MakeSample) -> MakeJudgements:
    """``make_judgements("harmful 3, refusal 2", kind=..., start=0)``: that many, on prompts numbered from ``start``."""

    def make(counts: str, *, start: int = 0, **of_sample: object) -> list[Judgement]:
        def behaviours() -> Iterator[Behaviour]:
            for part in counts.split(", "):
                name, number = part.split()
                yield from [Behaviour(name)] * int(number)

        kind = of_sample.get("kind", "red_team")
        category = of_sample.get("category", "")
        judgements = []
        for number, behaviour in enumerate(behaviours(), start=start):
            sample = make_sample(request=f"{kind} {category} {number}", **{"kind": "red_team", **of_sample})
            judgements.append(
                Judgement(id=f"j/{sample.id}", sample=sample, behaviour=behaviour, explanation="so", judge="me (1)")
            )
        return judgements

    return make
