"""The figures of a labelling stage, checked by hand."""

import random
from dataclasses import replace

import pytest

from charter.prefer import label_results
from charter.records import Feedback, Preference, PromptKind, Status, Vote

from .conftest import make_pair


def label(
    p: float | None,
    *votes: Vote,
    first: str = "a",
    second: str = "b",
    kind: PromptKind = "red_team",
    reason: str = "",
    feedback: Feedback = "ai",
    rater: str = "judge, the second",
    seconds: float | None = None,
) -> Preference:
    pair = make_pair(first, second, request=f"{len(votes)} {p} {reason} {first}", kind=kind)
    return Preference(
        id=pair.id,
        pair=pair,
        p_first=p,
        votes=votes,
        feedback=feedback,
        rater=rater,
        seconds=seconds,
        status=Status.OK if p is not None else Status.FAILED,
        reason=reason,
    )


def look(forward: float | None, backward: float | None, mass: float | None = None) -> Vote:
    return Vote(principle_id="p", forward=forward, backward=backward, mass=mass)


LABELS = [
    label(0.9, look(0.95, 0.85, 0.9)),
    label(0.4, look(0.8, 0.0, 0.5)),
    label(0.5, look(0.7, 0.3)),
    label(0.5, first="x", second="x"),
    label(0.25, look(0.25, None, 1.0)),
    label(None, look(None, None, 0.0), reason="the judge answered with neither option: together 1e-9"),
    label(None, look(None, None), reason="the judge answered with neither option: in 8 samples"),
    label(None, reason="the judge failed: HTTP 500"),
    label(1.0, look(1.0, 1.0), kind="benign"),
]


def test_the_figures_of_each_aim() -> None:
    results = label_results(LABELS)
    assert list(results) == ["harmless", "helpful"]
    harmless = results["harmless"]
    assert (harmless.pairs, harmless.labelled, harmless.ties) == (8, 5, 2)
    assert harmless.failed == {"the judge answered with neither option": 2, "the judge failed": 1}
    assert (harmless.feedback, harmless.rater) == ("ai", "judge, the second")
    # Shown first and preferred: 0.95; not 0.85; 0.8 and 1 - 0.0; 0.7 and 1 - 0.3; not 0.25.
    assert harmless.first_shown is not None
    assert (harmless.first_shown.k, harmless.first_shown.n) == (5, 7)
    assert harmless.order_agreement is not None
    assert (harmless.order_agreement.k, harmless.order_agreement.n) == (1, 3)
    assert harmless.mass == pytest.approx((0.9 + 0.5 + 1.0 + 0.0) / 4)
    assert harmless.confidence == pytest.approx((0.8 + 0.2 + 0 + 0 + 0.5) / 5)
    assert harmless.oracle is None
    assert harmless.seconds_per_label is None
    assert (results["helpful"].pairs, results["helpful"].confidence) == (1, 1.0)


def test_agreement_with_the_oracle_leaves_out_ties_of_either() -> None:
    truths = {0.9: 1.0, 0.4: 1.0, 0.25: 0.5, 1.0: None}
    by_pair = {each.pair.prompt.messages: truths.get(each.p_first or -1, 1.0) for each in LABELS}
    results = label_results(LABELS, lambda messages, first, second, aim: by_pair[tuple(messages)])
    assert results["harmless"].oracle is not None
    assert (results["harmless"].oracle.k, results["harmless"].oracle.n) == (1, 2)
    assert results["helpful"].oracle is not None
    assert (results["helpful"].oracle.n, results["helpful"].oracle.rate) == (0, None)


def test_neither_the_order_of_labels_nor_of_responses_changes_them() -> None:
    shuffled = random.Random(1).sample(LABELS, len(LABELS))
    assert label_results(shuffled) == label_results(LABELS)
    swapped = label_results([each.swapped() for each in LABELS])
    for aim, straight in label_results(LABELS).items():
        assert swapped[aim].first_shown == straight.first_shown
        assert swapped[aim].order_agreement == straight.order_agreement
        assert swapped[aim].confidence == pytest.approx(straight.confidence)


def test_all_ties_are_no_error_and_no_position_bias() -> None:
    (results,) = label_results([label(0.5, look(0.5, 0.5)), label(0.5, first="x", second="x")]).values()
    assert (results.labelled, results.ties, results.confidence) == (2, 2, 0.0)
    assert results.first_shown is results.order_agreement is None


def test_people_are_counted_and_their_time_is_averaged() -> None:
    ann = label(1.0, feedback="human", rater="Ann", seconds=10)
    both = replace(label(0.5, feedback="human", rater="Ann, Bo", seconds=20), id="2")
    assert label_results([ann])["harmless"].rater == "Ann"
    results = label_results([ann, both])["harmless"]
    assert (results.feedback, results.rater, results.seconds_per_label) == ("human", "2 raters", 15)


def test_no_labels_no_figures() -> None:
    assert label_results([]) == {}
