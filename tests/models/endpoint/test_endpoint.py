"""A served model: what it is asked, and that its answers come back in order, from any thread, and stop on Ctrl-C."""

import asyncio
import subprocess
import sys
import threading

import pytest

from charter.errors import ConfigError, MissingExtraError, StageError
from charter.models import Completer, load_completer
from charter.models.completer import Chat, Sampling
from charter.models.endpoint import EndpointCompleter
from charter.recipe import ModelConfig
from charter.records import Message

from .conftest import Answer, Asked, Connect, Serve, chat_answer, chats, echo

SAMPLING = Sampling(temperature=0.7, top_p=0.9, max_new_tokens=17)


def test_a_request_says_model_turns_sampling_and_seed(serve: Serve, connect: Connect) -> None:
    server = serve(echo)
    turns = (Message("system", "Be brief."), Message("user", "a"), Message("assistant", "b"), Message("user", "c ☃"))
    connect(server).complete([Chat(turns, seed=2**40 + 5)], SAMPLING)
    (asked,) = server.posted
    assert asked.path == "/v1/chat/completions"
    assert asked.body == {
        "model": "m",
        "messages": [{"role": turn.role, "content": turn.content} for turn in turns],
        "seed": 5,
        "temperature": 0.7,
        "top_p": 0.9,
        "max_tokens": 17,
    }


def test_completions_come_in_the_order_of_the_chats_whatever_is_answered_first(serve: Serve, connect: Connect) -> None:
    others_answered = threading.Event()

    def script(asked: Asked) -> Answer:
        if asked.method == "POST" and asked.text == "t0":
            assert others_answered.wait(20)
        return echo(asked)

    server = serve(script)
    told: list[tuple[int, threading.Thread]] = []

    def on_done(count: int) -> None:
        told.append((count, threading.current_thread()))
        if len(told) == 9:
            others_answered.set()

    completions = connect(server).complete(chats(*(f"t{i}" for i in range(10))), SAMPLING, on_done)
    assert [completion.text for completion in completions] == [f"T{i}" for i in range(10)]
    assert told == [(1, threading.current_thread())] * 10


def test_as_many_requests_at_once_as_allowed_and_no_more(serve: Serve, connect: Connect) -> None:
    together, lock = threading.Barrier(4), threading.Lock()
    now, most = 0, 0

    def script(asked: Asked) -> Answer:
        nonlocal now, most
        if asked.method == "GET":
            return echo(asked)
        with lock:
            now += 1
            most = max(most, now)
        together.wait(20)  # four must be here before any goes on
        with lock:
            now -= 1
        return echo(asked)

    completions = connect(serve(script), concurrency=4, timeout=30.0).complete(chats(*"abcdefghijkl"), SAMPLING)
    assert [completion.text for completion in completions] == list("ABCDEFGHIJKL")
    assert most == 4


@pytest.mark.parametrize(
    ("said", "finish"),
    [("stop", "stop"), ("length", "length"), ("eos_token", "stop"), ("max_tokens", "length")],
)
def test_how_a_text_ended(serve: Serve, connect: Connect, said: str, finish: str) -> None:
    server = serve(lambda asked: echo(asked) if asked.method == "GET" else chat_answer("yes", said, tokens=7))
    (completion,) = connect(server).complete(chats("q"), SAMPLING)
    assert (completion.text, completion.finish, completion.tokens, completion.error) == ("yes", finish, 7, "")


def test_a_server_that_does_not_count_tokens(serve: Serve, connect: Connect) -> None:
    server = serve(lambda asked: echo(asked) if asked.method == "GET" else chat_answer("yes", tokens=None))
    assert connect(server).complete(chats("q"), SAMPLING)[0].tokens == 0


