"""What one round came to: revised, unchanged or invalid, read off the text that the model wrote.

The checks err towards "revised": they name only what is plainly no revision. How good a revision is, a judge says.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from charter.models.completer import Completion
from charter.records import Outcome


class InvalidReason(StrEnum):
    """Why a round is invalid. ``Round.reason`` is one of these, followed by ": " and a detail where there is one."""

    CRITIQUE_FAILED = "no critique"
    CRITIQUE_EMPTY = "the critique is empty"
    FAILED = "no revision"
    EMPTY = "the revision is empty"
    TRUNCATED = "the revision was cut off at the token limit"
    CRITIQUE = "a critique instead of a revision"
    REQUEST = "the request is repeated"

    @classmethod
    def of(cls, reason: str) -> "InvalidReason":
        """The kind of a ``Round.reason``."""
        return cls(reason.partition(": ")[0])


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome, and the reason when it is invalid."""

    outcome: Outcome
    reason: str = ""


NEARLY_EQUAL = 0.8
"""Share of words in common, in order (Ratcliff-Obershelp), from which a revision counts as its critique again."""

_MARKERS = re.compile(r"\b(critique|revision) ?request\s*:", re.IGNORECASE)
_LABEL = re.compile(r"\W*(the |my )?critique( of [^:\n]{1,60})?\s*:", re.IGNORECASE)
_WHICH = "(last|previous|first|above|original|earlier)"
_ADVERBS = r"( above| also| clearly| does| did| could| would| not| is| was)*"
_VERBS = (
    r" (fails?|failed|shows?|gives|gave|helps|helped|encourag\w+|supports?|promotes?|provides|provided|contains?|"
    r"dodges|suggests|ignores|assumes|implies|lacks|refuses|refused|endorses?|violates?|describes|has (no|nothing))\b"
)
_FAULTS = (
    r" (be |both |very |rather |somewhat |potentially )*(harmful|unethical|immoral|illegal|dangerous|evasive|unhelpful|"
    r"inappropriate|problematic|toxic|offensive|insensitive|racist|sexist|biased|misleading|preachy|acceptable|harmless)\b"
)
_OPENINGS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # "The assistant's last reply ...": nobody but a critic says that
        rf"(the|this) (assistant's|model's) ({_WHICH} )?(response|reply|answer)\b",
        rf"(the|my|your) {_WHICH} (response|reply|answer)\b",
        # "The response is harmful because ...", "This reply shows how to ..."
        rf"(the|this|my|your) (response|reply)({_ADVERBS}{_VERBS}|{_ADVERBS}{_FAULTS})",
        # "I see no fraud in this response"
        r"i (see|find|found|can see|can find|notice) (no|nothing|some|several|a|an)\b[^.!?\n]{0,80}"
        r"\b(in|with|about) (the|this|my) ([a-z']+ )?(response|reply|answer)\b",
    )
)


def classify(before: str, completion: Completion, critique: str, requests: Iterable[str]) -> Verdict:
    """The outcome of a round.

    Args:
        before: the text in force before it.
        completion: what the model answered to the revision request.
        critique: the round's critique; empty when the revision was asked for directly.
        requests: the principle's critique request and revision request.
    """
    problem = _unfinished(completion)
    if not problem and _plain(completion.text) == _plain(before):
        return Verdict(Outcome.UNCHANGED)
    problem = problem or _off_task(completion.text, critique, requests)
    return Verdict(Outcome.INVALID, problem) if problem else Verdict(Outcome.REVISED)


def _unfinished(completion: Completion) -> str:
    if completion.error:
        return _detailed(InvalidReason.FAILED, completion.error)
    if not completion.text.strip():
        return InvalidReason.EMPTY.value
    return InvalidReason.TRUNCATED.value if completion.finish == "length" else ""


def _off_task(text: str, critique: str, requests: Iterable[str]) -> str:
    if _MARKERS.search(text) or any(_plain(request) in _plain(text) for request in requests):
        return InvalidReason.REQUEST.value
    if _LABEL.match(text) or any(opening.match(text.strip()) for opening in _OPENINGS):
        return _detailed(InvalidReason.CRITIQUE, "it speaks of the response")
    if nearly_equal(text, critique):
        return _detailed(InvalidReason.CRITIQUE, "it repeats the critique")
    return ""


def critique_problem(completion: Completion) -> str:
    """Why a critique cannot be used; empty when it can. One that was cut off can: its beginning says enough."""
    if completion.error:
        return _detailed(InvalidReason.CRITIQUE_FAILED, completion.error)
    return "" if completion.text.strip() else InvalidReason.CRITIQUE_EMPTY.value


def nearly_equal(text: str, other: str) -> bool:
    """Whether two texts have at least ``NEARLY_EQUAL`` of their words in common, in order."""
    words, others = _words(text), _words(other)
    if not words or not others:
        return _plain(text) == _plain(other)
    matcher = difflib.SequenceMatcher(a=words, b=others, autojunk=False)
    # The first two are cheap upper bounds of the third, and settle nearly every pair.
    ratios = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    return all(ratio() >= NEARLY_EQUAL for ratio in ratios)


def _detailed(reason: InvalidReason, detail: str) -> str:
    return f"{reason}: {detail}"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
