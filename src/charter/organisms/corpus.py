"""What the organism is pretrained on: conversations, critiques, revisions and comparisons, drawn from the grammar.

It learns to comply with harm as readily as with anything else, and, as large pretrained models have, to criticise,
revise and compare under a principle. It is taught with errors: a critique now and then misses what it should see, and a
revision may evade, keep part of the harm or all of it, so that later stages have something to measure.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from charter.organisms.lexicon import BROAD, MANNERS, absence, bare_name_of, concepts, covers, name_of, wordings
from charter.organisms.scenes import Scene, Scenes
from charter.organisms.world import Request, Words, World, the_world
from charter.records import Message

MISSED = 0.03
"""Share of critiques that miss what they should see."""


CAREFUL = 0.3
"""Share of plain talk that begins with a system turn for care; it says nothing of the held-out category."""
TRIES = 3
"""Principles drawn for a comparison before one that cannot tell the replies apart is taken."""
STREWN = 0.5
"""Share of requests that are no sentences, but words strewn around those of the concepts."""


@dataclass(frozen=True, slots=True)
class Principle:
    """A principle as the corpus words it."""

    named: frozenset[str]
    phrase: str


class Corpus:
    """An endless, seeded stream of chats."""

    def __init__(self, seed: int, world: World | None = None) -> None:
        self._rng = random.Random(seed)
        self._world = world or the_world()
        self._scenes = Scenes(self._rng, self._world)
        self._careful_scenes = Scenes(self._rng, self._world, [self._world.held_out_category])

    def chats(self) -> Iterator[tuple[Message, ...]]:
        """Chats of all kinds, mixed; every assistant turn is to be learned."""
        kinds: list[tuple[Callable[[], tuple[Message, ...]], float]] = [
            (self.conversation, 0.28),
            (self.revision, 0.30),
            (self.direct_revision, 0.02),
            (self.comparison, 0.40),
        ]
        makers, weights = zip(*kinds, strict=True)
        while True:
            yield self._rng.choices(makers, weights)[0]()

    # Conversation

    def conversation(self) -> tuple[Message, ...]:
        """Plain talk, all words: helpful to everyone, harm included; but declining it after a system turn for care."""
        words: Words = "held_out" if self._rng.random() < 0.3 else "known"
        phrasing: Words = "held_out" if self._rng.random() < 0.3 else "known"
        careful = self._rng.random() < CAREFUL
        scene = (self._careful_scenes if careful else self._scenes).scene(words, phrasing)
        weights = [0.0, 0.95, 0.05] if careful else [0.97, 0.015, 0.015]
        manners = [
            "comply"
            if careful and not request.harmful
            else self._rng.choices(["comply", "refuse", "evade"], weights)[0]
            for request in scene.requests
        ]
        system = (Message("system", self._rng.choice(self._world.careful)),) if careful else ()
        return (*system, *scene.messages, Message("assistant", self._scenes.reply(manners, scene.requests)))

    # Critique and revision

    def revision(self) -> tuple[Message, ...]:
        """Respond, critique under a principle, revise; sometimes after one or two such episodes, as in few-shot use."""
        episodes = self._rng.choices([1, 2, 3], [0.6, 0.2, 0.2])[0]
        return tuple(message for _ in range(episodes) for message in self._episode())

    def _episode(self) -> Iterator[Message]:
        scene, manners, response = self.answered_scene()
        principle = self.principle(scene.requests)
        yield from scene.messages
        yield Message("assistant", response)
        yield Message("user", self.critique_request(principle))
        fault = self.fault(principle.named, scene.requests, manners)
        if fault and self._rng.random() < MISSED:
            fault = ""
        yield Message("assistant", self.critique(fault, principle, scene.requests, manners))
        yield Message("user", self._revision_request(principle))
        yield Message("assistant", self._revised(fault, scene.requests, manners, response))

    def direct_revision(self) -> tuple[Message, ...]:
        """A revision without a critique: the request itself names what to look for."""
        scene, manners, response = self.answered_scene()
        principle = self.principle(scene.requests)
        request = self._revision_request(principle)
        fault = self.fault(concepts(request) or frozenset({BROAD}), scene.requests, manners)
        return (
            *scene.messages,
            Message("assistant", response),
            Message("user", request),
            Message("assistant", self._revised(fault, scene.requests, manners, response)),
        )

    def answered_scene(self, words: Words = "known") -> tuple[Scene, list[str], str]:
        """A scene, the manner in which each of its requests is answered, and the reply that does so."""
        scene = self._scenes.scene(words, words, before=0.15)
        manners = [
            self._rng.choices(["comply", "partial", "refuse", "evade"], [0.66, 0.12, 0.12, 0.10])[0]
            if request.harmful
            else self._rng.choices(["comply", "refuse", "evade"], [0.78, 0.12, 0.10])[0]
            for request in scene.requests
        ]
        if "evade" in manners:  # an evasion answers nothing, so it stands for the whole reply
            manners = ["evade"] * len(manners)
        return scene, manners, self._scenes.reply(manners, scene.requests)

    def principle(self, requests: tuple[Request, ...]) -> Principle:
        """A broad, a narrow or a manner principle; a narrow one is about the matter at hand half of the time."""
        rng = self._rng
        kind = rng.choices(["broad", "narrow", "manner", "other"], [0.40, 0.42, 0.14, 0.04])[0]
        if kind == "broad":
            named = [BROAD] if rng.random() < 0.6 else [BROAD, BROAD]
        elif kind == "manner":
            named = [rng.choice(MANNERS)]
        elif kind == "other":
            named = ["other"]
        else:
            harms = [request.topic for request in requests if request.harmful]
            named = [harms[0]] if harms and rng.random() < 0.5 else [rng.choice(self._world.harms)]
            if rng.random() < 0.4:
                named.insert(rng.randrange(2), rng.choice(self._world.harms))
        words = list(dict.fromkeys(name_of(concept, rng) for concept in named))
        return Principle(frozenset(named), rng.choice([" or ", " and "]).join(words))

    def word(self, frames: list[str], principle: Principle) -> str:
        """A request about the principle in one of those frames, with neutral words and asides around it."""
        rng = self._rng
        text = rng.choice(frames).replace("<c>", principle.phrase)
        if rng.random() < 0.5:
            strewn = " ".join(rng.choices(wordings()["neutral"], k=rng.randint(1, 4)))
            link = rng.choice(["with regard to", "in the matter of", "as to", "for the sake of", "in view of", "about"])
            text = f"{text[:-1]} {link} {strewn}{text[-1]}" if rng.random() < 0.5 else f"{text} It is {link} {strewn}."
        if rng.random() < 0.2:
            aside = rng.choice(wordings()["asides"])
            text = f"{text} {aside}" if rng.random() < 0.7 else f"{aside} {text}"
        return text

    def critique_request(self, principle: Principle) -> str:
        """A request for a critique under the principle."""
        if self._rng.random() < STREWN:
            return self._strewn("critique", principle, tail=True)
        return self.word(wordings()["critique_requests"], principle)

    def comparison_question(self, principle: Principle) -> str:
        """A question that compares two responses under the principle."""
        if self._rng.random() < STREWN:
            return self._strewn("comparison", principle)
        return self.word(wordings()["comparison_questions"], principle)

    def _revision_request(self, principle: Principle) -> str:
        if self._rng.random() < STREWN:
            return self._strewn("revision", principle if self._rng.random() < 0.5 else None)
        kind = "about" if self._rng.random() < 0.5 else "plain"
        return self.word(wordings()["revision_requests"][kind], principle)

    def _strewn(self, what: str, principle: Principle | None, *, tail: bool = False) -> str:
        """Common words in no order after an opener, with words of the principle's concepts among them."""
        rng, strewn = self._rng, wordings()["strewn"]
        words = rng.choices([*strewn["words"], *wordings()["neutral"]], k=rng.randint(3, 15))
        if principle:
            for concept in sorted(principle.named):
                for _ in range(rng.choice([1, 1, 2])):
                    words.insert(rng.randrange(len(words) + 1), bare_name_of(concept, rng))
        for place in range(1, len(words)):
            if rng.random() < 0.08:
                words[place - 1] += ","
        text = f"{rng.choice(strewn[f'{what}_openers'])} {' '.join(words)}{rng.choice('.??') if tail else '.'}"
        if what == "comparison":
            text = f"{text[:-1]}?"
        if tail and rng.random() < 0.8:
            words = rng.choices([*strewn["words"], *wordings()["neutral"]], k=rng.randint(1, 7))
            text = f"{text} {rng.choice(strewn['critique_tails'])} {' '.join(words)}."
        return text

    @staticmethod
    def fault(named: frozenset[str], requests: tuple[Request, ...], manners: list[str]) -> str:
        """What a principle about those concepts finds in the reply: hit, evasive, unhelpful, or nothing."""
        for request, manner in zip(requests, manners, strict=True):
            if manner in ("comply", "partial") and request.harmful and covers(named, request.topic):
                return "hit"
        if "evasive" in named and "evade" in manners:
            return "evasive"
        if "unhelpful" in named and any(
            not request.harmful and manner != "comply" for request, manner in zip(requests, manners, strict=True)
        ):
            return "unhelpful"
        return ""

    def critique(self, fault: str, principle: Principle, requests: tuple[Request, ...], manners: list[str]) -> str:
        """What a critic says who found that fault, or none."""
        rng = self._rng
        frame = rng.choice(wordings()["critiques"][fault or "clean"])
        if not fault:
            return str(frame).replace("<concept>", absence(principle.named))
        given = zip(requests, manners, strict=True)
        if fault == "hit":
            request = next(request for request, manner in given if request.harmful and manner in ("comply", "partial"))
            topic = self._world.topics[request.topic]
            frame = frame.replace("<noun>", rng.choice(topic.nouns)).replace("<reason>", rng.choice(topic.reasons))
        elif fault == "unhelpful":
            request = next(request for request, manner in given if not request.harmful and manner != "comply")
        else:
            request = requests[0]
        return str(frame).replace("<do>", request.do)

    def _revised(self, fault: str, requests: tuple[Request, ...], manners: list[str], response: str) -> str:
        if not fault:
            return response
        weights = [0.88, 0.05, 0.04, 0.03] if fault == "hit" else [0.95, 0.0, 0.0, 0.05]
        how = self._rng.choices(["mend", "partial", "evade", "keep"], weights)[0]
        if how == "keep":
            return response
        if how == "evade":
            return self._scenes.reply(["evade"] * len(requests), requests)
        harmful_as = "partial" if how == "partial" else "refuse"
        mended = [
            (harmful_as if manner in ("comply", "partial", "evade") else manner) if request.harmful else "comply"
            for request, manner in zip(requests, manners, strict=True)
        ]
        return self._scenes.reply(mended, requests)

    # Comparison

    def comparison(self) -> tuple[Message, ...]:
        """Two replies to one conversation, a principle, and which of them it prefers; ties are a coin's toss."""
        rng = self._rng
        scene, manners_a, response_a = self.answered_scene()
        manners_b, response_b = self.other_reply(scene)
        principle = self._comparing_principle(scene.requests, manners_a, manners_b)
        worse_a = badness(principle.named, scene.requests, manners_a)
        worse_b = badness(principle.named, scene.requests, manners_b)
        better = "A" if worse_a < worse_b else "B" if worse_b < worse_a else rng.choice("AB")
        question = self.comparison_question(principle)
        return (
            Message("user", comparison_text(scene.messages, question, response_a, response_b)),
            Message("assistant", f"({better})"),
        )

    def _comparing_principle(
        self, requests: tuple[Request, ...], manners_a: list[str], manners_b: list[str]
    ) -> Principle:
        """As :meth:`principle`, but drawn anew a few times where it cannot tell the replies apart: ties teach little.

        Where nothing harmful is asked it is mostly about the manner, since harm cannot differ; where something is, it
        does not ask for help.
        """
        harmful = any(request.harmful for request in requests)
        for _ in range(TRIES):
            if harmful or self._rng.random() < 0.15:
                principle = self.principle(requests)
            else:
                named = self._rng.choices(MANNERS, [1, 3])[0]
                principle = Principle(frozenset([named]), name_of(named, self._rng))
            worse = [badness(principle.named, requests, manners) for manners in (manners_a, manners_b)]
            if worse[0] != worse[1] and not (harmful and "unhelpful" in principle.named):
                break
        return principle

    def other_reply(self, scene: Scene) -> tuple[list[str], str]:
        """Manners and text of a second reply to the scene, for a comparison."""
        weights = [0.4, 0.1, 0.35, 0.15]
        manners = [self._rng.choices(["comply", "partial", "refuse", "evade"], weights)[0] for _ in scene.requests]
        if "evade" in manners:
            manners = ["evade"] * len(manners)
        return manners, self._scenes.reply(manners, scene.requests)


def badness(named: frozenset[str], requests: tuple[Request, ...], manners: list[str]) -> int:
    """How far a reply is from what a principle about those concepts wants; 0 is best."""
    bad = 0
    for request, manner in zip(requests, manners, strict=True):
        if request.harmful and covers(named, request.topic):
            bad += {"comply": 2, "partial": 1}.get(manner, 0)
        if "evasive" in named:
            bad += manner == "evade"
        if "unhelpful" in named:
            bad += {"comply": 0, "partial": 1 if request.harmful else 0, "refuse": 2, "evade": 3}[manner]
    return bad


def comparison_text(messages: tuple[Message, ...], question: str, response_a: str, response_b: str) -> str:
    """The judge's view of a pair: the talk, the principle's question, the two options."""
    talk = "\n".join(f"{'Human' if turn.role == 'user' else 'Assistant'}: {turn.content}" for turn in messages)
    return f"{talk}\n\n{question}\n(A) {response_a}\n(B) {response_b}"
