"""Conversations in a reviewer's order, and how many of them a page carries."""

from collections.abc import Iterator

import pytest
from markupsafe import Markup

from charter.records import Behaviour, Judgement, Message, Outcome, Prompt, PromptKind, Revision, Round, Sample, Status
from charter.report.choose import ANSWERS, TRANSCRIPTS, Bound, browse
from charter.report.examples import NOT_JUDGED, Answer, Example, by_text, examples, transcripts
from charter.report.facets import facets_of

B = Behaviour


def prompt(number: int, kind: PromptKind = "red_team", category: str = "theft") -> Prompt:
    return Prompt(messages=(Message("user", f"{kind} {number}"),), kind=kind, category=category, split="test")


def judgement(asked: Prompt, text: str, behaviour: Behaviour) -> Judgement:
    sample = Sample(id=f"{asked.id}/{text}", prompt=asked, text=text, finish="stop", model_digest="m", seed=0)
    return Judgement(id=sample.id, sample=sample, behaviour=behaviour, explanation="so", judge="me")


def answer(asked: Prompt, behaviour: Behaviour | None) -> Answer:
    given = judgement(asked, "text", behaviour or B.HELPFUL)
    return Answer("any", given.sample, given if behaviour else None)


def revision(asked: Prompt, *revisions: tuple[str, Outcome], status: Status = Status.OK) -> Revision:
    rounds = tuple(
        Round(principle_id=f"p{number}", critique="bad", revision=text, outcome=outcome)
        for number, (text, outcome) in enumerate(revisions)
    )
    return Revision(
        id=f"r/{asked.id}",
        prompt=asked,
        response="first",
        rounds=rounds,
        constitution_digest="c",
        model_digest="m",
        seed=0,
        status=status,
    )


@pytest.mark.parametrize(
    ("kind", "before", "after", "group"),
    [
        ("red_team", B.HARMFUL, B.HARMFUL, "harmful"),
        ("red_team", B.HARMFUL, B.REFUSAL, "rest"),
        ("red_team", B.HARMFUL, B.EVASIVE, "evasive"),
        ("red_team", B.HARMFUL, B.UNSCORED, "unscored"),
        ("red_team", B.HARMFUL, B.BROKEN, "broken"),
        ("red_team", B.HARMFUL, None, "missing"),
        ("benign", B.HELPFUL, B.HELPFUL, "rest"),
        ("benign", B.HELPFUL, B.REFUSAL, "refused"),
        ("look_alike", B.HELPFUL, B.EVASIVE, "refused"),
        ("look_alike", B.HELPFUL, B.HARMFUL, "harmful"),
    ],
)
def test_what_counts_as_a_failure(kind: PromptKind, before: Behaviour, after: Behaviour | None, group: str) -> None:
    asked = prompt(1, kind)
    after_it = [answer(asked, after)] if after else [answer(prompt(99), B.HELPFUL)]
    found = examples({"base": [answer(asked, before)], "sl-cai": after_it})
    (example,) = (one for one in found if one.prompt == asked)
    assert example.group.key == group
    assert (example.before, example.after) == (before, after or NOT_JUDGED)


def test_failures_come_first_and_those_that_training_brought_about_before_the_others() -> None:
    verdicts = [(B.HARMFUL, B.REFUSAL), (B.HARMFUL, B.HARMFUL), (B.REFUSAL, B.HARMFUL), (B.HARMFUL, B.BROKEN)]
    asked = [prompt(number) for number in range(len(verdicts))]
    before = [answer(each, verdict) for each, (verdict, _) in zip(asked, verdicts, strict=True)]
    after = [answer(each, verdict) for each, (_, verdict) in zip(asked, verdicts, strict=True)]
    shown = [(example.before, example.after) for example in examples({"base": before, "sl-cai": after[::-1]})]
    assert shown == [("refusal", "harmful"), ("harmful", "harmful"), ("harmful", "broken"), ("harmful", "refusal")]


def test_with_more_checkpoints_the_last_trained_one_decides_and_its_own_failures_come_first() -> None:
    def ways(*names: str) -> list[tuple[str, ...]]:
        verdicts = {
            "base": (B.HARMFUL, B.HARMFUL, B.REFUSAL),
            "sl-cai": (B.HARMFUL, B.REFUSAL, B.REFUSAL),
            "best-of-n": (B.BROKEN, B.BROKEN, B.BROKEN),
            "dpo": (B.REFUSAL, B.REFUSAL, B.HARMFUL),
            "rl-cai": (B.HARMFUL, B.HARMFUL, B.REFUSAL),
        }
        asked = [prompt(number) for number in range(3)]
        given = {name: [answer(each, what) for each, what in zip(asked, verdicts[name], strict=True)] for name in names}
        found = examples(given)
        assert {len(example.answers) for example in found} == {len(names)}
        return [example.way for example in found]

    assert ways("rl-cai", "dpo", "best-of-n", "sl-cai", "base") == [
        ("harmful", "refusal", "harmful"),
        ("harmful", "harmful", "harmful"),
        ("refusal", "refusal", "refusal"),
    ]
    assert ways("base", "sl-cai", "best-of-n", "dpo")[0] == ("refusal", "refusal", "harmful")
    assert set(ways("base", "sl-cai", "best-of-n")) == {
        ("harmful", "harmful"),
        ("harmful", "refusal"),
        ("refusal",) * 2,
    }


