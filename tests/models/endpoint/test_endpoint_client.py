"""Servers that misbehave.

A failed request has its reason, the others are none the worse, and only what may pass is asked again.
"""

import gzip
import hashlib
from collections import Counter
from dataclasses import replace

import pytest

from charter.models import endpoint_client
from charter.models.completer import Sampling
from charter.records import Message, Prompt, Status
from charter.respond import Responder

from .conftest import Answer, Asked, Connect, Script, Serve, chat_answer, chats, echo

SAMPLING = Sampling(max_new_tokens=8)

WRONG_FOR_GOOD = {
    "malformed JSON": (Answer(b'{"choices": [{"mess'), 'the reply is no JSON object but \'{"choices": [{"mess\''),
    "JSON of another kind": (Answer([1]), "no JSON object but '[1]'"),
    "no body": (Answer(b""), "no JSON object but nothing"),
    "a page": (Answer(b"<html>\n <b>Welcome"), "no JSON object but '<html> <b>Welcome'"),
    "not UTF-8": (Answer(b'{"choices": "\xff\xfe'), "no JSON object but"),
    "nested without end": (Answer(b"[" * 200_000), "no JSON object but '[[["),
    "empty choices": (Answer({"choices": []}), "the reply has no choices"),
    "no choices": (Answer({}), "the reply has no choices"),
    "choices of another kind": (Answer({"choices": {"0": 1}}), "the reply has no choices"),
    "an error with status 200": (Answer({"error": {"message": "out of\nmemory"}}), "no choices: out of memory"),
    "null content": (chat_answer(None, "length"), "the reply has no text (finish_reason 'length')"),
    "content of another kind": (chat_answer([{"type": "text"}]), "the reply has no text"),
    "no message": (Answer({"choices": [{"finish_reason": "stop"}]}), "the reply has no text"),
    "a filter": (chat_answer("", "content_filter"), "the server's content filter withheld the text"),
    "no finish reason": (chat_answer("half", None), "the text may not be whole: finish_reason is null"),
    "another finish reason": (chat_answer("half", "abort"), "the text may not be whole: finish_reason is 'abort'"),
    "too long a prompt": (
        Answer({"error": {"message": "This model's maximum context length is 10 tokens."}}, 400),
        "HTTP 400 Bad Request: This model's maximum context length is 10 tokens.",
    ),
    "an unknown parameter": (Answer({"detail": [{"loc": ["seed"]}]}, 422), "HTTP 422 Unprocessable"),
    "an unknown model": (Answer({"message": "no such model"}, 404), "HTTP 404 Not Found: no such model"),
    "a refused key": (Answer({"error": "wrong key sk-12"}, 401), "HTTP 401 Unauthorized"),
    "a redirect": (
        Answer(b"", 307, {"Location": "http://elsewhere.invalid/"}),
        "HTTP 307: the server sends us elsewhere",
    ),
    "a hostile text": (Answer({"error": "\x1b[2J\u202eboo"}, 400), "HTTP 400 Bad Request: \\x1b[2J\\u202eboo"),
}

MAY_PASS = {
    "429": (Answer({"error": {"message": "slow down"}}, 429), "HTTP 429 Too Many Requests: slow down"),
    "429 with a senseless Retry-After": (Answer(b"", 429, {"Retry-After": "soon"}), "HTTP 429"),
    "429 with Retry-After": (Answer(b"", 429, {"Retry-After": "0"}), "HTTP 429"),
    "429 with a date in the past": (Answer(b"", 429, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}), "HTTP 429"),
    "500": (Answer(b"<html>Oops</html>", 500), "HTTP 500 Internal Server Error"),
    "502": (Answer(b"upstream gone", 502), "HTTP 502 Bad Gateway: upstream gone"),
    "503": (Answer(b"", 503), "HTTP 503 Service Unavailable"),
    "408": (Answer(b"", 408), "HTTP 408 Request Timeout"),
    "closed before the reply": (
        Answer(raw=b""),
        "the connection broke: Server disconnected without sending a response",
    ),
    "closed in the header": (Answer(raw=b"HTTP/1.1 200 OK\r\nContent-"), "the connection broke"),
    "closed in the body": (replace(chat_answer("whole"), sent=20), "the connection broke: peer closed connection"),
    "no HTTP": (Answer(raw=b"SSH-2.0-OpenSSH_9.9\r\n"), "the connection broke"),
    "broken compression": (Answer(b"not gzip", 200, {"Content-Encoding": "gzip"}), "the connection broke"),
    "no answer": (Answer(hang=True), "no whole answer within 0.5 s"),
    "a byte at a time": (Answer(dribble=True), "no whole answer within 0.5 s"),
}


def answering(bad: Answer, times: int = 1_000_000) -> Script:
    """Answers the chat 'bad' with ``bad``, so many times; all others as they should be."""
    count = Counter[str]()

    def script(asked: Asked) -> Answer:
        if asked.method == "POST" and asked.text == "bad":
            count["bad"] += 1
            return bad if count["bad"] <= times else echo(asked)
        return echo(asked)

    return script


