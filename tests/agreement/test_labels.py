"""Labels of several sources on common ground: which pairs are the same, and who is who."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from charter.agreement.labels import FIRST, SECOND, TIE, Labels, Source, category, collect
from charter.errors import ConfigError
from charter.records import Pair, Preference, Vote

Make = Callable[..., Preference]
MakePair = Callable[..., Pair]


def source(*preferences: Preference, name: str = "a", kinds_known: bool = True) -> Source:
    return Source(name, preferences, kinds_known=kinds_known)


def said(labels: Labels) -> dict[str, list[float]]:
    return {rater.name: rater.arrays()[1].tolist() for rater in labels.raters}


def test_a_pair_stored_the_other_way_round_is_the_same_pair(pair: MakePair, prefer: Make) -> None:
    one = prefer(pair(1), 0.9, "anna", votes=[Vote(forward=0.9)])
    other = prefer(pair(1), 0.8, "ben", votes=[Vote(backward=0.8)])
    plain, turned = collect([source(one, other)]), collect([source(one, other.swapped())])
    assert len(plain.prompt_of_N) == len(turned.prompt_of_N) == 1
    assert said(turned) == {"anna": [0.9], "ben": [pytest.approx(0.8)]}
    for found in (plain, turned):
        looks = {rater.name: rater.looks[0] for rater in found.raters}
        assert (looks["anna"].first_shown, looks["ben"].first_shown) == (True, False)


def test_white_space_and_unknown_models_do_not_make_another_pair(pair: MakePair, prefer: Make) -> None:
    ours = replace(pair(1), first_model="f" * 64, id="")
    theirs = replace(pair(1), first=" one 1\n", id="")
    assert len(collect([source(prefer(ours, 1.0, "anna"), prefer(theirs, 1.0, "ben"))]).prompt_of_N) == 1


def test_another_aim_is_another_pair_where_it_is_known(pair: MakePair, prefer: Make) -> None:
    harmless = source(prefer(pair(1), 1.0, "anna"))
    helpful = source(prefer(pair(1, kind="benign"), 1.0, "ben"), name="b")
    assert len(collect([harmless, helpful]).prompt_of_N) == 2
    unknown = replace(helpful, kinds_known=False)
    assert len(collect([harmless, unknown]).prompt_of_N) == 1


def test_pairs_of_one_prompt_belong_together(pair: MakePair, prefer: Make) -> None:
    labels = collect([source(prefer(pair(1, 7), 1.0), prefer(pair(2, 7), 1.0), prefer(pair(3), 1.0))])
    assert sorted(np.bincount(labels.prompt_of_N).tolist()) == [1, 2]


def test_a_record_in_two_sources_counts_once_and_repeats_are_averaged(pair: MakePair, prefer: Make) -> None:
    once, again = prefer(pair(1), 1.0), prefer(pair(1), 0.0, look=1)
    labels = collect([source(once), source(once, again, name="b")])
    assert said(labels) == {"anna": [0.5]}
    assert labels.raters[0].sources == ["a", "b"]


def test_unnamed_labels_of_two_files_are_of_two_raters_though_their_records_are_alike(
    pair: MakePair, prefer: Make
) -> None:
    alike = [source(prefer(pair(1), p, ""), name=name) for name, p in (("x", 1.0), ("y", 1.0), ("z", 0.0))]
    assert said(collect(alike)) == {"unnamed of x": [1.0], "unnamed of y": [1.0], "unnamed of z": [0.0]}


def test_who_said_otherwise_in_another_file_is_heard_there_too(pair: MakePair, prefer: Make) -> None:
    labels = collect([source(prefer(pair(1), 1.0)), source(prefer(pair(1), 0.0), name="b")])
    assert said(labels) == {"anna": [0.5]}


def test_who_is_who(pair: MakePair, prefer: Make) -> None:
    people = [prefer(pair(1), 1.0, "anna"), prefer(pair(2), 1.0, "anna", look=1)]
    models = [prefer(pair(1), 1.0, "judge", feedback="ai", digest=digest * 64) for digest in "ab"]
    unnamed = [source(prefer(pair(1), 1.0, " ", look=n), name=name) for n, name in enumerate("xy")]
    labels = collect([source(*people, *models), *unnamed])
    names = [rater.name for rater in labels.raters]
    assert names == ["judge (ai aaaaaaaa)", "judge (ai bbbbbbbb)", "unnamed of x", "unnamed of y", "anna"]


def test_a_person_of_an_oracles_name_is_not_the_oracle(pair: MakePair, prefer: Make) -> None:
    labels = collect([source(prefer(pair(1), 0.0, "oracle"), prefer(pair(1), 0.0, "oracle (human)"))], lambda _: 1.0)
    assert [(rater.name, rater.feedback) for rater in labels.raters] == [
        ("oracle (human) 2", "human"),
        ("oracle (human)", "human"),
        ("oracle", "oracle"),
    ]


def test_the_oracle_labels_what_it_can_judge_whichever_way_the_pair_is_stored(pair: MakePair, prefer: Make) -> None:
    def truth(of: Pair) -> float | None:
        return None if "3" in of.first else float(of.first.startswith("one"))

    pairs = [pair(1), pair(2).swapped(), pair(3)]
    labels = collect([source(*(prefer(each, 1.0) for each in pairs))], truth)
    assert labels.raters[-1].feedback == "oracle"
    assert said(labels)["anna"] == [1.0, 0.0, 1.0]
    assert said(labels)["oracle"] == [1.0, 1.0]
    assert len(collect([source(prefer(pair(1), 1.0))], lambda _: None).raters) == 1


def test_equal_texts_and_failed_records_are_counted_and_are_no_labels(pair: MakePair, prefer: Make) -> None:
    same = replace(pair(1), second=pair(1).first, id="")
    labels = collect([source(prefer(same, 0.5), prefer(pair(2), None), prefer(pair(3), 1.0))])
    assert labels.identical == 1
    assert labels.raters[0].failed == 1
    assert said(labels) == {"anna": [1.0]}


@pytest.mark.parametrize("label", [1.5, -0.1, float("nan")])
def test_a_label_that_is_no_probability_is_refused(pair: MakePair, prefer: Make, label: float) -> None:
    with pytest.raises(ConfigError, match=r"^a: preference .* has the label .*, which is no probability; write"):
        collect([source(prefer(pair(1), label))])


def test_categories_allow_for_rounding() -> None:
    assert category(np.array([0.0, 0.49, (0.1 + 0.2) / 0.6, 0.51, 1.0])).tolist() == [SECOND, SECOND, TIE, FIRST, FIRST]