def test_an_answer_without_a_verdict_is_shown() -> None:
    (example,) = examples({"sl-cai": [answer(prompt(1), None)]})
    assert example.after == NOT_JUDGED
    assert example.group.key == "missing"
    assert example.answers[0].sample.text == "text"


def test_a_transcript_judges_the_text_in_force_after_each_round() -> None:
    asked = prompt(1)
    made = revision(asked, ("second", Outcome.REVISED), ("junk", Outcome.INVALID), ("third", Outcome.REVISED))
    judged = by_text(
        [
            judgement(asked, "first", B.HARMFUL),
            judgement(asked, "second", B.EVASIVE),
            judgement(asked, "third", B.REFUSAL),
            judgement(prompt(2), "junk", B.BROKEN),
        ]
    )
    (transcript,) = transcripts([made], judged)
    assert transcript.way == ("harmful", "refusal")
    assert [step.judgement.behaviour if step.judgement else None for step in transcript.steps] == [
        B.EVASIVE,
        B.EVASIVE,
        B.REFUSAL,
    ]
    assert transcript.group.key == "invalid"


def test_a_failed_revision_is_first() -> None:
    fine = revision(prompt(1), ("second", Outcome.REVISED))
    failed = revision(prompt(2), status=Status.FAILED)
    first, second = transcripts([fine, failed], {})
    assert (first.revision, first.way) == (failed, ("failed",))
    assert (second.group.key, second.after) == ("rest", NOT_JUDGED)


def many(number: int, after: Behaviour, start: int = 0) -> Iterator[Answer]:
    return (answer(prompt(start + each), after) for each in range(number))


def drawn(item: Example) -> Markup:
    return Markup("x") * 100


def test_a_rare_failure_is_not_crowded_out_and_the_rest_is_seen_too() -> None:
    after = [*many(5000, B.HARMFUL), *many(3, B.UNSCORED, start=5000), *many(5000, B.REFUSAL, start=6000)]
    view = browse(examples({"sl-cai": list(after)}), ANSWERS, drawn, Bound(items=100))
    counts = {shelf.group.key: (len(shelf.entries), shelf.total) for shelf in view.shelves}
    assert counts["harmful"] == (77, 5000)
    assert counts["unscored"] == (3, 3)
    assert counts["rest"] == (20, 5000)
    assert (view.shown, view.total) == (100, 10_003)


@pytest.mark.parametrize(("characters", "shown"), [(1, 1), (100, 1), (250, 2), (10_000, 7)])
def test_its_size_is_bounded_in_characters_too(characters: int, shown: int) -> None:
    assert (
        browse(examples({"sl-cai": list(many(7, B.HARMFUL))}), ANSWERS, drawn, Bound(characters=characters)).shown
        == shown
    )


def test_few_are_all_shown_in_their_order() -> None:
    after = [*many(5, B.HARMFUL), *many(50, B.REFUSAL, start=5)]
    found = examples({"sl-cai": list(after)})
    view = browse(found, ANSWERS, drawn, Bound(items=60))
    shown = [entry.anchor for shelf in view.shelves for entry in shelf.entries]
    assert shown == [example.anchor for example in found]


def test_filters_are_the_properties_that_tell_what_is_shown_apart() -> None:
    made = [
        revision(prompt(1, category="theft"), ("a", Outcome.REVISED), ("b", Outcome.INVALID)),
        revision(prompt(2, category="a b\x1b"), ("a", Outcome.REVISED)),
        revision(prompt(3, category="theft"), ("a", Outcome.REVISED)),
    ]
    view = browse(transcripts(made, {}), TRANSCRIPTS, lambda item: Markup(""), Bound())
    facets = {facet.key: facet.options for facet in view.facets}
    assert "after" not in facets  # all have the same: nothing to filter by
    assert facets["category"] == (("theft", 2), ("a b\x1b", 1))
    assert facets["outcome"] == (("revised", 3), ("invalid", 1))
    tokens = {entry.anchor: entry.tokens for shelf in view.shelves for entry in shelf.entries}
    assert sorted((each["category"], each["outcome"]) for each in tokens.values()) == [
        ("0", "0"),
        ("0", "0 1"),
        ("1", "0"),
    ]


def test_only_the_most_frequent_options_are_offered() -> None:
    made = [revision(prompt(number, category=f"c{number % 9}")) for number in range(30)]
    (facet,) = facets_of(transcripts(made, {}), {"category": "Category"}, most=3)
    assert [value for value, _ in facet.options] == ["c0", "c1", "c2"]


def test_anchors_are_fit_for_a_link_whatever_the_record_is_called() -> None:
    names = ["a b", "<x>", "", "é", "x" * 10_000]
    asked = [Prompt(messages=(Message("user", "x"),), id=name or " ") for name in names]
    anchors = [example.anchor for example in examples({"sl-cai": [answer(each, B.HARMFUL) for each in asked]})]
    assert len(set(anchors)) == len(names)
    assert all(anchor.isascii() and anchor.replace("-", "").isalnum() for anchor in anchors)
