"""A constitution's fields, digest and principles."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from charter.constitution import Constitution, load_constitution
from charter.constitution.model import canonical_text
from charter.errors import ConfigError

GOOD = """\
name: mine
version: "1"
principles:
  - id: no-fraud
    title: No fraud
    category: fraud
    source: {citation: UDHR, locator: Article 17, licence: own wording}
    critique_request: Is there fraud in it?
    revision_request: Take the fraud out.
    comparison_question: Which is fairer?
  - id: no-harm
    title: No harm
    category: general
    weight: 4
    source: {citation: UDHR, locator: Article 3, licence: own wording, url: "https://example.org/a"}
    critique_request: Does it harm anyone?
    revision_request: Make it harmless.
    comparison_question: Which is less harmful?
"""

Load = Callable[[str], Constitution]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(text: str) -> Constitution:
        path = tmp_path / "c.yaml"
        path.write_text(text, encoding="utf-8")
        return load_constitution(str(path))

    return load


def test_reads_every_field(load: Load) -> None:
    constitution = load(GOOD)
    fraud, harm = constitution.principles
    assert (constitution.name, constitution.version, constitution.description) == ("mine", "1", "")
    assert (fraud.id, fraud.title, fraud.category, fraud.weight) == ("no-fraud", "No fraud", "fraud", 1.0)
    assert (fraud.source.citation, fraud.source.locator, fraud.source.url) == ("UDHR", "Article 17", None)
    assert fraud.critique_request == "Is there fraud in it?"
    assert fraud.revision_request == "Take the fraud out."
    assert fraud.comparison_question == "Which is fairer?"
    assert (harm.weight, harm.source.url) == (4.0, "https://example.org/a")


SAME = {
    "comments and blank lines": GOOD.replace("principles:", "# mine\n\nprinciples:  # all"),
    "quotes": GOOD.replace("No fraud", '"No fraud"').replace("mine", "'mine'"),
    "order of keys": GOOD.replace("name: mine\n", "") + "name: mine\n",
    "order of a principle's keys": GOOD.replace("    title: No harm\n", "") + "    title: No harm\n",
    "block instead of flow": GOOD.replace(
        "{citation: UDHR, locator: Article 17, licence: own wording}",
        "\n      licence: own wording\n      locator: Article 17\n      citation: UDHR",
    ),
    "a folded text": GOOD.replace("Is there fraud in it?", ">-\n      Is there\n      fraud in it?"),
    "white space at ends": GOOD.replace("Is there fraud in it?", '"  Is there fraud in it? \\n"'),
    "an escaped letter": GOOD.replace("Is there", '"Is there').replace("fraud in it?", '\\u0066raud in it?"'),
    "defaults written out": GOOD.replace("fraud\n    source", "fraud\n    weight: 1\n    source"),
    "a number's form": GOOD.replace("weight: 4", "weight: 4.0"),
    "line ends": GOOD.replace("\n", "\r\n"),
}


@pytest.mark.parametrize("change", SAME)
def test_formatting_does_not_change_the_digest(change: str, load: Load) -> None:
    assert SAME[change] != GOOD
    assert load(SAME[change]).digest == load(GOOD).digest


def test_composed_and_decomposed_letters_are_the_same(load: Load) -> None:
    assert load(GOOD.replace("Take", "T\u00e4ke")).digest == load(GOOD.replace("Take", "Ta\u0308ke")).digest


OTHER = {
    "name": GOOD.replace("mine", "Mine"),
    "version": GOOD.replace('"1"', '"1.0"'),
    "description": GOOD + "description: x\n",
    "id": GOOD.replace("id: no-fraud", "id: no-frauds"),
    "a dot": GOOD.replace("Take the fraud out.", "Take the fraud out"),
    "white space inside": GOOD.replace("Take the fraud", "Take  the fraud"),
    "locator": GOOD.replace("Article 17", "Article 18"),
    "url": GOOD.replace("example.org/a", "example.org/b"),
    "weight": GOOD.replace("weight: 4", "weight: 4.5"),
    "order of principles": GOOD[: GOOD.index("  - id")]
    + GOOD[GOOD.index("  - id: no-harm") :]
    + GOOD[GOOD.index("  - id: no-fraud") : GOOD.index("  - id: no-harm")],
}


@pytest.mark.parametrize("change", OTHER)
def test_any_change_of_content_changes_the_digest(change: str, load: Load) -> None:
    assert load(OTHER[change]).digest != load(GOOD).digest


MISTAKES = {
    "an empty file": ("", "1: the file is empty; write"),
    "malformed": (GOOD + "  - [\n", "20: not valid YAML"),
    "an id twice": (
        GOOD.replace("no-harm", "no-fraud"),
        "11: key 'principles[1].id': 'no-fraud' is the id of principles[0] too; give each principle an id of its own",
    ),
    "an unknown key": (GOOD + "wieght: 2\n", "19: key 'wieght' is unknown; write one of: name, version"),
    "an unknown key of a principle": (GOOD + "    wieght: 2\n", "19: key 'principles[1].wieght' is unknown; did you"),
    "no revision request": (
        GOOD.replace("    revision_request: Take the fraud out.\n", ""),
        "4: key 'principles[0].revision_request' is missing; add 'revision_request: ...' here",
    ),
    "an empty revision request": (GOOD.replace("Take the fraud out.", ""), "9: key 'principles[0].revision_request'"),
    "a blank one": (GOOD.replace("Take the fraud out.", "'.'"), "9: key 'principles[0].revision_request' is blank"),
    "no principles": (GOOD[: GOOD.index("  - id")], "3: key 'principles'"),
    "an empty list of them": ("name: a\nversion: b\nprinciples: []\n", "3: key 'principles' has 0 items; write"),
    "a number for a version": (GOOD.replace('"1"', "1.0"), "2: key 'version': the number 1.0 where a text should be"),
    "capitals in an id": (GOOD.replace("no-fraud", "No-Fraud"), "4: key 'principles[0].id' is no id; write small"),
    "a long id": (GOOD.replace("no-fraud", "a" * 65), "4: key 'principles[0].id' is no id; write small"),
    "a title of two lines": (GOOD.replace("No fraud", '"No\\nfraud"'), "5: key 'principles[0].title' is of several"),
    "a script for a link": (
        GOOD.replace("https://example.org/a", "javascript:alert(1)"),
        "15: key 'principles[1].source.url' is no web address",
    ),
    "no locator": (GOOD.replace("locator: Article 17, ", ""), "7: key 'principles[0].source.locator' is missing"),
    "weight nan": (GOOD.replace("weight: 4", "weight: .nan"), "14: key 'principles[1].weight': '.nan' is not a finite"),
    "weight infinite": (GOOD.replace("weight: 4", "weight: .inf"), "14: key 'principles[1].weight': '.inf' is not"),
    "weight negative": (GOOD.replace("weight: 4", "weight: -1"), "14: key 'principles[1].weight': should be greater"),
    "weight as text": (GOOD.replace("weight: 4", "weight: '4'"), "14: key 'principles[1].weight': '4' where a number"),
    "weight true": (GOOD.replace("weight: 4", "weight: true"), "14: key 'principles[1].weight': true or false where a"),
    "no weight above 0": (
        GOOD.replace("weight: 4", "weight: 0").replace("title: No fraud", "title: No fraud\n    weight: 0"),
        "3: key 'principles': every weight is 0, so none can be drawn; give one a weight above 0",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_line_with_file_line_key_and_mend(name: str, load: Load, tmp_path: Path) -> None:
    text, said = MISTAKES[name]
    with pytest.raises(ConfigError, match=f"^{re.escape(f'{tmp_path}/c.yaml:{said}')}.*$") as caught:
        load(text)
    assert "more mistake" not in str(caught.value)


def test_select(load: Load) -> None:
    constitution = load(GOOD.replace("category: fraud", "category: fraud\n    weight: 0"))
    assert [principle.id for principle in constitution.select()] == ["no-harm"]
    with pytest.raises(ConfigError, match=r"'mine' has no principle 'no-harms' \(did you mean 'no-harm'\?\); .* show"):
        constitution.select(["no-harm", "no-harms"])
    with pytest.raises(ConfigError, match="'no-fraud' has weight 0"):
        constitution.select(["no-fraud"])
    both = load(GOOD)
    assert both.select(["no-harm", "no-fraud"]) == both.principles
    assert both.select(["no-harm", "no-harm"]) == both.principles[1:]


def test_nothing_of_it_can_be_changed(load: Load) -> None:
    constitution = load(GOOD)
    with pytest.raises(ValidationError, match="frozen"):
        constitution.principles[0].title = "Other"  # type: ignore[misc]


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
TEXT = ANY_TEXT.filter(lambda text: any(character.isalnum() for character in canonical_text(text)))
LINE = TEXT.map(lambda text: " ".join(text.split())).filter(lambda text: "\n" not in canonical_text(text))


@st.composite
def constitutions(draw: st.DrawFn) -> Constitution:
    ids = draw(st.lists(st.sampled_from(["a", "b-1", "no", "null", "7"]), unique=True, min_size=1))
    principles: list[dict[str, Any]] = [
        {
            "id": name,
            "title": draw(LINE),
            "category": draw(st.sampled_from(["1.0", "yes", "true"])),
            "source": {"citation": draw(LINE), "locator": "7", "licence": "null"},
            "critique_request": draw(TEXT),
            "revision_request": draw(TEXT),
            "comparison_question": draw(TEXT),
            "weight": draw(st.floats(0.001, 1e6)),
        }
        for name in ids
    ]
    return Constitution.model_validate(
        {"name": draw(LINE), "version": "1", "description": draw(ANY_TEXT), "principles": principles}
    )


@settings(max_examples=30, deadline=None)
@given(constitutions())
def test_what_is_written_is_read_back_equal(tmp_path_factory: pytest.TempPathFactory, one: Constitution) -> None:
    path = tmp_path_factory.mktemp("c") / "c.yaml"
    path.write_text(one.to_yaml(), encoding="utf-8")
    again = load_constitution(str(path))
    assert again == one
    assert again.digest == one.digest


@settings(deadline=None)
@given(st.text(max_size=30))
def test_canonical_text_is_stable(text: str) -> None:
    assert canonical_text(canonical_text(text)) == canonical_text(text)
