"""What changed between two constitutions is found, and nothing else."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from charter.constitution import Constitution, FieldChange, diff, load_constitution

DEFAULT = load_constitution("default")


def changed(**update: Any) -> Constitution:
    return Constitution.model_validate(DEFAULT.model_dump() | update)


def principles(**update: Any) -> list[dict[str, Any]]:
    """The default's principles, the first one changed."""
    first, *others = [principle.model_dump() for principle in DEFAULT.principles]
    return [first | update, *others]


def test_equal_ones_have_no_difference() -> None:
    assert not diff(DEFAULT, changed())


def test_every_kind_of_difference() -> None:
    first, second, *others = principles(weight=2, title="Other")
    first["source"] = first["source"] | {"url": None}
    new = changed(version="2", principles=[second, first, *others[:-1], others[-1] | {"id": "brand-new"}])
    found = diff(DEFAULT, new)
    assert found.header == (FieldChange("version", "1.0", "2"),)
    assert [principle.id for principle in found.added] == ["brand-new"]
    assert [principle.id for principle in found.removed] == ["helpful"]
    assert found.reordered
    (change,) = found.changed
    assert change.id == "no-harm"
    before = DEFAULT.principles[0]
    assert set(change.fields) == {
        FieldChange("title", before.title, "Other"),
        FieldChange("weight", 4.0, 2.0),
        FieldChange("source.url", before.source.url, None),
    }


def test_an_addition_or_removal_is_no_reordering() -> None:
    shorter = changed(principles=principles()[1:])
    assert not diff(DEFAULT, shorter).reordered
    assert [principle.id for principle in diff(DEFAULT, shorter).removed] == ["no-harm"]
    assert [principle.id for principle in diff(shorter, DEFAULT).added] == ["no-harm"]


@settings(deadline=None)
@given(st.permutations(range(4)), st.sampled_from(["1.0", "2"]), st.sampled_from([4.0, 5.0]), st.integers(2, 4))
def test_there_is_a_difference_exactly_when_the_digests_differ(
    order: list[int], version: str, weight: float, kept: int
) -> None:
    parts = principles(weight=weight)
    new = changed(version=version, principles=[*(parts[place] for place in order if place < kept), *parts[4:]])
    assert bool(diff(DEFAULT, new)) == (DEFAULT.digest != new.digest)
    assert bool(diff(new, DEFAULT)) == bool(diff(DEFAULT, new))
