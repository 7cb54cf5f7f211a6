"""The checkpoints of a run as the page speaks of them: their order, their names in words and their marks in plots."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from charter.page_drawing import Shape
from charter.stages import BASE, BEST_OF_N, DPO, RL_CAI, RLHF, SL_CAI

POLICIES = (RL_CAI, RLHF)
"""What reinforcement learning makes: on the constitution's labels, or on people's."""
ORDER = (BASE, SL_CAI, BEST_OF_N, DPO, *POLICIES)

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
    SL_CAI: Look("SL-CAI", "SL-CAI", "circle", "sl-cai"),
    BEST_OF_N: Look("Best of n", "best of n", "square", "best-of-n"),
    DPO: Look("DPO", "DPO", "triangle", "dpo"),
    RL_CAI: Look("RL-CAI", "RL-CAI", "diamond", "rl-cai"),
    RLHF: Look("RLHF", "RLHF", "wedge", "rlhf"),
}
_OTHER = Look("", "", "circle", "other")


def look_of(name: str) -> Look:
    """How the checkpoint of that name is shown.

    One of several runs (``RUN/NAME``) has the mark of its kind and its own name; so has any other.
    """
    kind = _LOOKS.get(name.rpartition("/")[2], _OTHER)
    if name in _LOOKS:
        return kind
    cut = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
    return replace(kind, title=cut, words=cut)


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
    trained = [name for name in in_order(names) if name in (SL_CAI, DPO, *POLICIES)]
    return trained[-1] if trained else None


def on_the_way(name: str) -> bool:
    """Whether the checkpoint is a step of Constitutional AI's own way; the others stand beside it."""
    return name in (BASE, SL_CAI, *POLICIES)
