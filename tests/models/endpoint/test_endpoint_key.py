"""The key is in one header and nowhere else; and requests to this machine go through no proxy."""

import logging

import pytest

from charter.errors import ModelError
from charter.models.completer import Sampling
from charter.models.endpoint import EndpointCompleter
from charter.models.endpoint_key import Key
from charter.models.endpoint_types import Limits
from charter.served import ServedModel

from .conftest import Answer, Asked, Connect, Serve, chats, echo

SENT = "sk-t0ps3cret"


@pytest.mark.parametrize(
    ("environment", "header"),
    [
        ({}, None),
        ({"OPENAI_API_KEY": "b"}, "Bearer b"),
        ({"CHARTER_API_KEY": " a\n", "OPENAI_API_KEY": "b"}, "Bearer a"),
        ({"CHARTER_API_KEY": " ", "OPENAI_API_KEY": "b"}, "Bearer b"),
    ],
)
def test_where_the_key_is_from(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], header: str | None
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    server = serve(echo)
    connect(server).complete(chats("q"), Sampling())
    assert [asked.headers.get("authorization") for asked in server.asked] == [header, header]


def test_it_is_in_no_name_digest_error_or_log(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def script(asked: Asked) -> Answer:
        return echo(asked) if asked.method == "GET" else Answer({"error": str(asked.headers)}, 400)

    caplog.set_level(logging.DEBUG)
    server = serve(script)
    keyless = connect(server)
    monkeypatch.setenv("CHARTER_API_KEY", SENT)
    completer = connect(server)
    (completion,) = completer.complete(chats("q"), Sampling())
    assert server.posted[-1].headers["authorization"] == f"Bearer {SENT}"
    assert "Bearer [key]" in completion.error
    assert completer.digest == keyless.digest
    shown = [completer.name, repr(completer), repr(vars(completer)), completion.error, caplog.text]
    assert not [text for text in shown if SENT in text]
    assert caplog.records


@pytest.mark.parametrize("secret", ["sk-a\x01b", "sk-ä", "sk-a\nb"])
def test_a_key_that_no_header_carries(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("CHARTER_API_KEY", secret)
    with pytest.raises(ModelError, match="CHARTER_API_KEY: it holds characters that no key can have") as caught:
        EndpointCompleter("openai:m@http://localhost:1/v1")
    assert secret not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://api.example.com/v1", True),
        ("http://localhost:8000/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://10.0.0.7:8000/v1", False),
        ("http://localhost.example.com/v1", False),
    ],
)
def test_a_key_meant_for_another_program_is_not_sent_in_the_clear(
    monkeypatch: pytest.MonkeyPatch, url: str, sent: bool
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SENT)
    key = Key.of(ServedModel("m", url))
    assert bool(key.headers) == sent
    assert ("CHARTER_API_KEY" in key.advice) != sent
    monkeypatch.setenv("CHARTER_API_KEY", "own")
    assert Key.of(ServedModel("m", url)).headers == {"authorization": "Bearer own"}


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_no_proxy_for_this_machine(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    proxy, server = serve(echo), serve(echo)
    monkeypatch.setenv(variable, proxy.url)
    assert connect(server).complete(chats("q"), Sampling())[0].text == "Q"
    assert proxy.asked == []


def test_the_environment_s_proxy_for_other_machines(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    def script(asked: Asked) -> Answer:
        return Answer({"data": [{"id": asked.path}]})

    proxy = serve(script)
    monkeypatch.setenv("HTTP_PROXY", proxy.url.removesuffix("/v1"))
    url = "http://model.invalid:8000/v1"
    EndpointCompleter(f"openai:{url}/models@{url}", Limits(attempts=1))
    assert [asked.headers["host"] for asked in proxy.asked] == ["model.invalid:8000"]


@pytest.mark.parametrize(
    "proxy", ["ftp://me:hunter2@proxy:1", "socks5://me:hunter2@proxy:1", "http://me:hunter2@proxy:x"]
)
def test_a_proxy_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(ModelError, match="the proxy named in HTTP_PROXY, HTTPS_PROXY or ALL_PROXY cannot be") as caught:
        EndpointCompleter("openai:m@http://model.invalid/v1")
    assert "hunter2" not in str(caught.value)
