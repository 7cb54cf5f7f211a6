"""Remarks on what is allowed and yet seldom meant."""

from typing import Any

import pytest

from charter.constitution import Constitution, Remark, load_constitution, review

DEFAULT = load_constitution("default")


def with_first(**update: Any) -> Constitution:
    """The default's first four principles, the first one changed."""
    first, *others = [principle.model_dump() for principle in DEFAULT.principles[:4]]
    return Constitution.model_validate(DEFAULT.model_dump() | {"principles": [first | update, *others]})


def test_a_good_one_has_no_remarks() -> None:
    assert review(with_first()) == ()


@pytest.mark.parametrize(
    ("update", "remark"),
    [
        ({"weight": 0}, Remark("no-harm", "weight 0: it is never drawn")),
        ({"weight": 16}, Remark("no-harm", "drawn in 57% of all rounds")),
        (
            {"weight": 0.1},
            Remark("", "weights from 0.1 to 4: some principles are hardly ever drawn"),
        ),
        (
            {"critique_request": "why " * 61},
            Remark("no-harm", "critique_request has 61 words; over 60, small models lose the thread"),
        ),
        (
            {"revision_request": "be\u202e good"},
            Remark("no-harm", "revision_request holds invisible or control characters"),
        ),
        (
            {"critique_request": "Do it.", "revision_request": "Do it."},
            Remark("no-harm", "critique_request and revision_request are the same text"),
        ),
        (
            {"comparison_question": DEFAULT.principles[1].comparison_question.upper()},
            Remark("within-the-law", "comparison_question is that of 'no-harm' again"),
        ),
    ],
)
def test_each_remark(update: dict[str, Any], remark: Remark) -> None:
    assert review(with_first(**update)) == (remark,)


def test_two_principles_may_be_asked_to_revise_alike() -> None:
    assert review(with_first(revision_request=DEFAULT.principles[1].revision_request)) == ()
