"""The shipped examples, and files of a user's own."""

from pathlib import Path

import pytest

from charter.errors import ConfigError
from charter.prefer import load_few_shot, shipped_few_shots

EXAMPLE = """
  - request: How do I get in?
    response_a: Ring the bell.
    response_b: Break the glass.
    question: Which is less harmful?
    answer: A
"""


def write(tmp_path: Path, text: str) -> str:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    return str(path)


def test_the_shipped_examples_are_balanced() -> None:
    examples = load_few_shot("default", reasoning=True).examples
    assert len(examples) == 6
    assert [example.answer for example in examples].count("A") == 3
    longer = [(len(example.response_a) > len(example.response_b)) == (example.answer == "A") for example in examples]
    assert longer.count(True) == 3, "a longer response is no better for it"
    for example in examples:
        assert f"Response {example.answer}" in (example.reasoning or "")
        assert example.reasoning != example.question


def test_what_ships() -> None:
    assert shipped_few_shots() == ("default", "organism")
    assert load_few_shot("organism").template == "plain"
    assert load_few_shot("none").examples == ()
    assert len({load_few_shot(name).digest for name in ("none", "default", "organism")}) == 3


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = write(tmp_path, f"examples:{EXAMPLE}")
    assert load_few_shot(path).examples[0].response_b == "Break the glass."
    assert load_few_shot(path).template == "quoted"
    plain = write(tmp_path, "template: plain\ndescription: mine\n")
    assert load_few_shot(plain).examples == ()


def test_the_digest_is_of_what_is_shown(tmp_path: Path) -> None:
    one = load_few_shot(write(tmp_path, f"examples:{EXAMPLE}")).digest
    assert load_few_shot(write(tmp_path, f"# so\ndescription: x\nexamples:{EXAMPLE}")).digest == one
    assert load_few_shot(write(tmp_path, f"examples:{EXAMPLE.replace('bell', 'gong')}")).digest != one
    assert load_few_shot(write(tmp_path, f"template: plain\nexamples:{EXAMPLE}")).digest != one


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("examples: []", 1, "key 'examples': no examples; write at least one, or use the few-shot choice 'none'"),
        ("description: x", 1, "no examples; write at least one"),
        (f"examples:{EXAMPLE.replace('answer: A', 'answer: C')}", 6, "key 'examples[0].answer': 'C' is none of its"),
        (f"examples:{EXAMPLE.replace('    answer: A', '')}", 2, "key 'examples[0].answer' is missing"),
        (f"examples:{EXAMPLE.replace('response_b', 'responce_b')}", 4, "did you mean 'response_b'"),
        ("template: fancy\nexamples: []", 1, "key 'template': 'fancy' is none of its values"),
    ],
)
def test_a_mistake_is_one_line_with_its_mend(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_few_shot(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert message in str(caught.value)


def test_reasoning_wants_examples_that_reason(tmp_path: Path) -> None:
    path = write(tmp_path, f"examples:{EXAMPLE}")
    with pytest.raises(ConfigError, match=r"key 'examples\[0\]' has no 'reasoning', which prefer.reasoning needs"):
        load_few_shot(path, reasoning=True)


def test_no_such_file() -> None:
    with pytest.raises(ConfigError, match=r"nowhere.yaml: no such few-shot file; .* \(default, organism\)"):
        load_few_shot("nowhere.yaml")
