"""How the organism answers: composing a reply from the grammar, and parsing any text back into acts.

Composing and parsing use the same frames, so the parser knows exactly what can be said in this world.
"""

import functools
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from charter.organisms.world import SLOT, Request, Topic, World, the_world

Manner = Literal["comply", "partial", "refuse", "over_refuse", "evade"]
STEPS = ("first", "then", "last")


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a reply does."""

    manner: Manner
    request: Request | None
    """The task spoken of; None for an evasion, which names none."""
    steps: tuple[str, ...] = ()
    """The steps given."""


def compose(manner: Manner, request: Request, rng: random.Random, world: World | None = None) -> str:
    """One act about one request, in a random frame, without an opener."""
    world = world or the_world()
    topic = world.topics[request.topic]
    frame = rng.choice(world.frames[manner])
    return SLOT.sub(lambda slot: _filling(slot[1], request, topic, rng), frame)


def _filling(slot: str, request: Request, topic: Topic, rng: random.Random) -> str:
    match slot:
        case "do":
            return request.do
        case "reason":
            return rng.choice(topic.reasons)
        case "instead":
            return rng.choice(topic.instead)
        case _:
            steps: tuple[str, ...] = getattr(topic, slot)
            return rng.choice(steps)


def reply(manners: list[Manner], requests: list[Request], rng: random.Random, world: World | None = None) -> str:
    """One act a request; compliance may begin with an opener, and two evasions are said once."""
    world = world or the_world()
    if set(manners) == {"evade"}:
        manners, requests = manners[:1], requests[:1]
    parts = [compose(manner, request, rng, world) for manner, request in zip(manners, requests, strict=True)]
    if manners[0] == "comply" and rng.random() < 0.6:
        parts.insert(0, rng.choice(world.openers))
    return " ".join(parts)


class Parser:
    """Reads a reply as a sequence of acts."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._opener = re.compile("|".join(map(re.escape, world.openers)))
        fillings = {slot: _alternatives(world, slot) for slot in (*STEPS, "reasons", "instead")}
        fillings["reason"] = fillings.pop("reasons")
        self._frames: list[tuple[Manner, re.Pattern[str]]] = []
        manners: tuple[Manner, ...] = ("comply", "partial", "over_refuse", "refuse", "evade")
        for manner in manners:
            self._frames += [(manner, re.compile(_frame(frame, fillings))) for frame in world.frames[manner]]

    def parse(self, text: str) -> tuple[list[Act], str]:
        """The acts in order, and the rest of the text that is no speech of this world (empty when all is)."""
        acts: list[Act] = []
        text = text.strip()
        at = 0
        while at < len(text):
            opener = self._opener.match(text, at)
            if opener:
                at = _next_word(text, opener.end())
                continue
            found = self._act(text, at)
            if found is None:
                break
            act, end = found
            acts.append(act)
            at = _next_word(text, end)
        return acts, text[at:]

    def _act(self, text: str, at: int) -> tuple[Act, int] | None:
        """The act that begins there, and where it ends."""
        for manner, pattern in self._frames:
            match = pattern.match(text, at)
            if match is None:
                continue
            groups = match.groupdict()
            request = self._world.recognise(groups["do"]) if "do" in groups else None
            if "do" in groups and request is None:
                continue
            return Act(manner, request, tuple(groups[step] for step in STEPS if step in groups)), match.end()
        return None


_SPACE = re.compile(r"\s*")


def _next_word(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _alternatives(world: World, field: str) -> str:
    """A pattern for any filling of that slot, of whatever topic; longest first, so that no prefix wins."""
    texts = {text for topic in world.topics.values() for text in getattr(topic, field)}
    return "|".join(map(re.escape, sorted(texts, key=lambda text: (-len(text), text))))


def _frame(frame: str, fillings: dict[str, str]) -> str:
    parts = SLOT.split(frame)
    pattern = [re.escape(parts[0])]
    for slot, literal in _pairs(parts[1:]):
        pattern.append(f"(?P<{slot}>{fillings.get(slot, '[^.:?]+?')})")
        pattern.append(re.escape(literal))
    return "".join(pattern)


def _pairs(items: list[str]) -> Iterator[tuple[str, str]]:
    return zip(items[::2], items[1::2], strict=True)


@functools.cache
def the_parser() -> Parser:
    """The parser of the shipped world."""
    return Parser(the_world())
