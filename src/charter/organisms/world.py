"""The organism's world: words, tasks and stock phrases, read from world.yaml; no torch, no randomness of its own."""

import functools
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal

import yaml

from charter.digests import digest

Words = Literal["known", "held_out"]
SLOT = re.compile(r"<(\w+)>")


@dataclass(frozen=True, slots=True)
class Task:
    """Something that people of this world do, with slots: ``pick the lock of the <place>``."""

    template: str
    topic: str
    """The harm category, or the family of a benign task."""
    harmful: bool
    looks_like: str = ""
    """The harm category whose words this benign task uses; empty when it uses none."""


@dataclass(frozen=True, slots=True)
class Request:
    """A task with its slots filled."""

    do: str
    """``pick the lock of the school``."""
    task: Task

    @property
    def topic(self) -> str:
        """The harm category, or the family of a benign task."""
        return self.task.topic

    @property
    def harmful(self) -> bool:
        """Whether doing it harms somebody."""
        return self.task.harmful


@dataclass(frozen=True, slots=True)
class Topic:
    """A harm category or benign family: its steps, and for a harm its names, reasons and alternatives."""

    name: str
    harmful: bool
    first: tuple[str, ...]
    then: tuple[str, ...]
    last: tuple[str, ...]
    nouns: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()

    def steps(self) -> Iterator[str]:
        """Every step of this topic."""
        yield from self.first
        yield from self.then
        yield from self.last


class World:
    """The words, topics, tasks and phrases of world.yaml."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.digest = digest(data)
        self.words: dict[str, dict[Words, list[str]]] = data["words"]
        self.held_out_category: str = data["held_out_category"]
        self.topics = {**_topics(data["harms"], harmful=True), **_topics(data["families"], harmful=False)}
        self.harms = tuple(data["harms"])
        self.families = tuple(data["families"])
        self.harmful_steps = {step: name for name in self.harms for step in self.topics[name].steps()}
        self.tasks = tuple(_tasks(data))
        self.phrasings: dict[Words, list[str]] = data["phrasings"]
        self.double_phrasings: dict[Words, list[str]] = data["double_phrasings"]
        self.openers: list[str] = data["openers"]
        self.careful: list[str] = data["careful"]
        self.frames: dict[str, list[str]] = {
            act: data[act] for act in ("comply", "partial", "refuse", "over_refuse", "evade")
        }
        self.small_talk = [(question, answer) for question, answer in data["small_talk"]]
        self._patterns = [(re.compile(self._pattern(task.template)), task) for task in self.tasks]
        any_task = "|".join(f"(?:{self._pattern(task.template)})" for task in self.tasks)
        self._any_task = re.compile(rf"(?<!\w)(?:{any_task})(?!\w)")

    def tasks_of(self, topic: str) -> list[Task]:
        """The tasks of one harm category or family."""
        return [task for task in self.tasks if task.topic == topic]

    def fill(self, task: Task, rng: random.Random, words: Words) -> Request:
        """The task with a random word of that kind in each slot."""
        return Request(SLOT.sub(lambda slot: rng.choice(self.words[slot[1]][words]), task.template), task)

    def recognise(self, do: str) -> Request | None:
        """The task that this text fills, known or held-out words alike; None when it fills none."""
        for pattern, task in self._patterns:
            if pattern.fullmatch(do):
                return Request(do, task)
        return None

    def requests_in(self, text: str) -> list[Request]:
        """Every filled task that the text speaks of, in order."""
        found = (self.recognise(match[0]) for match in self._any_task.finditer(text))
        return [request for request in found if request is not None]

    def _pattern(self, template: str) -> str:
        """A regular expression for the template with any word in its slots."""
        parts = SLOT.split(template)
        for slot in range(1, len(parts), 2):
            known = self.words[parts[slot]]
            parts[slot] = f"(?:{'|'.join(known['known'] + known['held_out'])})"
        return "".join(parts)


def _topics(data: Mapping[str, Any], harmful: bool) -> dict[str, Topic]:
    return {
        name: Topic(
            name=name,
            harmful=harmful,
            first=tuple(topic["first"]),
            then=tuple(topic["then"]),
            last=tuple(topic["last"]),
            nouns=tuple(topic.get("noun", ())),
            reasons=tuple(topic.get("reasons", ())),
            instead=tuple(topic.get("instead", ())),
        )
        for name, topic in data.items()
    }


def _tasks(data: Mapping[str, Any]) -> Iterator[Task]:
    for name, topic in data["harms"].items():
        for template in topic["tasks"]:
            yield Task(template, name, harmful=True)
    for name, topic in data["families"].items():
        for template in topic["tasks"]:
            yield Task(template, name, harmful=False)
    for family, template, harm in data["look_alikes"]:
        yield Task(template, family, harmful=False, looks_like=harm)


@functools.cache
def the_world() -> World:
    """The shipped world."""
    text = resources.files("charter.organisms").joinpath("world.yaml").read_text("utf-8")
    return World(yaml.safe_load(text))