def test_text_that_no_file_takes_is_mended(serve: Serve, connect: Connect) -> None:
    body = b'{"choices": [{"message": {"content": "a\\ud800b \\ud83d\\ude00 \\u0000"}, "finish_reason": "stop"}]}'
    server = serve(lambda asked: echo(asked) if asked.method == "GET" else Answer(body))
    assert connect(server).complete(chats("half \ud800 a pair"), SAMPLING)[0].text == "a\ufffdb 😀 \x00"
    assert server.posted[0].text == "half \ud800 a pair"


def test_no_chats_no_requests(serve: Serve, connect: Connect) -> None:
    server = serve(echo)
    assert connect(server).complete([], SAMPLING) == []
    assert server.posted == []


def test_it_works_where_an_event_loop_runs_already(serve: Serve, connect: Connect) -> None:
    async def notebook() -> str:
        return connect(serve(echo)).complete(chats("q"), SAMPLING)[0].text

    assert asyncio.run(notebook()) == "Q"


def test_an_interruption_does_not_wait_for_the_server(serve: Serve, connect: Connect) -> None:
    def script(asked: Asked) -> Answer:
        return Answer(hang=True) if asked.method == "POST" and asked.text != "quick" else echo(asked)

    completer = connect(serve(script), timeout=1e6, deadline=1e6)

    def ctrl_c(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        completer.complete(chats("quick", "never", "nor this"), SAMPLING, ctrl_c)
    assert "charter-endpoint" not in {thread.name for thread in threading.enumerate()}


def test_a_server_that_went_away_ends_the_stage(serve: Serve, connect: Connect) -> None:
    server = serve(echo)
    completer = connect(server)
    assert completer.complete(chats("q"), SAMPLING)[0].text == "Q"
    server.shutdown()
    server.server_close()
    with pytest.raises(StageError, match=r"answers none of 2 requests any more: no connection: connection refused"):
        completer.complete(chats("q", "r"), SAMPLING)


def test_a_key_that_is_refused_from_now_on_ends_the_stage(serve: Serve, connect: Connect) -> None:
    server = serve(lambda asked: echo(asked) if asked.method == "GET" else Answer({"error": "no"}, 401))
    with pytest.raises(StageError, match="answers none of 2 requests any more: HTTP 401"):
        connect(server).complete(chats("q", "r"), SAMPLING)


def test_the_digest_is_of_model_place_and_what_the_server_says_of_it(serve: Serve, connect: Connect) -> None:
    listing = {"data": [{"id": "m", "created": 1, "owned_by": "x", "root": "/weights/a"}]}
    server = serve(lambda asked: Answer(listing))
    first = connect(server)
    listing["data"][0]["created"] = 2  # with some servers this is the time of the call
    assert connect(server).digest == first.digest
    assert len(first.digest) == 64
    listing["data"][0]["root"] = "/weights/b"
    assert connect(server).digest != first.digest
    assert connect(serve(lambda asked: Answer(listing))).digest != first.digest
    assert first.name == server.name


@pytest.mark.parametrize("config", ["name", "server"])
def test_a_recipe_names_it_as_the_model_or_as_the_server_of_one(serve: Serve, config: str) -> None:
    server = serve(echo)
    completer = load_completer(ModelConfig(**{config: server.name}))
    assert isinstance(completer, EndpointCompleter)
    assert isinstance(completer, Completer)
    assert completer.name == server.name


def test_a_malformed_name_is_a_mistake_of_configuration() -> None:
    with pytest.raises(ConfigError, match="openai:MODEL@"):
        load_completer(ModelConfig(name="openai:m"))


def test_without_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("charter.models.endpoint_client", "charter.models.endpoint_check"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, "httpx2", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'charter\[endpoint\]'"):
        EndpointCompleter("openai:m@http://localhost:1/v1")


def test_a_recipe_and_a_name_need_no_http_client() -> None:
    code = (
        "import sys, charter.models.endpoint; from charter.recipe import ModelConfig;"
        "ModelConfig(server='openai:m@http://localhost/v1'); print('httpx2' in sys.modules, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == ["False", "False"], done.stderr
