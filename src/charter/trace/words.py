"""How a trace speaks, on the terminal and on a page."""

from collections.abc import Iterator
from math import exp

from charter.constitution import Principle
from charter.trace.lessons import NO_PRINCIPLE
from charter.trace.result import StageTrace

NOTHING = "-"
_STAGES = {
    "sft": "Fine-tuning on revisions and helpful samples",
    "dpo": "DPO on preferences",
    "rl": "RL on preferences, through the reward model",
}
_MOST = 6.0
"""Natural log of the largest factor that is written out."""
_NAMED = 3
"""Principles that one sentence names."""
_WORTH_NAMING = 0.01
"""The least share of what pulls towards an answer for which a principle is named."""


def heading(stage: StageTrace) -> Iterator[str]:
    """What the stage is, and what it did for the answer, a line each."""
    yield f"{_STAGES[stage.stage]}: {stage.start} -> {stage.end or 'not done yet'}"
    if stage.log_prob_start is not None and stage.log_prob_end is not None:
        change = stage.log_prob_end - stage.log_prob_start
        factor = f", {exp(change):.3g} times as likely" if abs(change) <= _MOST else ""
        yield (
            f"Log-probability of the answer: {stage.log_prob_start:.1f} before, {stage.log_prob_end:.1f} after "
            f"({change:+.1f}{factor})"
        )
    if not stage.lessons:
        yield "The run has none of what this stage learns from."
        return
    yield f"The {stage.candidates:,} nearest of {stage.lessons:,} were looked at{_left_out(stage)}"
    if stage.others is not None:
        yield f"One drawn at random from the rest pulls {stage.others:.0%} as much as these do on average"
    named = [each for each in stage.principles if each.principle_id and (each.toward or 0.0) >= _WORTH_NAMING]
    if named:
        parts = ", ".join(f"{each.principle_id} ({percent(each.toward)})" for each in named[:_NAMED])
        yield f"What pulls towards the answer was learned most under {parts}"


def _left_out(stage: StageTrace) -> str:
    return f"; {stage.left_out:,} of them do not fit into the model" if stage.left_out else ""


def titled(principle_id: str, principle: Principle | None) -> str:
    """The principle's title, or why there is none."""
    if principle is not None:
        return principle.title
    return "learned under no principle" if principle_id == NO_PRINCIPLE else "not in the run's constitution"


def cited(principle: Principle | None) -> str:
    """Where the principle comes from."""
    return f"{principle.source.citation}, {principle.source.locator}" if principle else NOTHING


def percent(share: float | None) -> str:
    """``41%``."""
    return NOTHING if share is None else f"{share:.0%}"


def signed(share: float | None) -> str:
    """``+4.1%``."""
    return NOTHING if share is None else f"{share:+.1%}"


def chance(p: float | None) -> str:
    """``0.73``."""
    return NOTHING if p is None else f"{p:.2f}"


def gist(text: str, most: int) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text[: 4 * most].split())
    return line if len(line) <= most else f"{line[:most].rstrip()}…"
