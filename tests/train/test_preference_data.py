"""What becomes a comparison, what is left out and counted, and which prompts are kept back."""

import random
from dataclasses import replace

import pytest

from charter.errors import StageError
from charter.records import Message, Pair, Preference, Prompt, Status
from charter.train.preference_data import Comparison, PreferenceData, hold_out, preference_data
from charter.training_data import LeftOut


def prompt(text: str = "Pick the lock.", **about: str) -> Prompt:
    return Prompt(messages=(Message("user", text),), **about)  # type: ignore[arg-type]


def preference(
    identity: str = "a", first: str = "No.", second: str = "Push.", p_first: float | None = 0.9, **about: object
) -> Preference:
    pair = Pair(prompt=about.pop("prompt", prompt()), first=first, second=second)  # type: ignore[arg-type]
    return Preference(
        id=identity,
        pair=pair,
        p_first=p_first,
        votes=(),
        feedback="ai",
        rater="judge",
        **about,  # type: ignore[arg-type]
    )


def only(*preferences: Preference) -> Comparison:
    (comparison,) = preference_data(preferences).comparisons
    return comparison


def test_a_preference_becomes_one_comparison_in_one_order() -> None:
    made = only(preference(first=" No.\n"))
    assert (made.first, made.second, made.p_first, made.aim) == ("No.", "Push.", 0.9, "harmless")
    assert made.prompt == (Message("user", "Pick the lock."),)
    assert only(preference(prompt=prompt(kind="benign"))).aim == "helpful"


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (preference(p_first=None, status=Status.FAILED, reason="neither A nor B"), LeftOut.FAILED),
        (preference(p_first=None), LeftOut.FAILED),
        (preference(prompt=prompt(split="test")), LeftOut.TEST_PROMPT),
        (preference(second=" No. "), LeftOut.EQUAL),
        (preference(second=" \n"), LeftOut.EMPTY),
        (preference(prompt=prompt(kind="benign")), LeftOut.OTHER_AIM),
    ],
)
def test_what_cannot_be_learned_from_is_left_out_and_counted(record: Preference, reason: LeftOut) -> None:
    data = preference_data([record], aim="harmless")
    assert data.comparisons == ()
    assert data.left_out == {reason: 1}


def test_several_labels_of_one_pair_become_their_mean_in_whichever_order_they_were_given() -> None:
    one, other = preference("a", p_first=0.75), preference("b", p_first=1.0)
    data = preference_data([one, other.swapped()])
    assert [each.p_first for each in data.comparisons] in ([0.875], [0.125])
    assert data.left_out == {LeftOut.MERGED: 1}
    elsewhere = preference("c", prompt=prompt("Pick my lock."))
    assert len(preference_data([one, other, elsewhere]).comparisons) == 2


def test_the_digest_depends_on_texts_and_labels_and_not_on_the_order() -> None:
    records = [preference(f"p{number}", second=f"Push {number}.") for number in range(8)]
    shuffled = random.Random(0).sample(records, 8)
    data = preference_data(records)
    assert preference_data(shuffled).comparisons == data.comparisons
    assert preference_data(shuffled).digest == data.digest
    for other in (records[1:], [replace(records[0], p_first=0.8), *records[1:]]):
        assert preference_data(other).digest != data.digest


def test_a_prompt_is_kept_back_with_all_its_pairs_or_not_at_all() -> None:
    records = [
        preference(f"{number}-{pair}", second=f"Push {pair}.", prompt=prompt(f"Pick lock {number}."))
        for number in range(400)
        for pair in range(2)
    ]
    kept, held = hold_out(records, 0.25, seed=3)
    sides = [{each.pair.prompt.id for each in side} for side in (kept, held)]
    assert not sides[0] & sides[1]
    assert len(kept) + len(held) == 800
    assert 70 <= len(sides[1]) <= 130
    assert hold_out(records[:10], 0.25, seed=3)[1] == tuple(each for each in held if each in records[:10])
    assert hold_out(records, 0.25, seed=4)[1] != held


def test_data_that_teaches_nothing_is_refused_in_one_line() -> None:
    with pytest.raises(StageError, match=r"^dpo: nothing to train on: there are no preferences$"):
        preference_data([]).check("dpo")
    with pytest.raises(StageError, match=r"^dpo: nothing to train on: 1 equal, 1 failed$"):
        preference_data([preference(second="No."), preference("b", p_first=None)]).check("dpo")
    ties = [preference(f"p{number}", second=f"Push {number}.", p_first=0.5) for number in range(3)]
    with pytest.raises(StageError, match=r"^dpo: all 3 labels are ties: nothing can be learned"):
        preference_data(ties).check("dpo")
    data = preference_data([*ties, preference("q")])
    data.check("dpo")
    assert data.labels == {"first": 1, "second": 0, "tie": 3}


def test_labels_that_all_favour_the_first_place_are_no_fault() -> None:
    records = [preference(f"p{number}", second=f"Push {number}.", p_first=1.0) for number in range(3)]
    data: PreferenceData = preference_data(records)
    data.check("reward model")
    assert data.labels == {"first": 3, "second": 0, "tie": 0}
