"""Which texts are near to one: cosine of the TF-IDF vectors of their character n-grams.

It needs no model and no word list, and works in any script. The n-grams are hashed into a fixed number of places, so
that texts in any number need no vocabulary.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

LENGTHS = (3, 4, 5)
"""Characters of an n-gram."""
PLACES = 1 << 18
READ = 2_000
"""Characters of a text that count, the last ones: of a long request the end says what is wanted."""

Floats = NDArray[np.float64]
Grams = tuple[NDArray[np.int64], Floats]
"""Places, and how often each occurs: 1 + ln(count)."""
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(46)
"""64 bits less those of a place."""


class Nearness:
    """A collection of texts, to be asked which are near to another one."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._grams = [grams(text) for text in texts]
        occurs = np.zeros(PLACES)
        for places, _ in self._grams:
            occurs[places] += 1
        self._rarity = np.log((1 + len(texts)) / (1 + occurs)) + 1
        self._lengths = [self._length(each) for each in self._grams]

    def to(self, text: str) -> Floats:
        """Shape (texts,): how near each is, from 0 (nothing in common) to 1 (the same n-grams)."""
        asked = grams(text)
        wanted = np.zeros(PLACES)
        wanted[asked[0]] = asked[1] * self._rarity[asked[0]]
        own = self._length(asked)
        found = np.zeros(len(self._grams))
        for index, ((places, counts), length) in enumerate(zip(self._grams, self._lengths, strict=True)):
            if own and length:
                found[index] = wanted[places] @ (counts * self._rarity[places]) / (own * length)
        return found

    def _length(self, of: Grams) -> float:
        return float(np.linalg.norm(of[1] * self._rarity[of[0]]))


def grams(text: str) -> Grams:
    """The n-grams of a text; letter case, punctuation and white space make no difference."""
    plain = "".join(each if each.isalnum() else " " for each in text[-READ:].casefold())
    codes = np.array([ord(each) for each in f" {' '.join(plain.split())} "], dtype=np.uint64)
    hashed: list[Any] = []
    for length in LENGTHS:
        many = len(codes) - length + 1
        if many > 0:
            value = np.full(many, length, dtype=np.uint64)
            for start in range(length):
                value = (value ^ codes[start : start + many]) * _FACTOR
            hashed.append(value >> _SHIFT)
    if not hashed:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    places, counts = np.unique(np.concatenate(hashed).astype(np.int64), return_counts=True)
    return places, 1 + np.log(counts)
