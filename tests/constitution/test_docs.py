"""What docs/constitution.md shows is so."""

import re
from pathlib import Path

import pytest

from charter.constitution import Constitution, Principle, Source, load_constitution, review
from charter.errors import ConfigError

TEXT = Path(__file__).parents[2].joinpath("docs", "constitution.md").read_text(encoding="utf-8")
EXAMPLE = TEXT.partition("```yaml\n")[2].partition("```")[0]


def load(path: Path, text: str) -> Constitution:
    path.write_text(text, encoding="utf-8")
    return load_constitution(str(path))


def test_the_example_can_be_used(tmp_path: Path) -> None:
    assert review(load(tmp_path / "my.yaml", EXAMPLE)) == ()


def test_the_table_has_every_key_and_says_which_may_be_absent() -> None:
    rows = dict(re.findall(r"^\| (`[^|]+`) \|.*\| ([^|]+) \|$", TEXT.partition("### ")[0], re.MULTILINE))
    absent = {name: said for names, said in rows.items() for name in re.findall(r"`([\w.]+)`", names)}
    fields = {
        **{name: field for model in (Constitution, Principle) for name, field in model.model_fields.items()},
        **{f"source.{name}": field for name, field in Source.model_fields.items()},
    }
    del fields["source"]
    assert absent.keys() == fields.keys()
    assert {name for name, said in absent.items() if said == "an error"} == {
        name for name, field in fields.items() if field.is_required()
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    revision_request: Rewrite", "    # Rewrite", "key 'principles[0].revision_request' is missing; add"),
        ("weight: 2", "wieght: 2", "key 'principles[0].wieght' is unknown; did you mean 'weight'?"),
        ('"1"', "1.0", "key 'version': the number 1.0 where a text should be; put it between quotes"),
        ("weight: 2", "weight: .nan", "key 'principles[0].weight': '.nan' is not a finite number; write a number, or"),
        ("anyone?", "anyone: how?", "not valid YAML: mapping values are not allowed here; put a text that holds ': '"),
        (EXAMPLE, "", "the file is empty; write 'key: value' lines"),
    ],
)
def test_the_lines_that_it_shows_are_what_is_said(old: str, new: str, said: str, tmp_path: Path) -> None:
    assert said in TEXT
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "my.yaml", EXAMPLE.replace(old, new))
    assert said in str(caught.value)
