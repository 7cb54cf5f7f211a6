"""Everything together, and what cannot be compared."""

from collections.abc import Callable

import pytest

from charter.agreement import Costs, Source, measure_agreement
from charter.errors import ConfigError
from charter.records import Pair, Preference, Vote

Make = Callable[..., Preference]
MakePair = Callable[..., Pair]


def test_one_result_holds_it_all(pair: MakePair, prefer: Make) -> None:
    pairs = [pair(number, number // 2) for number in range(40)]
    ai = [
        prefer(
            each,
            0.8,
            "judge",
            feedback="ai",
            digest="d" * 64,
            votes=[Vote(principle_id="p", forward=0.9, backward=0.7)],
        )
        for each in pairs
    ]
    people = [
        prefer(each, float(number % 5 > 0), who, seconds=10.0 + number)
        for number, each in enumerate(pairs)
        for who in ("anna", "ben")
    ]
    sources = [Source("runs/x", tuple(ai), seconds_per_ai_label=0.25), Source("human", tuple(people))]
    found = measure_agreement(sources, oracle=lambda _: 1.0, costs=Costs(of_people=36.0, of_machine=7.2))
    assert found == measure_agreement(sources, oracle=lambda _: 1.0, costs=Costs(of_people=36.0, of_machine=7.2))
    assert (found.sources, found.pairs, found.prompts) == (("runs/x", "human"), 40, 20)
    judge, anna, _, oracle = found.raters
    assert [rater.name for rater in found.raters] == ["judge", "anna", "ben", "oracle"]
    assert (judge.seconds, judge.labels_per_hour, judge.cost_per_1000) == (0.25, 14400, pytest.approx(0.5))
    assert (anna.seconds, anna.labels_per_hour) == (29.5, pytest.approx(3600 / 29.5))
    assert anna.cost_per_1000 == pytest.approx(295.0)
    assert (oracle.seconds, oracle.cost_per_1000, oracle.sources) == (None, None, ())
    assert judge.both_orders is not None
    assert len(found.pairwise) == 6
    assert [(each.one, each.other) for each in found.kinds] == [("AI", "human"), ("human", "oracle")]
    assert found.worth is not None
    assert found.worth_reason == ""


def test_without_costs_there_are_none(pair: MakePair, prefer: Make) -> None:
    found = measure_agreement([Source("a", tuple(prefer(pair(1), 1.0, who, seconds=5) for who in "xy"))])
    assert [rater.cost_per_1000 for rater in found.raters] == [None, None]
    assert found.worth is None
    assert found.worth_reason == "there are no labels of an AI"


def test_hostile_names_are_names(pair: MakePair, prefer: Make) -> None:
    names = ["\x1b[2J", "<script>", "{{x}}", "a\u202eb", "[red]", "anna, ben", "x" * 5000]
    found = measure_agreement([Source("a", tuple(prefer(pair(1), 1.0, name) for name in names))])
    assert {rater.name for rater in found.raters} == set(names)
    assert len(found.pairwise) == 21


def refusal(*sources: Source) -> str:
    with pytest.raises(ConfigError) as caught:
        measure_agreement(sources)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_raters_without_a_pair_in_common(pair: MakePair, prefer: Make) -> None:
    said = refusal(*(Source(who, (prefer(pair(number), 1.0, who),)) for number, who in enumerate("abcdef")))
    assert said.startswith(
        "they have no pair in common: a (pairs: 1), b (pairs: 1), c (pairs: 1), d (pairs: 1) and 2 more; "
    )


def test_one_rater_alone(pair: MakePair, prefer: Make) -> None:
    said = refusal(Source("x", (prefer(pair(1), 1.0),)), Source("y", (prefer(pair(2), 1.0),)))
    assert said.startswith("x, y: all labels are of one rater, anna (pairs: 2); agreement needs two: ")


def test_no_labels(pair: MakePair, prefer: Make) -> None:
    assert refusal(Source("x", ())).startswith("x: no labels to compare (records without a label: 0, pairs of equal")
    assert "(records without a label: 1, " in refusal(Source("x", (prefer(pair(1), None),)))
