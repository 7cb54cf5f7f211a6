"""The critique-revision conversation, turn by turn."""

from charter.records import Message
from charter.revise.few_shot import FewShotExample
from charter.revise.templates import answered, ask, criticised, few_shot_turns

EXAMPLE = FewShotExample(
    request="q", response="a", critique_request="criticise", critique="bad", revision_request="revise", revision="good"
)
PROMPT = (Message("user", "one"), Message("assistant", "two"), Message("user", "three"))


def spoken(turns: tuple[Message, ...]) -> str:
    return " ".join(f"{turn.role[0]}:{turn.content}" for turn in turns)


def test_a_round_asks_for_a_critique_and_then_for_a_revision() -> None:
    asked = ask(answered((), PROMPT, "four"), "what is wrong?")
    assert spoken(asked) == "u:one a:two u:three a:four u:what is wrong?"
    again = ask(criticised(asked, "this is"), "mend it")
    assert spoken(again) == f"{spoken(asked)} a:this is u:mend it"
    assert again[: len(asked)] == asked, "the revision goes on from the critique's cache"


def test_examples_stand_in_front_but_after_a_system_turn() -> None:
    examples = few_shot_turns([EXAMPLE], critique=True)
    assert spoken(examples) == "u:q a:a u:criticise a:bad u:revise a:good"
    system = (Message("system", "be kind"), *PROMPT)
    assert spoken(answered(examples, system, "x")) == f"s:be kind {spoken(examples)} {spoken(PROMPT)} a:x"
    assert answered(examples, PROMPT, "x")[:6] == examples, "so that every prompt shares the prefix"


def test_without_critiques_the_examples_have_none_either() -> None:
    assert (
        spoken(few_shot_turns([EXAMPLE, EXAMPLE], critique=False)) == "u:q a:a u:revise a:good u:q a:a u:revise a:good"
    )
