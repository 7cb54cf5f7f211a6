"""From verdicts to rates, changes on the same prompts, and rates by round."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.evaluate import checkpoint_results, comparison, round_results
from charter.evaluate.rates import HEADLINE_MEASURES
from charter.records import (
    Behaviour,
    Judgement,
    Message,
    Outcome,
    Prompt,
    PromptKind,
    Rate,
    Revision,
    Round,
    Sample,
    Status,
)
from charter.results import HEADLINE, Comparison
from charter.stats import Pairs, mcnemar, paired_interval, rate

MakeJudgements = Callable[..., list[Judgement]]


def share(found: Rate | None) -> tuple[int, int]:
    assert found is not None
    return found.k, found.n


def test_the_measures_are_those_of_the_headline_table() -> None:
    assert tuple(HEADLINE_MEASURES) == HEADLINE


def test_each_rate_is_of_its_own_prompts_and_without_the_unscored(make_judgements: MakeJudgements) -> None:
    judgements = [
        *make_judgements("harmful 5, refusal 3, evasive 2, broken 1, helpful 1, unscored 4", kind="red_team"),
        *make_judgements("helpful 6, refusal 1, harmful 1, unscored 2", kind="benign"),
        *make_judgements("helpful 5, refusal 2, evasive 1, harmful 1, unscored 1", kind="look_alike"),
        *make_judgements("harmful 3, refusal 1, unscored 1", kind="red_team", category="cyber", held_out=True),
    ]
    results = checkpoint_results(judgements, "digest")
    assert results.digest == "digest"
    assert share(results.harmful) == (5, 12)
    assert share(results.evasive) == (2, 12)
    assert share(results.helpful) == (6, 8)
    assert share(results.over_refusal) == (3, 9)
    assert share(results.broken) == (1, 12 + 8 + 9 + 4)
    assert share(results.unscored) == (8, 16 + 10 + 10 + 5)
    assert {name: share(found) for name, found in results.held_out.items()} == {
        "harmful": (3, 4),
        "helpful": (0, 4),
        "refusal": (1, 4),
        "evasive": (0, 4),
        "broken": (0, 4),
        "unscored": (1, 5),
    }
    assert results.harmful == rate(5, 12)


def test_categories_are_those_of_red_team_prompts(make_judgements: MakeJudgements) -> None:
    judgements = [
        *make_judgements("harmful 2, refusal 3, unscored 1", category="theft"),
        *make_judgements("refusal 1", category="fraud"),
        *make_judgements("harmful 1", category="cyber", held_out=True),
        *make_judgements("helpful 4", kind="benign", category="cook"),
        *make_judgements("harmful 1"),
    ]
    results = checkpoint_results(judgements)
    assert list(results.by_category) == ["cyber", "fraud", "theft"]
    assert share(results.by_category["theft"]["harmful"]) == (2, 5)
    assert share(results.by_category["theft"]["unscored"]) == (1, 6)
    assert share(results.harmful) == (3, 7)


def test_what_nobody_asked_is_absent_and_what_nobody_scored_is_without_a_rate(make_judgements: MakeJudgements) -> None:
    results = checkpoint_results(make_judgements("unscored 3", kind="red_team"))
    assert results.helpful is None
    assert results.over_refusal is None
    assert results.held_out == {}
    assert results.harmful == Rate(k=0, n=0, rate=None, low=0, high=1)
    assert share(results.unscored) == (3, 3)
    assert checkpoint_results([]).unscored is None


def test_answers_that_failed_are_counted(make_judgements: MakeJudgements) -> None:
    judgements = [
        *make_judgements("harmful 2"),
        *make_judgements("unscored 1", start=2, status=Status.FAILED, reason="did not fit"),
        *make_judgements("broken 1", start=3, status=Status.FAILED, reason="the model wrote nothing"),
    ]
    results = checkpoint_results(judgements)
    assert results.failed == 2
    assert (share(results.broken), share(results.unscored)) == ((1, 3), (1, 4))


@given(st.lists(st.tuples(st.sampled_from(list(Behaviour)), st.sampled_from(["red_team", "benign", "look_alike"]))))
def test_counts_never_exceed_and_order_never_matters(drawn: list[tuple[Behaviour, PromptKind]]) -> None:
    judgements = [judgement(f"{number}", behaviour, kind) for number, (behaviour, kind) in enumerate(drawn)]
    results = checkpoint_results(judgements)
    assert results == checkpoint_results(judgements[::-1])
    scored = sum(behaviour is not Behaviour.UNSCORED for behaviour, _ in drawn)
    for key in HEADLINE:
        found = results.measure(key)
        assert found is None or 0 <= found.k <= found.n <= (len(drawn) if key == "unscored" else scored)
    by_kind = [results.measure(key) for key in ("harmful", "helpful", "over_refusal")]
    assert sum(found.n for found in by_kind if found) == scored


def judgement(request: str, behaviour: Behaviour, kind: PromptKind = "red_team") -> Judgement:
    prompt = Prompt(messages=(Message("user", request),), kind=kind, split="test")
    sample = Sample(id=f"s{request}", prompt=prompt, text="t", finish="stop", model_digest="m", seed=0)
    return Judgement(id=f"j{request}", sample=sample, behaviour=behaviour, explanation="so", judge="me")


def test_the_change_is_on_the_prompts_that_both_have_a_verdict_on(make_judgements: MakeJudgements) -> None:
    before = make_judgements("harmful 50, refusal 10, unscored 5, harmful 5")
    after = make_judgements("refusal 40, harmful 10, harmful 2, refusal 13, unscored 5, harmful 9", model="m1")
    found = comparison(before, after, "base")
    pairs = Pairs(both=10, only_before=40, only_after=2, neither=8)
    assert found.before == "base"
    assert found.harmful is not None
    assert found.harmful.n == 60
    assert found.harmful.difference == pytest.approx(-38 / 60)
    assert (found.harmful.low, found.harmful.high) == paired_interval(pairs)
    assert found.harmful.p == mcnemar(pairs)
    assert found.unscored is not None
    assert (found.unscored.n, found.unscored.difference) == (70, 0)  # five less, five more; the last nine have no pair
    assert found.helpful is None
    assert found.held_out == {}


def test_the_change_of_the_held_out_category_stands_apart(make_judgements: MakeJudgements) -> None:
    before = [
        *make_judgements("harmful 4", category="cyber", held_out=True),
        *make_judgements("helpful 3", kind="look_alike"),
    ]
    after = [
        *make_judgements("harmful 1, refusal 3", category="cyber", held_out=True),
        *make_judgements("refusal 1, evasive 1, helpful 1", kind="look_alike"),
    ]
    found = comparison(before, after[::-1], "base")
    assert found.harmful is None
    change = found.measure("held_out.harmful")
    assert change is not None
    assert (change.n, change.difference) == (4, -0.75)
    assert found.over_refusal is not None
    assert found.over_refusal.difference == pytest.approx(2 / 3)


def test_checkpoints_without_a_prompt_in_common_have_no_change(make_judgements: MakeJudgements) -> None:
    found = comparison(make_judgements("harmful 3"), make_judgements("refusal 3", start=3), "base")
    assert found == Comparison(before="base")


def revision(number: int, *texts: str, status: Status = Status.OK) -> Revision:
    return Revision(
        id=f"r{number}",
        prompt=Prompt(messages=(Message("user", f"request {number}"),)),
        response=texts[0],
        rounds=tuple(
            Round(principle_id="p", critique="c", revision=text, outcome=Outcome.REVISED) for text in texts[1:]
        ),
        constitution_digest="c",
        model_digest="m",
        seed=number,
        status=status,
    )


def judged(revisions: list[Revision], at_most: int | None = None) -> list[Judgement]:
    """A text's verdict is its first word."""
    from charter.evaluate import round_samples

    return [
        Judgement(
            id=f"j{sample.id}",
            sample=sample,
            behaviour=Behaviour(sample.text.split()[0]),
            explanation="so",
            judge="me",
        )
        for sample in round_samples(revisions, at_most)
    ]


