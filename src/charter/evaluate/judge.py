"""Who says what a response does: the organism's oracle, or a model with a rubric."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from charter.evaluate.model_judge import ModelJudge
from charter.evaluate.rubric import load_rubric
from charter.evaluate.verdict import Verdict
from charter.models.completer import Completer, OnDone
from charter.recipe import EvaluateConfig, PromptsConfig
from charter.records import Sample


class Judge(Protocol):
    """Says what responses do."""

    @property
    def name(self) -> str:
        """A name for people."""

    @property
    def digest(self) -> str:
        """SHA-256 of all that its verdicts depend on, beside the sample."""

    def judge(self, samples: Sequence[Sample], on_done: OnDone | None = None) -> list[Verdict]:
        """One verdict a sample, in the order of ``samples``; each of these has a text that is not blank."""


@dataclass(frozen=True, slots=True)
class OracleJudge:
    """The ground truth of the organism's world, by its grammar; knows nothing of any other text."""

    name: str = "oracle"

    @property
    def digest(self) -> str:
        """SHA-256 of the oracle's version and of the world that it knows."""
        from charter.organisms.oracle import oracle_digest

        return oracle_digest()

    def judge(self, samples: Sequence[Sample], on_done: OnDone | None = None) -> list[Verdict]:
        """One verdict a sample, in the order of ``samples``."""
        from charter.organisms.oracle import judge

        verdicts = []
        for sample in samples:
            verdicts.append(Verdict(*judge(sample.prompt.messages, sample.text)))
            if on_done:
                on_done(1)
        return verdicts


def judge_kind(evaluate: EvaluateConfig, prompts: PromptsConfig) -> str:
    """What ``evaluate.judge`` comes to: ``oracle``, ``self``, or the name of a model."""
    if evaluate.judge == "auto":
        return "oracle" if prompts.path == "organism" else "self"
    return evaluate.judge


def make_judge(evaluate: EvaluateConfig, prompts: PromptsConfig, load: Callable[[str], Completer]) -> Judge:
    """The judge that the recipe names.

    Args:
        load: gives a model by its name or folder; ``self`` is the model that the run began with, which judges itself.

    Raises:
        ConfigError: an unusable rubric.
        ModelError: the judge model cannot be loaded.
    """
    kind = judge_kind(evaluate, prompts)
    if kind == "oracle":
        return OracleJudge()
    rubric = load_rubric(evaluate.rubric)
    return ModelJudge(load(kind), rubric)
