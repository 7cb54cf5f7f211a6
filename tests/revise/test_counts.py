"""Outcomes counted for tables."""

from charter.records import Message, Outcome, Prompt, Revision, Round, Status
from charter.revise import InvalidReason, count_outcomes


def revision(*rounds: tuple[str, Outcome, str], status: Status = Status.OK) -> Revision:
    return Revision(
        id="r",
        prompt=Prompt(messages=(Message("user", "q"),)),
        response="a",
        rounds=tuple(
            Round(principle_id=principle, critique="c", revision="b", outcome=outcome, reason=reason)
            for principle, outcome, reason in rounds
        ),
        constitution_digest="c",
        model_digest="m",
        seed=0,
        status=status,
    )


def test_outcomes_are_counted_by_round_by_principle_and_by_reason() -> None:
    table = count_outcomes(
        [
            revision(("theft", Outcome.REVISED, ""), ("hate", Outcome.INVALID, "no revision: server: 503")),
            revision(("hate", Outcome.UNCHANGED, ""), ("hate", Outcome.INVALID, "the revision is empty")),
            revision(("hate", Outcome.INVALID, "no revision: timed out")),
            revision(status=Status.FAILED),
        ]
    )
    assert (table.revisions, table.failed) == (4, 1)
    first, second = table.by_round
    assert (first.revised, first.unchanged, first.invalid, first.rounds) == (1, 1, 1, 3)
    assert (second.revised, second.unchanged, second.invalid) == (0, 0, 2)
    assert list(table.by_principle) == ["hate", "theft"]
    assert table.by_principle["hate"].rounds == 4
    assert table.by_principle["hate"].invalid == 3
    assert table.invalid_reasons == {InvalidReason.FAILED: 2, InvalidReason.EMPTY: 1}


def test_no_revisions_give_an_empty_table() -> None:
    table = count_outcomes([])
    assert (table.revisions, table.failed, table.by_round, table.by_principle) == (0, 0, (), {})