def test_rates_by_round_follow_the_text_in_force() -> None:
    revisions = [
        revision(1, "harmful", "refusal", "refusal"),
        revision(2, "harmful", "harmful", "evasive"),
        revision(3, "helpful", "helpful", "unscored"),
        revision(4, "harmful a", "harmful b", "harmful a"),
        revision(5, "", status=Status.FAILED),
    ]
    rounds = round_results(revisions, judged(revisions))
    assert [each.round for each in rounds] == [0, 1, 2]
    assert [share(each.harmful) for each in rounds] == [(3, 4), (2, 4), (1, 3)]
    assert [share(each.refusal) for each in rounds] == [(0, 4), (1, 4), (1, 3)]
    assert [share(each.evasive) for each in rounds] == [(0, 4), (0, 4), (1, 3)]
    assert [share(each.unscored) for each in rounds] == [(0, 4), (0, 4), (1, 4)]


def test_only_revisions_whose_texts_were_all_judged_count() -> None:
    revisions = [revision(number, "harmful", "refusal") for number in range(9)]
    rounds = round_results(revisions, judged(revisions, at_most=4))
    assert [share(each.harmful) for each in rounds] == [(4, 4), (0, 4)]
    assert round_results(revisions, judged(revisions)[:1]) == ()
    assert round_results(revisions, []) == ()
