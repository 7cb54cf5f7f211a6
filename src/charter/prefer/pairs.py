"""Pairs: two samples of one prompt that can be compared."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from charter.records import Pair, Sample, Status

FAILED, EMPTY, CUT_OFF = "the sample failed", "the sample is empty", "the sample was cut off at its token limit"
ALONE = "no other sample of its prompt is left to compare it with"
REPEATED = "the same pair of texts is there already"


@dataclass(frozen=True, slots=True)
class Pairing:
    """The pairs that samples make, and what of the samples is in none of them."""

    pairs: tuple[Pair, ...]
    left_out: dict[str, int]
    """Samples by the reason why they are in no pair, the most frequent first."""


def form_pairs(samples: Iterable[Sample]) -> tuple[Pair, ...]:
    """The pairs alone; see :func:`pair_samples`."""
    return pair_samples(samples).pairs


def pair_samples(samples: Iterable[Sample]) -> Pairing:
    """Disjoint pairs of each prompt's usable samples, in the order of their seeds, whatever order they come in.

    Two equal texts are a pair as well: a tie that no judge need be asked about, and that trains nothing. To leave
    them out would make the labels look more decided than the model's answers are.
    """
    left_out: Counter[str] = Counter()
    by_prompt: dict[str, list[Sample]] = {}
    for sample in samples:
        if problem := _problem(sample):
            left_out[problem] += 1
        else:
            by_prompt.setdefault(sample.prompt.id, []).append(sample)
    pairs: dict[str, Pair] = {}
    for _, usable in sorted(by_prompt.items()):
        usable.sort(key=lambda sample: (sample.seed, sample.id))
        left_out[ALONE] += len(usable) % 2
        for first, second in zip(usable[::2], usable[1::2], strict=False):
            pair = _pair(first, second)
            if pairs.setdefault(pair.id, pair) is not pair:
                left_out[REPEATED] += 2
    counted = sorted((+left_out).items(), key=lambda item: (-item[1], item[0]))
    return Pairing(tuple(pairs.values()), dict(counted))


def _problem(sample: Sample) -> str:
    if sample.status is Status.FAILED:
        return FAILED
    if not sample.text.strip():
        return EMPTY
    return CUT_OFF if sample.finish == "length" else ""


def _pair(first: Sample, second: Sample) -> Pair:
    return Pair(
        prompt=first.prompt,
        first=first.text,
        second=second.text,
        first_model=first.model_digest,
        second_model=second.model_digest,
    )
