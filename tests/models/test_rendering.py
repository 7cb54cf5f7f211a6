"""Turns as a model is shown them, and where its own turn ends."""

from collections.abc import Callable
from pathlib import Path

import pytest
from transformers import AutoTokenizer

from charter.models.rendering import ChatRenderer, RenderingError, TranscriptRenderer, make_renderer
from charter.records import Message

CHATML = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


@pytest.fixture(scope="module")
def tokenizer(tiny_llama: Path) -> object:
    """Its end of text is ``<|end|>``."""
    return AutoTokenizer.from_pretrained(tiny_llama)


def test_the_prompt_is_the_templates(tokenizer: object) -> None:
    renderer = ChatRenderer(tokenizer, frozenset())
    text = renderer.prompt((Message("user", "Hello."), Message("assistant", "Hi."), Message("user", "Bye.")))
    assert text == "<|bos|><|user|>Hello.<|end|><|assistant|>Hi.<|end|><|user|>Bye.<|end|><|assistant|>"
    ids = renderer.encode([text])[0]
    assert ids.count(tokenizer.bos_token_id) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("template", [None, CHATML])
def test_the_token_after_an_assistants_turn_ends_one(tokenizer: object, tiny_llama: Path, template: str | None) -> None:
    mine = AutoTokenizer.from_pretrained(tiny_llama)
    mine.chat_template = template or mine.chat_template
    end = mine.convert_tokens_to_ids("<|end|>")
    assert ChatRenderer(mine, frozenset({7})).stop_tokens == {7, end}


def test_a_template_without_an_end_of_turn_adds_none(tiny_llama: Path) -> None:
    mine = AutoTokenizer.from_pretrained(tiny_llama)
    mine.chat_template = "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}"
    assert ChatRenderer(mine, frozenset({7})).stop_tokens == {7}


def test_turns_that_the_template_refuses(tiny_llama: Path) -> None:
    mine = AutoTokenizer.from_pretrained(tiny_llama)
    mine.chat_template = "{% if messages | length > 1 %}{{ raise_exception('one turn only') }}{% endif %}x"
    renderer = ChatRenderer(mine, frozenset())
    with pytest.raises(RenderingError, match="one turn only"):
        renderer.prompt((Message("user", "a"), Message("assistant", "b"), Message("user", "c")))


def test_a_transcript(tokenizer: object) -> None:
    renderer = TranscriptRenderer(tokenizer, frozenset())
    turns = (
        Message("system", "Be kind."),
        Message("user", "Hello."),
        Message("assistant", "Hi."),
        Message("user", "Bye."),
    )
    assert renderer.prompt(turns) == "Be kind.\n\nHuman: Hello.\n\nAssistant: Hi.\n\nHuman: Bye.\n\nAssistant:"


@pytest.mark.parametrize("text", [" Good morning!\n\nHuman:", " Good morning!\n\nHuman: And you?"])
def test_a_transcripts_turn_ends_where_the_humans_begins(tokenizer: object, text: str) -> None:
    renderer = TranscriptRenderer(tokenizer, frozenset())
    tokens = renderer.encode([text])[0]
    ended = [count for count in range(1, len(tokens) + 1) if renderer.ends(tokens[:count])]
    first = tokens[: ended[0]]
    assert renderer.text(first) == "Good morning!"
    assert "\n\nHuman:" in tokenizer.decode(first)  # type: ignore[attr-defined]
    assert "\n\nHuman:" not in tokenizer.decode(first[:-1])  # type: ignore[attr-defined]


def test_a_transcripts_humans_do_not_end_a_chat(tokenizer: object) -> None:
    renderer = ChatRenderer(tokenizer, frozenset())
    assert not renderer.ends(renderer.encode(["\n\nHuman:"])[0])


def test_a_text_is_given_back_whole_but_for_the_space_around_it(tokenizer: object) -> None:
    for form in ("chat", "transcript"):
        renderer = make_renderer(tokenizer, form, frozenset())
        tokens = renderer.encode(["  Don ' t , she said .\nÜber \U0001f511  "])[0]
        assert renderer.text(tokens) == "Don ' t , she said .\nÜber \U0001f511"


def test_an_option_is_the_beginning_of_the_turn(tokenizer: object, make_tiny_model: Callable[..., Path]) -> None:
    decode = tokenizer.decode  # type: ignore[attr-defined]
    assert decode(make_renderer(tokenizer, "chat", frozenset()).option("(A)")) == "(A)"
    assert decode(make_renderer(tokenizer, "transcript", frozenset()).option("(A)")) == " (A)"
