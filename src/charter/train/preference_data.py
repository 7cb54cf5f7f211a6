"""What reward model and DPO are trained on: preferences, turned into two answers to one prompt and a soft label.

A pair is one example. Its label already holds both orders, where the judge was asked in both: to train on the pair and
on its mirror image as well would say the same twice (the loss does not change when a pair and its label are swapped).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from charter.digests import derive_seed, digest
from charter.errors import StageError
from charter.records import Aim, Message, Preference, Prompt, Status
from charter.training_data import LeftOut, counted

_SEEDS = 1 << 63


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two answers to one prompt, and which is better."""

    id: str
    prompt: tuple[Message, ...]
    first: str
    second: str
    p_first: float
    """Probability that the first is better."""
    aim: Aim

    @property
    def better_first(self) -> bool | None:
        """Whether the label says that the first is better; None for a tie."""
        return None if self.p_first == 0.5 else self.p_first > 0.5


@dataclass(frozen=True, slots=True)
class PreferenceData:
    """The comparisons in the order of their ids, and what gave none."""

    comparisons: tuple[Comparison, ...]
    left_out: Mapping[LeftOut, int]

    @property
    def digest(self) -> str:
        """SHA-256 over all comparisons; the order in which the preferences came does not matter."""
        return digest(
            [
                [each.id, [[turn.role, turn.content] for turn in each.prompt], each.first, each.second, each.p_first]
                for each in self.comparisons
            ]
        )

    @property
    def labels(self) -> dict[str, int]:
        """How many labels favour the ``first`` response, the ``second``, and neither (``tie``).

        Labels that all favour the same place are no fault: which response is stored first is chance or habit, and the
        loss does not see it.
        """
        found = Counter(each.better_first for each in self.comparisons)
        return {"first": found[True], "second": found[False], "tie": found[None]}

    def check(self, label: str) -> None:
        """Refuses data from which nothing could be learned; ``label`` is what the training is called.

        Raises:
            StageError: there is no comparison, or every label is a tie.
        """
        total = len(self.comparisons)
        if not total:
            raise StageError(f"{label}: nothing to train on: {counted(self.left_out) or 'there are no preferences'}")
        if self.labels["tie"] == total:
            raise StageError(
                f"{label}: all {total:,} labels are ties: nothing can be learned; "
                "look at the judge (charter prefer) before training on it"
            )


def preference_data(preferences: Iterable[Preference], aim: Aim | None = None) -> PreferenceData:
    """The comparisons that these preferences give; of one aim alone, where ``aim`` names one.

    Several labels of the same two responses (of several raters, or of the pair and its mirror image) become one
    comparison with the mean label: the loss of the mean is the mean of the losses.
    """
    left_out: Counter[LeftOut] = Counter()
    same: defaultdict[object, list[Comparison]] = defaultdict(list)
    for preference in preferences:
        found = _comparison(preference, aim)
        if isinstance(found, LeftOut):
            left_out[found] += 1
        else:
            same[found.prompt, frozenset((found.first, found.second))].append(found)
    left_out[LeftOut.MERGED] = sum(len(each) - 1 for each in same.values())
    comparisons = sorted(map(_mean, same.values()), key=lambda each: each.id)
    return PreferenceData(tuple(comparisons), {why: count for why, count in sorted(left_out.items()) if count})


def hold_out(
    preferences: Iterable[Preference], share: float, seed: int
) -> tuple[tuple[Preference, ...], tuple[Preference, ...]]:
    """The preferences to train on, and about that ``share`` of the prompts' that are kept back to measure on; by id.

    A prompt is on one side with all its pairs, whatever other prompts there are: its id and the seed decide.
    """
    kept: list[Preference] = []
    held: list[Preference] = []
    for preference in sorted(preferences, key=lambda each: each.id):
        (held if _is_held_out(preference.pair.prompt, share, seed) else kept).append(preference)
    return tuple(kept), tuple(held)


def _is_held_out(prompt: Prompt, share: float, seed: int) -> bool:
    return derive_seed(seed, "held out", prompt.id) < share * _SEEDS


def _comparison(preference: Preference, aim: Aim | None) -> Comparison | LeftOut:
    pair = preference.pair
    first, second = pair.first.strip(), pair.second.strip()
    reasons = {
        LeftOut.TEST_PROMPT: pair.prompt.split == "test",
        LeftOut.OTHER_AIM: aim not in (None, pair.aim),
        LeftOut.FAILED: preference.status is Status.FAILED,
        LeftOut.EMPTY: not first or not second,
        LeftOut.EQUAL: first == second,
    }
    why = next((reason for reason, applies in reasons.items() if applies), None)
    if why:
        return why
    if preference.p_first is None:
        return LeftOut.FAILED
    return Comparison(
        id=preference.id,
        prompt=pair.prompt.messages,
        first=first,
        second=second,
        p_first=preference.p_first,
        aim=pair.aim,
    )


def _mean(same: Sequence[Comparison]) -> Comparison:
    """One comparison with the mean label, in the order of the one whose id comes first."""
    kept, *others = sorted(same, key=lambda each: each.id)
    if not others:
        return kept
    labels = [each.p_first if each.first == kept.first else 1 - each.p_first for each in (kept, *others)]
    return replace(kept, p_first=sum(labels) / len(labels))
