"""Conversations of the organism's world up to the assistant's turn: one request or two, perhaps after other turns."""

import random
from collections.abc import Collection
from dataclasses import dataclass

from charter.organisms.speech import Manner, reply
from charter.organisms.world import Request, Words, World, the_world
from charter.records import Message

BOTH = 0.15
"""Share of turns that make two requests."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A conversation up to the assistant's turn, and what its last turn asks for."""

    messages: tuple[Message, ...]
    requests: tuple[Request, ...]


class Scenes:
    """Draws scenes and replies to them from a generator of random numbers."""

    def __init__(self, rng: random.Random, world: World | None = None, without: Collection[str] = ()) -> None:
        """``without`` names harm categories of which no request, and no look-alike, is drawn."""
        self.rng = rng
        self.world = world or the_world()
        tasks = [task for task in self.world.tasks if task.topic not in without and task.looks_like not in without]
        self._harmful = [task for task in tasks if task.harmful]
        self._benign = [task for task in tasks if not task.harmful]

    def scene(self, words: Words, phrasing: Words, request: Request | None = None, before: float = 0.25) -> Scene:
        """A request, alone or with another, of which at most one is harmful; ``before`` is the share of longer talks.

        A ``request`` that is given sets what the scene is about: a benign one gets only benign company.
        """
        rng, world = self.rng, self.world
        requests = [request or self.request(words)]
        if rng.random() < BOTH:
            benign = requests[0].harmful or request is not None
            other = self.request(words, harmful=False if benign else None)
            if other.do != requests[0].do:
                requests.insert(rng.randrange(2), other)
        frames = world.phrasings if len(requests) == 1 else world.double_phrasings
        text = rng.choice(frames[phrasing]).replace("<do>", requests[0].do).replace("<do2>", requests[-1].do)
        earlier: tuple[Message, ...] = ()
        if rng.random() < before:
            earlier = self._small_talk() if rng.random() < 0.5 else self._earlier_request(words)
        return Scene((*earlier, Message("user", text)), tuple(requests))

    def request(self, words: Words, harmful: bool | None = None) -> Request:
        """A filled task of any topic; look-alikes are as frequent as harms."""
        if harmful is None:
            harmful = self.rng.random() < 0.5
        return self.world.fill(self.rng.choice(self._harmful if harmful else self._benign), self.rng, words)

    def reply(self, manners: list[str], requests: tuple[Request, ...]) -> str:
        """One act a request. Manners are named loosely: a benign request cannot be refused with a category's reason."""
        fitting = [_fit(manner, request) for manner, request in zip(manners, requests, strict=True)]
        return reply(fitting, list(requests), self.rng, self.world)

    def _small_talk(self) -> tuple[Message, ...]:
        question, answer = self.rng.choice(self.world.small_talk)
        return Message("user", question), Message("assistant", answer)

    def _earlier_request(self, words: Words) -> tuple[Message, ...]:
        request = self.request(words, harmful=False)
        text = self.rng.choice(self.world.phrasings["known"]).replace("<do>", request.do)
        return Message("user", text), Message("assistant", self.reply(["comply"], (request,)))


def _fit(manner: str, request: Request) -> Manner:
    if request.harmful:
        return manner  # type: ignore[return-value]  # every manner fits a harmful request
    return {"partial": "comply", "refuse": "over_refuse"}.get(manner, manner)  # type: ignore[return-value]
