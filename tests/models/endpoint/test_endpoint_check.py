"""Before any work: a server that is not there, refuses the key or lacks the model is one clear line at once."""

import socket

import pytest

from charter.errors import ModelError
from charter.models.completer import Sampling
from charter.models.endpoint import EndpointCompleter
from charter.models.endpoint_types import Limits

from .conftest import LISTING, Answer, Asked, Connect, Script, Serve, chat_answer, chats, echo

QUICK = Limits(attempts=2, first_wait=0.01)
NOT_FOUND = Answer({"detail": "Not Found"}, 404)


def refused(name: str) -> str:
    """The one line that the name is refused with."""
    with pytest.raises(ModelError) as caught:
        EndpointCompleter(name, QUICK)
    message = str(caught.value)
    assert "\n" not in message
    return message


def listing(*names: str) -> Script:
    return lambda asked: Answer({"data": [{"id": name} for name in names]})


def test_a_model_that_is_listed_costs_one_cheap_request(serve: Serve, connect: Connect) -> None:
    server = serve(echo)
    connect(server)
    assert [(asked.method, asked.path) for asked in server.asked] == [("GET", "/v1/models")]


def test_no_server() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        message = refused(f"openai:m@{url}")
    assert message == (
        f"{url}: no server answers (no connection: connection refused; given up after 2 attempts); "
        "start it, or mend the URL"
    )


def test_no_such_host() -> None:
    assert "no server answers (no connection: " in refused("openai:m@http://no-such-host.invalid/v1")


def test_something_that_speaks_no_http(serve: Serve) -> None:
    assert "no server answers (the connection broke" in refused(serve(lambda asked: Answer(raw=b"220 smtp\r\n")).name)


def test_a_key_that_is_missing(serve: Serve) -> None:
    server = serve(lambda asked: Answer({"error": "key sk-4"}, 401))
    assert refused(server.name) == (
        f"{server.url}: the server refuses requests without a key (HTTP 401 Unauthorized); "
        "put the server's key into CHARTER_API_KEY"
    )


def test_a_key_that_is_wrong(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    server = serve(lambda asked: Answer({"error": f"wrong: {asked.headers['authorization']}"}, 403))
    assert refused(server.name) == (
        f"{server.url}: the server refuses the key from OPENAI_API_KEY (HTTP 403 Forbidden); check OPENAI_API_KEY"
    )


def test_a_model_that_the_server_does_not_have(serve: Serve) -> None:
    server = serve(listing("llama-70b", "mistral-7b"))
    message = refused(f"openai:llama-70@{server.url}")
    assert message == (
        f"{server.url} serves no model 'llama-70'; did you mean 'llama-70b'? (known: llama-70b, mistral-7b)"
    )
    assert server.posted == []


def test_a_server_with_very_many_models_or_hostile_names(serve: Serve) -> None:
    names = [f"other-{number}\x1b[2J\n" for number in range(500)]
    message = refused(f"openai:wanted@{serve(listing(*names, 'wanted-1')).url}")
    assert "did you mean 'wanted-1'?" in message
    assert message.endswith(" and 489 more")
    assert "\x1b" not in message
    assert len(message) < 1000


def test_ollama_lists_the_tag_that_one_may_leave_out(serve: Serve) -> None:
    EndpointCompleter(f"openai:qwen3@{serve(listing('qwen3:latest')).url}", QUICK)


@pytest.mark.parametrize(
    "unlisted",
    [NOT_FOUND, Answer(b"<html>Hello"), Answer({"data": []}), Answer({"data": {"m": 1}}), Answer({}), Answer(b"", 500)],
    ids=["absent", "a page", "empty", "another form", "no data", "broken"],
)
def test_a_server_without_a_list_is_asked_for_one_token(serve: Serve, connect: Connect, unlisted: Answer) -> None:
    server = serve(lambda asked: unlisted if asked.method == "GET" else echo(asked))
    completer = connect(server)
    (probe,) = server.posted
    assert (probe.body["model"], probe.body["max_tokens"]) == ("m", 1)
    assert completer.complete(chats("q"), Sampling())[0].text == "Q"


def test_one_token_may_be_all_thought(serve: Serve, connect: Connect) -> None:
    connect(serve(lambda asked: NOT_FOUND if asked.method == "GET" else chat_answer(None, "length")))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (NOT_FOUND, "HTTP 404 Not Found: Not Found"),
        (Answer({"error": {"message": "The model `m` does not exist"}}, 404), "The model `m` does not exist"),
        (Answer(b"<html>"), "the reply is no JSON object but '<html>'"),
        (Answer({"choices": []}), "the reply has no choices"),
    ],
)
def test_a_server_that_neither_lists_nor_completes(serve: Serve, answer: Answer, why: str) -> None:
    server = serve(lambda asked: NOT_FOUND if asked.method == "GET" else answer)
    message = refused(server.name)
    assert message.startswith(f"{server.url}: it lists no models and does not complete a chat with 'm' (")
    assert why in message
    assert message.endswith("; mend the URL or the model's name")


def test_a_url_without_its_path(serve: Serve) -> None:
    server = serve(lambda asked: echo(asked) if asked.path.startswith("/v1/") else NOT_FOUND)
    root = server.url.removesuffix("/v1")
    assert refused(f"openai:m@{root}").endswith(f"most servers have their API at {root}/v1")


def test_a_key_that_is_needed_for_chats_only(serve: Serve) -> None:
    def script(asked: Asked) -> Answer:
        return NOT_FOUND if asked.method == "GET" else Answer(b"", 401)

    assert "refuses requests without a key" in refused(serve(script).name)


def test_a_busy_server_is_asked_again(serve: Serve, connect: Connect) -> None:
    answers = [Answer(b"", 429), Answer(LISTING)]
    server = serve(lambda asked: answers.pop(0))
    connect(server)
    assert len(server.asked) == 2
