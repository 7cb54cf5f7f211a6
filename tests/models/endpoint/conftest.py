"""A real HTTP server on loopback that answers as a test says, however badly."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from charter.models.completer import Chat
from charter.models.endpoint import EndpointCompleter
from charter.models.endpoint_types import Limits
from charter.records import Message

LISTING = {"object": "list", "data": [{"id": "m", "object": "model", "owned_by": "tests"}]}


@dataclass(frozen=True)
class Asked:
    """A request that came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any

    @property
    def text(self) -> str:
        """The last turn of the chat."""
        return str(self.body["messages"][-1]["content"])


@dataclass(frozen=True)
class Answer:
    """What goes back, down to the bytes."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    sent: int | None = None
    """Only so many bytes of the body are sent before the connection is closed."""
    dribble: bool = False
    """The body is sent a byte at a time, with a pause after each, for ever."""
    hang: bool = False
    """Nothing is sent, ever."""
    raw: bytes | None = None
    """Sent in place of any HTTP; then the connection is closed."""


def chat_answer(text: object, finish: object = "stop", tokens: int | None = 3, **choice: Any) -> Answer:
    """A well-formed answer to a chat."""
    message = {"role": "assistant", "content": text}
    usage = {} if tokens is None else {"usage": {"prompt_tokens": 1, "completion_tokens": tokens}}
    return Answer(
        {"model": "m", "choices": [{"index": 0, "message": message, "finish_reason": finish, **choice}], **usage}
    )


Script = Callable[[Asked], Answer]


def echo(asked: Asked) -> Answer:
    """Lists the model ``m``; answers a chat with its last turn in capitals."""
    if asked.method == "GET":
        return Answer(LISTING) if asked.path == "/v1/models" else Answer({"detail": "Not Found"}, 404)
    return chat_answer(asked.text.upper())


class Server(ThreadingHTTPServer):
    """Answers each request with what ``script`` makes of it, and keeps what was asked."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self.asked: list[Asked] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    @property
    def name(self) -> str:
        return f"openai:m@{self.url}"

    @property
    def posted(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.method == "POST"]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["content-length"]))))

    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self, body: Any) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, body)
        self.server.asked.append(asked)
        answer = self.server.script(asked)
        if answer.hang:
            self.server.over.wait()
            self.close_connection = True
        elif answer.raw is not None:
            self.wfile.write(answer.raw)
            self._hang_up()
        else:
            self._send(answer)

    def _send(self, answer: Answer) -> None:
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        self.send_header("Content-Length", str(10**6 if answer.dribble else len(body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        while answer.dribble and not self.server.over.wait(0.02):
            self.wfile.write(b" ")
        self.wfile.write(body[: answer.sent])
        if answer.sent is not None:
            self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)


Serve = Callable[[Script], Server]
Connect = Callable[..., EndpointCompleter]


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the developer's keys nor the machine's proxies have a part in these tests."""
    for name in ("CHARTER_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """``serve(script) -> Server``, running until the test is over."""
    running: list[Server] = []

    def start(script: Script) -> Server:
        server = Server(script)
        running.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return server

    yield start
    for server in running:
        server.over.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def connect() -> Connect:
    """``connect(server, timeout=...)``: a completer with the limits that are given, and short waits."""

    def make(server: Server, **limits: Any) -> EndpointCompleter:
        return EndpointCompleter(server.name, Limits(**{"attempts": 3, "first_wait": 0.01, **limits}))

    return make


def chats(*texts: str) -> list[Chat]:
    """One chat a text, with seeds from 0."""
    return [Chat((Message("user", text),), seed) for seed, text in enumerate(texts)]
