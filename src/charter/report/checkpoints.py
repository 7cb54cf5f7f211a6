"""The checkpoints of a run as the page speaks of them: their order, their names in words and their marks in plots."""

from collections.abc import Iterable
from dataclasses import dataclass

from charter.report.plots_svg import Shape

BASE, TUNED, BEST_OF_N, DPO = "base", "sl-cai", "best-of-n", "dpo"
POLICIES = ("rl-cai", "rlhf")
"""What reinforcement learning makes: on the constitution's labels, or on people's."""
ORDER = (BASE, TUNED, BEST_OF_N, DPO, *POLICIES)

LONGEST = 28
"""Characters of a checkpoint's name that the page shows."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a checkpoint is shown."""

    title: str
    words: str
    """What it is, in the middle of a sentence."""
    shape: Shape
    css: str


_LOOKS = {
    BASE: Look("Base", "the base model", "circle", "base"),
    TUNED: Look("SL-CAI", "SL-CAI", "circle", "sl-cai"),
    BEST_OF_N: Look("Best of n", "best of n", "square", "best-of-n"),
    DPO: Look("DPO", "DPO", "triangle", "dpo"),
    "rl-cai": Look("RL-CAI", "RL-CAI", "diamond", "rl-cai"),
    "rlhf": Look("RLHF", "RLHF", "wedge", "rlhf"),
}


def look_of(name: str) -> Look:
    """How the checkpoint of that name is shown; one that is not of ``ORDER`` goes by its own name."""
    cut = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
    return _LOOKS.get(name) or Look(cut, cut, "circle", "other")


def title_of(name: str) -> str:
    """The checkpoint's name as a heading."""
    return look_of(name).title


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """The names in the order in which checkpoints are made; others after them, as they come."""
    given = list(dict.fromkeys(names))
    return (*(name for name in ORDER if name in given), *(name for name in given if name not in ORDER))


def last_trained(names: Iterable[str]) -> str | None:
    """The last checkpoint of ``ORDER`` among them that was trained; None where only the base model is there.

    Best of n is none: it is SL-CAI, asked several times.
    """
    trained = [name for name in in_order(names) if name in (TUNED, DPO, *POLICIES)]
    return trained[-1] if trained else None


def on_the_way(name: str) -> bool:
    """Whether the checkpoint is a step of Constitutional AI's own way; the others stand beside it."""
    return name in (BASE, TUNED, *POLICIES)
