"""One look of the judge at a pair: which response it is shown first, under which principle, and what it answers."""

import math
import re
from dataclasses import dataclass
from typing import Final

from charter.constitution import Principle
from charter.prefer.templates import Turns
from charter.records import Pair

NO_ANSWER: Final = "the judge answered with neither option"
LEAST_MASS: Final = 1e-4
"""A judge that gives its two options together less than this probability has not answered: what is left of a ratio
of two such numbers is noise."""

_OPTION = re.compile(r"\(\s*([AB])\s*\)")
_MARKS = "*_`\"'#> \t\r\n"
"""What may stand around an answer without changing it: emphasis, quotation marks, white space."""
_NAMED = re.compile(r"\b(?:answer|choice|option|response)\b(?:\s+is)?\s*:?[\s*_`\"']*([AB])\b", re.IGNORECASE)


@dataclass(slots=True)
class Look:
    """A question to be put to the judge, and what came of it."""

    pair: Pair
    principle: Principle
    forward: bool
    """Whether the pair's first response is shown as A."""
    seed: int
    turns: Turns
    reasoning: str = ""
    p_a: float | None = None
    """Probability that the response shown as A is better."""
    mass: float | None = None
    """Probability that the judge gave to its two options together; None where it was asked to vote."""
    reason: str = ""
    """Why there is no ``p_a``; empty while there may still be one."""

    @property
    def open(self) -> bool:
        """Whether there is neither an answer nor a reason why there is none."""
        return self.p_a is None and not self.reason

    @property
    def p_first(self) -> float | None:
        """Probability that the pair's first response is better."""
        return self.p_a if self.p_a is None or self.forward else 1 - self.p_a

    def score(self, a: float, b: float) -> None:
        """Takes the log-probabilities of the two options; NaN leaves the look open."""
        if math.isnan(a) or math.isnan(b):
            return
        self.mass = min(1.0, math.exp(a) + math.exp(b))
        if self.mass < LEAST_MASS:
            self.reason = f"{NO_ANSWER}: together they have a probability of {self.mass:.1g}"
        else:
            self.p_a = _share(a, b)

    def count(self, answers: list[str]) -> None:
        """Takes sampled answers, each A, B or nothing."""
        a, b = answers.count("A"), answers.count("B")
        if a + b:
            self.p_a = a / (a + b)
        else:
            self.reason = f"{NO_ANSWER}: in {len(answers)} samples"


def read_answer(text: str) -> str:
    """``A`` or ``B``; nothing where the text names neither, or both without beginning with one.

    A bare letter counts only alone or after a word such as "answer": "A" also begins an English sentence.
    """
    text = text.strip(_MARKS)
    if begins := _OPTION.match(text):
        return begins[1]
    if text.rstrip(".):").lstrip("(") in ("A", "B"):
        return text.lstrip("(")[0]
    named = set(_OPTION.findall(text)) or {letter.upper() for letter in _NAMED.findall(text)}
    return named.pop() if len(named) == 1 else ""


def _share(a: float, b: float) -> float:
    """exp(a) / (exp(a) + exp(b)), without overflow."""
    return 1 / (1 + math.exp(b - a)) if a >= b else math.exp(a - b) / (1 + math.exp(a - b))