def asked_of(server: object, text: str) -> int:
    return sum(asked.text == text for asked in server.posted)  # type: ignore[attr-defined]


def never_ends(answer: Answer) -> bool:
    return answer.hang or answer.dribble


def timeout_of(reason: str) -> float:
    """Short only where the server never answers, for the machine may be slow."""
    return 0.5 if "0.5 s" in reason else 60.0


@pytest.mark.parametrize("case", WRONG_FOR_GOOD)
def test_a_reply_that_will_not_get_better_is_not_asked_for_again(serve: Serve, connect: Connect, case: str) -> None:
    answer, reason = WRONG_FOR_GOOD[case]
    server = serve(answering(answer))
    before, bad, after = connect(server).complete(chats("before", "bad", "after"), SAMPLING)
    assert reason in bad.error
    assert (bad.text, bad.tokens) == ("", 0)
    assert "\n" not in bad.error
    assert "sk-12" not in bad.error
    assert (before.text, after.text) == ("BEFORE", "AFTER")
    assert asked_of(server, "bad") == 1


@pytest.mark.parametrize("case", MAY_PASS)
def test_a_fault_that_passes_leaves_no_trace(serve: Serve, connect: Connect, case: str) -> None:
    answer, reason = MAY_PASS[case]
    server = serve(answering(answer, times=1))
    good, bad = connect(server, timeout=timeout_of(reason)).complete(chats("good", "bad"), SAMPLING)
    assert (good.text, bad.text, bad.error) == ("GOOD", "BAD", "")
    first, again = (asked.body for asked in server.posted if asked.text == "bad")
    assert first == again


@pytest.mark.parametrize("case", MAY_PASS)
def test_a_fault_that_stays_is_given_up(serve: Serve, connect: Connect, case: str) -> None:
    answer, reason = MAY_PASS[case]
    server = serve(answering(answer))
    good, bad = connect(server, timeout=timeout_of(reason), attempts=2).complete(chats("good", "bad"), SAMPLING)
    assert good.text == "GOOD"
    assert reason in bad.error
    assert bad.error.endswith("; given up after 2 attempts")
    assert asked_of(server, "bad") == 2


@pytest.mark.parametrize("after", ["3600", "Fri, 21 Oct 2095 07:28:00 GMT"])
def test_a_wait_beyond_the_deadline_is_not_begun(serve: Serve, connect: Connect, after: str) -> None:
    server = serve(answering(Answer(b"", 429, {"Retry-After": after})))
    good, bad = connect(server, deadline=60.0).complete(chats("good", "bad"), SAMPLING)
    assert good.text == "GOOD"
    assert "the server asks to wait" in bad.error
    assert "which the deadline does not leave" in bad.error
    assert asked_of(server, "bad") == 1


def test_the_deadline_holds_over_all_attempts(serve: Serve, connect: Connect) -> None:
    server = serve(answering(Answer(hang=True)))
    _, bad = connect(server, timeout=1e6, deadline=0.3, attempts=1000).complete(chats("good", "bad"), SAMPLING)
    assert "no whole answer within 0.3 s; given up after 1 attempt" in bad.error


def test_a_reply_without_end_does_not_fill_the_memory(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint_client, "MAX_REPLY", 1000)
    bomb = Answer(gzip.compress(b" " * 100_000), 200, {"Content-Encoding": "gzip"})
    _, bad = connect(serve(answering(bomb))).complete(chats("good", "bad"), SAMPLING)
    assert bad.error == "the reply is longer than 1,000 bytes"


def test_every_record_is_accounted_for_when_a_fifth_of_the_requests_fails(serve: Serve, connect: Connect) -> None:
    faults = [answer for answer, _ in (*WRONG_FOR_GOOD.values(), *MAY_PASS.values()) if not never_ends(answer)]

    def fault_of(text: str) -> Answer | None:
        number = int(hashlib.sha256(text.encode()).hexdigest(), 16)
        return faults[number // 5 % len(faults)] if number % 5 == 0 else None

    def script(asked: Asked) -> Answer:
        return (fault_of(asked.text) if asked.method == "POST" else None) or echo(asked)

    prompts = [Prompt(messages=(Message("user", f"request {index}"),)) for index in range(200)]
    responder = Responder(connect(serve(script), attempts=2), SAMPLING, seed=0, purpose="answers")
    draws = responder.expand(prompts)
    samples = responder.work(draws)
    assert [sample.id for sample in samples] == [responder.identify(draw) for draw in draws]
    failed = [sample for sample in samples if sample.status is Status.FAILED]
    assert {sample.prompt.id for sample in failed} == {
        prompt.id for prompt in prompts if fault_of(prompt.messages[0].content)
    }
    assert 20 < len(failed) < 60
    assert all(sample.reason for sample in failed)
