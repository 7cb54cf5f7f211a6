"""Putting looks to a judge model: all of one kind in one call, so that the model or the server can batch them."""

import logging
from collections.abc import Sequence
from typing import Final

from charter.digests import derive_seed
from charter.models.completer import Chat, Completer, Sampling
from charter.prefer.looks import Look, read_answer
from charter.prefer.templates import OPTIONS, Template

_LOG = logging.getLogger(__name__)

REASONING: Final = Sampling(temperature=1.0, max_new_tokens=256)
VOTING: Final = Sampling(temperature=1.0, max_new_tokens=16)
"""An answer is an option in brackets; a judge that wraps it into a sentence still gets to it."""


class Asker:
    """A judge model that is asked."""

    def __init__(self, completer: Completer, *, reasoning: bool, votes: int) -> None:
        self._completer = completer
        self._reasoning = reasoning
        self._votes = votes
        self._only_votes = False

    def ask(self, looks: Sequence[Look]) -> None:
        """Gives each look its probability, or the reason why it has none."""
        if self._reasoning:
            self._think(looks)
        if not self._only_votes:
            self._score([look for look in looks if look.open])
        self._vote([look for look in looks if look.open], len(looks))

    def _think(self, looks: Sequence[Look]) -> None:
        chats = [Chat(look.turns, derive_seed(look.seed, "reasoning")) for look in looks]
        for look, completion in zip(looks, self._completer.complete(chats, REASONING) if chats else (), strict=True):
            look.reasoning = completion.text.strip()
            if completion.error:
                look.reason = f"the judge's reasoning failed: {completion.error}"
            elif not look.reasoning:
                look.reason = "the judge's reasoning is empty"
            else:
                look.turns = Template.after(look.turns, look.reasoning)

    def _score(self, looks: Sequence[Look]) -> None:
        chats = [Chat(look.turns, look.seed) for look in looks]
        scores = self._completer.score(chats, [OPTIONS] * len(chats)) if chats else []
        for look, (a, b) in zip(looks, scores, strict=True):
            look.score(a, b)

    def _vote(self, looks: Sequence[Look], asked: int) -> None:
        """Samples the answers that were not scored: the server gives no probabilities, or the chat does not fit."""
        chats = [Chat(look.turns, derive_seed(look.seed, "vote", number)) for look in looks for number in self._ballot]
        completions = self._completer.complete(chats, VOTING) if chats else []
        voted = 0
        for place, look in enumerate(looks):
            given = completions[place * self._votes : (place + 1) * self._votes]
            whole = [completion for completion in given if not completion.error]
            if whole:
                look.count([read_answer(completion.text) for completion in whole])
                voted += 1
            else:
                look.reason = f"the judge failed: {given[0].error}"
        if voted and not self._only_votes:
            _LOG.warning(
                "%s gave no log-probabilities for %d of %d comparisons: the label of each of these is the share of %d "
                "sampled answers instead",
                self._completer.name,
                voted,
                asked,
                self._votes,
            )
        self._only_votes = self._only_votes or 0 < voted == asked

    @property
    def _ballot(self) -> range:
        return range(self._votes)
