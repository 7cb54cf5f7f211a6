"""Which tokens carry the loss, for chat templates of several kinds and for the transcript form."""

from pathlib import Path
from typing import Any

import pytest

from charter.errors import ModelError
from charter.models.rendering import make_renderer
from charter.records import Message
from charter.train.encode import IGNORED, Encoder, Tokens, longest_example
from charter.training_data import Example, LeftOut, Source

PROMPT = (
    Message("system", "Answer briefly."),
    Message("user", "Hello."),
    Message("assistant", "Good morning!"),
    Message("user", "How do I pick the lock?"),
)
ANSWER = "I will not help with that."


def example(prompt: tuple[Message, ...] = PROMPT, answer: str = ANSWER) -> Example:
    return Example(id="e", prompt=prompt, answer=answer, source=Source.REVISION)


@pytest.fixture
def tokenizer(tiny_llama: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_llama)


def encoder(tokenizer: Any, form: str = "chat", longest: int = 512) -> Encoder:
    stop = frozenset([tokenizer.eos_token_id])
    return Encoder(tokenizer, make_renderer(tokenizer, form, stop), form, longest)


def encoded(tokenizer: Any, form: str = "chat", **about: Any) -> Tokens:
    (tokens,), left_out = encoder(tokenizer, form).encode([example(**about)])
    assert not left_out
    return tokens


def learned(tokenizer: Any, tokens: Tokens) -> str:
    """The text of the tokens that carry loss."""
    return str(tokenizer.decode([label for label in tokens.labels if label != IGNORED]))


def test_a_chat_learns_the_final_answer_and_its_end_and_nothing_else(tokenizer: Any) -> None:
    tokens = encoded(tokenizer)
    assert learned(tokenizer, tokens) == f"{ANSWER}<|end|>"
    assert tokenizer.decode(tokens.ids) == (
        "<|bos|><|system|>Answer briefly.<|end|><|user|>Hello.<|end|><|assistant|>Good morning!<|end|>"
        f"<|user|>How do I pick the lock?<|end|><|assistant|>{ANSWER}<|end|>"
    )
    assert [label for label in tokens.labels if label != IGNORED] == tokens.ids[tokens.prompt :]


def test_the_prompt_is_what_the_model_is_shown_when_it_answers(tokenizer: Any) -> None:
    renderer = make_renderer(tokenizer, "chat", frozenset([tokenizer.eos_token_id]))
    tokens = encoded(tokenizer)
    assert tokens.ids[: tokens.prompt] == renderer.encode([renderer.prompt(PROMPT)])[0]


def test_a_transcript_learns_the_final_answer_and_its_end(tokenizer: Any) -> None:
    tokens = encoded(tokenizer, "transcript")
    assert learned(tokenizer, tokens) == f" {ANSWER}<|end|>"
    assert tokenizer.decode(tokens.ids[: tokens.prompt]) == (
        "Answer briefly.\n\nHuman: Hello.\n\nAssistant: Good morning!\n\nHuman: How do I pick the lock?\n\nAssistant:"
    )


def test_white_space_after_the_end_of_turn_is_not_learned(tokenizer: Any) -> None:
    tokenizer.chat_template = tokenizer.chat_template.replace("<|end|>", "<|end|>\n")
    assert learned(tokenizer, encoded(tokenizer)) == f"{ANSWER}<|end|>"


def test_a_template_that_writes_no_end_of_turn_gets_one(tokenizer: Any) -> None:
    tokenizer.chat_template = (
        "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
        "{% if add_generation_prompt %}assistant:{% endif %}"
    )
    assert learned(tokenizer, encoded(tokenizer)) == f" {ANSWER}\n<|end|>"


def test_a_template_that_opens_the_answer_to_come_in_another_way(tokenizer: Any) -> None:
    opened = tokenizer.chat_template.replace("<|assistant|>{% endif %}", "<|assistant|><think></think>{% endif %}")
    tokenizer.chat_template = opened
    tokens = encoded(tokenizer)
    assert tokenizer.decode(tokens.ids[: tokens.prompt]).endswith("<|assistant|><think></think>")
    assert learned(tokenizer, tokens) == f"{ANSWER}<|end|>"


def test_a_token_that_would_join_prompt_and_answer_is_kept_apart(tokenizer: Any) -> None:
    # "th" is one token of this vocabulary, and the prompt ends in "t"
    tokenizer.chat_template = tokenizer.chat_template.replace("<|assistant|>{% endif %}", "t{% endif %}").replace(
        "<|{{ message['role'] }}|>", "{% if message['role'] == 'assistant' %}t{% else %}<|user|>{% endif %}"
    )
    prompt = (Message("user", "Say it."),)
    assert len(tokenizer("th", add_special_tokens=False)["input_ids"]) == 1
    tokens = encoded(tokenizer, prompt=prompt, answer="h")
    assert tokenizer.decode(tokens.ids[: tokens.prompt]).endswith("t")
    assert learned(tokenizer, tokens) == "h<|end|>"


def test_too_long_examples_are_left_out_whole_and_counted(tokenizer: Any) -> None:
    length = len(encoded(tokenizer).ids)
    for longest, kept, left_out in ((length, 1, {}), (length - 1, 0, {LeftOut.TOO_LONG: 1})):
        assert [len(encoder(tokenizer, longest=longest).encode([example()])[0]), dict(left_out)] == [kept, left_out]
        assert dict(encoder(tokenizer, longest=longest).encode([example()])[1]) == left_out


def test_turns_that_the_template_refuses_are_left_out_and_counted(tokenizer: Any) -> None:
    tokenizer.chat_template = (
        "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system turn') }}{% endif %}"
        + tokenizer.chat_template
    )
    tokens, left_out = encoder(tokenizer).encode([example(), example(prompt=PROMPT[1:])])
    assert len(tokens) == 1
    assert left_out == {LeftOut.NO_FORM: 1}


def test_no_examples_are_no_tokens(tokenizer: Any) -> None:
    assert encoder(tokenizer).encode([]) == ([], {})


def test_a_tokenizer_without_an_end_is_refused(tokenizer: Any) -> None:
    tokenizer.eos_token = None
    with pytest.raises(ModelError, match="names no eos_token"):
        Encoder(tokenizer, make_renderer(tokenizer, "transcript", frozenset()), "transcript", 512)


def test_the_context_limits_what_max_length_allows() -> None:
    assert [longest_example(1024, limit) for limit in (None, 512, 4096)] == [1024, 512, 1024]
