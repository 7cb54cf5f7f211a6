"""Records, rows and schemas say the same thing."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.codec import from_row, schema_of, to_row
from charter.records import (
    Behaviour,
    Checkpoint,
    Judgement,
    Message,
    Outcome,
    Prompt,
    Rate,
    Revision,
    Round,
    Sample,
    Status,
)

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
PROMPTS = st.builds(
    Prompt,
    messages=st.lists(st.builds(Message, st.sampled_from(["user", "assistant"]), TEXT), max_size=3).map(tuple),
    kind=st.sampled_from(["red_team", "benign", "look_alike"]),
    held_out=st.booleans(),
)
ROUNDS = st.lists(
    st.builds(Round, principle_id=TEXT, critique=TEXT, revision=TEXT, outcome=st.sampled_from(Outcome)), max_size=3
)
REVISIONS = st.builds(
    Revision,
    id=TEXT,
    prompt=PROMPTS,
    response=TEXT,
    rounds=ROUNDS.map(tuple),
    constitution_digest=TEXT,
    model_digest=TEXT,
    seed=st.integers(0, 2**63 - 1),
    status=st.sampled_from(Status),
)


@settings(deadline=None)  # the first Arrow table of a process is slow
@given(REVISIONS)
def test_a_record_survives_arrow(revision: Revision) -> None:
    table = pa.Table.from_pylist([to_row(revision)], schema=schema_of(Revision))
    assert from_row(Revision, table.to_pylist()[0]) == revision


@pytest.mark.parametrize("record_type", [Prompt, Sample, Revision, Judgement, Rate, Checkpoint])
def test_every_record_type_has_a_schema_that_names_it(record_type: type[Any]) -> None:
    schema = schema_of(record_type)
    assert schema.names == [field.name for field in dataclasses.fields(record_type)]
    assert schema.metadata[b"charter.record"] == record_type.__name__.encode()


def test_optional_values_may_be_absent_and_no_others() -> None:
    schema = schema_of(Rate)
    assert [field.name for field in schema if field.nullable] == ["rate"]
    empty = Rate(k=0, n=0, rate=None, low=0.0, high=1.0)
    assert from_row(Rate, to_row(empty)) == empty


def test_enumerations_come_back_as_enumerations() -> None:
    sample = Sample(id="a", prompt=Prompt(messages=()), text="", finish="stop", model_digest="", seed=0)
    judgement = Judgement(id="j", sample=sample, behaviour=Behaviour.EVASIVE, explanation="", judge="oracle")
    assert type(to_row(judgement)["behaviour"]) is str
    assert from_row(Judgement, to_row(judgement)).behaviour is Behaviour.EVASIVE


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({"role": "robot", "content": "hello"}, ValueError),
        ({"role": "user", "content": "hello", "tone": "kind"}, ValueError),
        ({"role": "user"}, KeyError),
    ],
)
def test_a_row_that_no_record_made_is_refused(row: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        from_row(Message, row)


@dataclass(frozen=True)
class _Unstorable:
    anything: dict[str, object]


def test_a_hint_that_cannot_be_stored_is_named() -> None:
    with pytest.raises(TypeError, match="dict"):
        schema_of(_Unstorable)
