"""Dialogues are read turn by turn, and compared where they part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.human.dialogues import UnusableRow, conversation, parted, shared_beginning
from charter.records import Message
from charter.transcripts import is_transcript, transcript

WORDS = st.text(alphabet="abc é\u202e:\t", min_size=1).filter(str.strip)


def turns(*texts: str) -> tuple[Message, ...]:
    return tuple(Message("assistant" if index % 2 else "user", text) for index, text in enumerate(texts))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("\n\nHuman: Hi\n\nAssistant: Ho", turns("Hi", "Ho")),
        ("Human: Hi\n\nAssistant: Ho", turns("Hi", "Ho")),
        ("\r\n\r\nHuman: Hi\r\n\r\nAssistant: Ho\r\nno", turns("Hi", "Ho\nno")),
        ("\r\rHuman:Hi\r\rAssistant:Ho", turns("Hi", "Ho")),
        ("\n \nHuman: Hi\n\n\n\nAssistant: Ho\n\nHuman: a\n\nAssistant:", turns("Hi", "Ho", "a", "")),
        ("Be kind.\n\nHuman: Hi\n\nAssistant: Ho", (Message("system", "Be kind."), *turns("Hi", "Ho"))),
        ("\n\nHuman: Hi\n\nHuman: there\n\nAssistant: Ho", turns("Hi\n\nthere", "Ho")),
        ("\n\nHuman: He said: Human: no\nAssistant: is a word\n\nAssistant: Ho", None),
        ("no marks at all", (Message("system", "no marks at all"),)),
    ],
)
def test_a_transcript_becomes_turns(text: str, read: tuple[Message, ...] | None) -> None:
    expected = turns("He said: Human: no\nAssistant: is a word", "Ho") if read is None else read
    assert transcript(text) == expected


@given(st.lists(WORDS, min_size=1, max_size=6))
def test_what_is_written_as_a_transcript_is_read_again(texts: list[str]) -> None:
    names = ("Human", "Assistant")
    text = "".join(f"\n\n{names[index % 2]}: {said}" for index, said in enumerate(texts))
    assert is_transcript(text)
    assert transcript(text) == turns(*(said.strip() for said in texts))


def test_dialogues_part_at_their_last_turn() -> None:
    assert parted(turns("Hi", "one"), turns("Hi", "two")) == (turns("Hi"), "one", "two")
    long = turns("Hi", "Ho", "And?")
    assert parted((*long, Message("assistant", "a")), (*long, Message("assistant", "b"))) == (long, "a", "b")


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (turns("Hi", "Ho", "a", "b"), turns("Hi", "Hu", "a", "c"), "differ before their last turn"),
        (turns("Hi", "Ho", "a", "b"), turns("Hi", "Ho"), "differ before their last turn"),
        (turns("Hi", "Ho", "a"), turns("Hi", "Ho", "a"), "does not end with the assistant's turn"),
        ((), turns("Hi", "Ho"), "does not end with the assistant's turn"),
        (turns("Hi", ""), turns("Hi", "Ho"), "an empty response"),
        (turns("Hi", "Ho "), turns("Hi", "Ho"), "both responses are the same"),
        (turns("Hi", "", "a", "b"), turns("Hi", "", "a", "c"), "an empty turn before"),
        ((Message("assistant", "a"),), (Message("assistant", "b"),), "no conversation of user and assistant"),
    ],
)
def test_what_says_nothing_of_two_responses_has_its_reason(
    one: tuple[Message, ...], other: tuple[Message, ...], reason: str
) -> None:
    with pytest.raises(UnusableRow, match=reason):
        parted(one, other)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (7, "neither a text nor a list"),
        ([{"role": "user"}], "without role or content"),
        (["hi"], "without role or content"),
        ([{"role": "tool", "content": "x"}], "unknown role"),
        ([{"role": "user", "content": [{"type": "image"}]}], "content is no text"),
    ],
)
def test_what_is_no_list_of_turns_has_its_reason(value: object, reason: str) -> None:
    with pytest.raises(UnusableRow, match=reason):
        conversation(value)


def test_plain_texts_share_whole_words() -> None:
    assert shared_beginning("The sky is blue.", "The sky is bright.") == ("The sky is", "blue.", "bright.")
    assert shared_beginning("yes", "no") == ("", "yes", "no")
    assert shared_beginning("a b", "a b c") == ("a", "b", "b c")


def test_a_megabyte_of_blank_lines_is_read_in_no_time() -> None:
    text = "\n" * 500_000 + " " * 500_000 + "\n\nHuman: Hi\n\nAssistant: Ho"
    assert transcript(text)[-1] == Message("assistant", "Ho")
