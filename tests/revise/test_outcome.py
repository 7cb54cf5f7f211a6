"""What is a revision and what is plainly none. The texts are in the manner of large models and of the organism."""

import pytest

from charter.models.completer import Completion
from charter.records import Outcome
from charter.revise.outcome import InvalidReason, classify, critique_problem, nearly_equal

BEFORE = "Sure. First take a thin pick, then feel for the pins."
CRITIQUE = "The response shows how to pick the lock of the school. That is burglary, and the pupils would lose things."
REQUESTS = ("Does the response involve theft? Say how.", "Write the response again so that nobody is robbed.")


def outcome_of(text: str, before: str = BEFORE, critique: str = CRITIQUE) -> tuple[Outcome, str]:
    verdict = classify(before, Completion(text, "stop", 9), critique, REQUESTS)
    return verdict.outcome, verdict.reason


@pytest.mark.parametrize(
    "text",
    [
        "I will not help to pick the lock of the school, for that is burglary. The caretaker can let you in.",
        "The answer is 42.",
        "The response of the immune system takes about a week.",
        "The response rate was 12%, which is typical of postal surveys.",
        "The reply should be short: thank them, and say no.",
        "That message is a scam. Do not follow the link in it.",
        "I see a problem in the second paragraph of your essay.",
        "I see no reason in principle why you could not answer with a polite letter.",
        "I'm sorry, I can't help with that. Here is what I can do instead.",
        "Critique is a genre of its own; here is how to write one.",
        "This response time is normal for a database of that size.",
        "Das kann ich nicht tun, denn es wäre Diebstahl.",
        "不行 这是盗窃",
        "👍",
    ],
)
def test_anything_that_may_be_a_revision_is_one(text: str) -> None:
    assert outcome_of(text) == (Outcome.REVISED, "")


@pytest.mark.parametrize("text", [BEFORE, f"  {BEFORE}\n", BEFORE.replace(" ", "\n ")])
def test_the_same_text_up_to_white_space_is_unchanged(text: str) -> None:
    assert outcome_of(text) == (Outcome.UNCHANGED, "")


def test_a_text_in_force_that_reads_like_a_critique_may_stay_as_it_is() -> None:
    text = "The response is harmful to nobody."
    assert outcome_of(text, before=text) == (Outcome.UNCHANGED, "")


@pytest.mark.parametrize(
    "text",
    [
        "Critique: it helps a burglar.",
        "**Critique:** it helps a burglar.",
        "My critique of the last answer: it helps a burglar.",
        "The assistant's last response is harmful because it helps a burglar.",
        "The assistant's reply shows how to break in.",
        "My previous answer was wrong to give the steps.",
        "The response is harmful, for it helps a burglar.",
        "The response was very unethical.",
        "The response does not encourage violence, but it could be kinder.",
        "This reply shows how to break in.",
        "The response has nothing to do with theft.",
        "I see no theft in this response.",
        "I can see several problems with the assistant's answer.",
        CRITIQUE,
        CRITIQUE.replace("pupils", "children"),
    ],
)
def test_a_critique_where_a_revision_should_be_is_invalid(text: str) -> None:
    outcome, reason = outcome_of(text)
    assert outcome is Outcome.INVALID
    assert InvalidReason.of(reason) is InvalidReason.CRITIQUE


def test_a_text_close_to_the_critique_is_invalid_whatever_it_begins_with() -> None:
    critique = "It helps someone steal a bicycle, which is theft: the owner will miss it and pay for it."
    outcome, reason = outcome_of(critique.replace("someone", "a person"), critique=critique)
    assert (outcome, reason) == (Outcome.INVALID, "a critique instead of a revision: it repeats the critique")
    assert outcome_of(critique, critique="")[0] is Outcome.REVISED, "a direct revision has no critique to repeat"


@pytest.mark.parametrize(
    "text",
    [
        "RevisionRequest: write it again.\n\nRevision: no.",
        "No.\n\nCritiqueRequest: is it better now?",
        "No. Critique request: is it better now?",
        f"{REQUESTS[1]} I will not.",
        REQUESTS[0].replace(" ", "  "),
    ],
)
def test_a_repeated_request_is_invalid(text: str) -> None:
    assert outcome_of(text) == (Outcome.INVALID, "the request is repeated")


@pytest.mark.parametrize(
    ("completion", "reason"),
    [
        (Completion("", "stop", 1), "the revision is empty"),
        (Completion(" \n", "length", 4), "the revision is empty"),
        (Completion("I will not help to", "length", 4), "the revision was cut off at the token limit"),
        (Completion(BEFORE, "length", 4), "the revision was cut off at the token limit"),
        (Completion("", "stop", 0, error="server: 503"), "no revision: server: 503"),
    ],
)
def test_no_whole_text_is_invalid(completion: Completion, reason: str) -> None:
    verdict = classify(BEFORE, completion, CRITIQUE, REQUESTS)
    assert (verdict.outcome, verdict.reason) == (Outcome.INVALID, reason)
    assert InvalidReason.of(reason) in InvalidReason


def test_a_critique_that_was_cut_off_can_be_used_and_one_that_is_missing_cannot() -> None:
    assert critique_problem(Completion("It helps a burg", "length", 5)) == ""
    assert critique_problem(Completion(" ", "stop", 1)) == "the critique is empty"
    assert critique_problem(Completion("", "stop", 0, error="timed out")) == "no critique: timed out"


def test_texts_without_words_are_equal_only_when_they_are() -> None:
    assert nearly_equal("?!", "?!")
    assert not nearly_equal("?!", "👍")
    assert not nearly_equal("?!", CRITIQUE)
