"""What a principle is about: the concepts whose words its text contains."""

import functools
import random
import re
from importlib import resources
from typing import Any

import yaml

BROAD = "harm"
"""The concept that covers every harm category at once."""
MANNERS = ("evasive", "unhelpful")
"""Concepts about the manner of a reply, not about a harm."""


@functools.cache
def wordings() -> dict[str, Any]:
    """The shipped wordings.yaml."""
    text = resources.files("charter.organisms").joinpath("wordings.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


@functools.cache
def _pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    concept_of = {word: concept for concept, words in wordings()["lexicon"].items() for word in words}
    longest_first = sorted(concept_of, key=lambda word: -len(word))
    # A hyphen belongs to a word: "self-harm" is not "harm".
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])"), concept_of


def concepts(text: str) -> frozenset[str]:
    """The concepts that a principle's text names."""
    pattern, concept_of = _pattern()
    return frozenset(concept_of[match[0]] for match in pattern.finditer(text.lower()))


def covers(named: frozenset[str], category: str) -> bool:
    """Whether a principle about those concepts is about that harm category."""
    return category in named or BROAD in named


def name_of(concept: str, rng: random.Random) -> str:
    """A word for the concept, in a phrase that stands where a noun stands."""
    word = bare_name_of(concept, rng)
    for phrase in wordings()["phrases"].values():
        if word in phrase["words"]:
            return str(phrase["form"]).replace("<w>", word)
    return word


def bare_name_of(concept: str, rng: random.Random) -> str:
    """A word for the concept as the lexicon has it."""
    return str(rng.choice(wordings()["lexicon"][concept]))


def absence(named: frozenset[str]) -> str:
    """What a critique under a principle about those concepts does not find."""
    return " or ".join(wordings()["absent"][concept] for concept in sorted(named))
