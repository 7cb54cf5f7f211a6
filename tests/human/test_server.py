"""The server, asked over HTTP by its own page, by other sites, and by what is no browser at all."""

import json
import re
import socket
from collections.abc import Callable
from typing import Any

import pytest

from charter.errors import ConfigError, StageError
from charter.human.desk import Desk
from charter.human.keep import read_kept
from charter.human.server import MAX_BODY_BYTES, AnnotationServer

Make = Callable[..., Any]


@pytest.fixture
def client(make_desk: Make, serve: Make) -> Any:
    return serve(make_desk(4))


def test_the_page_and_its_files_load_nothing_else(client: Any) -> None:
    status, headers, page = client.ask("GET", "")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    names = re.findall(r'(?:href|src)="([^"]+)"', page.decode())
    assert sorted(names) == ["annotate.css", "annotate.js", "data:,"]
    for name in ("annotate.css", "annotate.js"):
        status, headers, content = client.ask("GET", name)
        assert status == 200
        assert headers["x-content-type-options"] == "nosniff"
        assert b"://" not in content
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert "Python" not in headers["server"]


def test_a_rater_answers_until_nothing_is_left(client: Any) -> None:
    assert client.post("hello") == {"rater": "", "raters": []}
    state = client.post("next", rater="ann")
    for done in range(4):
        assert (state["done"], state["total"]) == (done, 4)
        state = client.post("answer", rater="ann", task=state["task"]["id"], choice="left", seconds=0.1)
        assert state["kept"]
    assert state["task"] is None
    assert len(read_kept(client.server.desk._keep.folder)) == 4
    assert client.post("hello")["raters"] == ["ann"]
    assert client.post("undo", rater="Ann")["undone"]
    assert len(read_kept(client.server.desk._keep.folder)) == 3


def test_a_server_of_one_rater_hears_no_other_name(make_desk: Make, serve: Make) -> None:
    client = serve(make_desk(2), rater="ann")
    assert client.post("hello")["rater"] == "ann"
    assert client.post("next", rater="bob")["rater"] == "ann"
    assert client.post("next")["rater"] == "ann"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/", "/x/", "/x/next", "//", "/{token}", "/{token}x/next", "/{short}/next"])
def test_without_the_whole_token_there_is_nothing(method: str, path: str, client: Any) -> None:
    token = client.server.token
    path = path.format(token=token, short=token[:-1])
    status, headers, content = client.ask(method, "", {"rater": "ann"}, path=path)
    assert status == 403
    assert content == b"open the whole address that the terminal shows\n"
    assert "content-security-policy" in headers


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "evil.example:{port}", "127.0.0.1:1", "", None])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_foreign_name_for_this_machine_is_refused(method: str, host: str | None, client: Any) -> None:
    host = None if host is None else host.format(port=client.server.server_port)
    status, _, content = client.ask(method, "next" if method == "POST" else "", {"rater": "ann"}, Host=host)
    assert status == 403
    assert b"no other name" in content


def test_localhost_is_a_name_of_its_own(client: Any) -> None:
    host = f"localhost:{client.server.server_port}"
    assert client.ask("GET", "", Host=host)[0] == 200
    assert client.ask("POST", "next", {"rater": "ann"}, Host=host, Origin=f"http://{host}")[0] == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", "", None])
def test_another_site_cannot_write(origin: str | None, client: Any) -> None:
    task = client.post("next", rater="ann")["task"]["id"]
    said = {"rater": "ann", "task": task, "choice": "left", "seconds": 1}
    status, _, content = client.ask("POST", "answer", said, Origin=origin)
    assert (status, content) == (403, b"this does not come from the page\n")
    assert client.post("next", rater="ann")["done"] == 0


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_what_a_form_can_send_is_refused(kind: str | None, client: Any) -> None:
    assert client.ask("POST", "next", {"rater": "ann"}, Content_Type=kind)[0] == 415


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"[]", {}, 400),
        (b"[" * 10_000, {}, 400),
        (b"\xff", {}, 400),
        (b"{}", {}, 400),
        (b'{"rater": 3}', {}, 400),
        (b'{"rater": ""}', {}, 400),
        (b'{"rater": "\\ud800"}', {}, 400),
        (b'{"rater": "simulated-1"}', {}, 400),
        (b"x" * (MAX_BODY_BYTES + 1), {}, 413),
        (b"{}", {"Content-Length": "-1"}, 413),
        (b"{}", {"Content-Length": "x"}, 413),
        (b"{}", {"Content-Length": "9" * 5000}, 413),
    ],
)
def test_what_the_page_would_never_send(body: bytes, headers: dict[str, str], status: int, client: Any) -> None:
    answer = client.ask("POST", "next", body=body, **headers)
    assert answer[0] == status
    assert answer[2]


@pytest.mark.parametrize(
    "said",
    [
        {"choice": "left"},
        {"task": "x", "choice": "left"},
        {"task": 3, "choice": "left"},
        {"choice": "up", "task": "{task}"},
        {"choice": ["left"], "task": "{task}"},
        {"task": "{task}"},
    ],
)
def test_an_answer_that_is_none(said: dict[str, Any], client: Any) -> None:
    task = client.post("next", rater="ann")["task"]["id"]
    said = {key: task if value == "{task}" else value for key, value in said.items()}
    status, _, content = client.ask("POST", "answer", {"rater": "ann", **said})
    assert status == 400
    assert json.loads(content)["error"]
    assert client.post("next", rater="ann")["done"] == 0


@pytest.mark.parametrize("seconds", ["1" * 4000, "1e999", "NaN", '"3"', "true", "null", "-5"])
def test_a_time_that_is_none_is_not_kept(seconds: str, client: Any) -> None:
    task = client.post("next", rater="ann")["task"]["id"]
    body = f'{{"rater": "ann", "task": "{task}", "choice": "left", "seconds": {seconds}}}'.encode()
    assert client.ask("POST", "answer", body=body)[0] == 200
    (look,) = read_kept(client.server.desk._keep.folder)
    assert look.seconds is None or look.seconds < 1000


def test_what_cannot_be_kept_is_told_to_the_page_and_in_the_terminal(
    make_desk: Make, serve: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    desk: Desk = make_desk(2)
    client = serve(desk, told=told.append)
    task = client.post("next", rater="ann")["task"]["id"]

    def full(_look: object) -> None:
        raise StageError("x: the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(desk._keep, "add", full)
        status, _, content = client.ask("POST", "answer", {"rater": "ann", "task": task, "choice": "left"})
    assert (status, json.loads(content)) == (500, {"error": "x: the disk is full"})
    assert told == ["ann answers: 0 of 2 are done", "x: the disk is full"]
    assert client.post("answer", rater="ann", task=task, choice="left", seconds=1)["kept"]


@pytest.mark.parametrize(("method", "name"), [("GET", "next"), ("GET", "../annotate.css"), ("POST", ""), ("POST", "x")])
def test_there_is_nothing_else(method: str, name: str, client: Any) -> None:
    assert client.ask(method, name, {})[0] == 404


@pytest.mark.parametrize("line", [b"DELETE / HTTP/1.1", b"GARBAGE", b"GET /\xff\x00 HTTP/9.9", b"\x16\x03\x01"])
def test_what_is_no_request_is_refused_without_markup(line: bytes, client: Any) -> None:
    with socket.create_connection(("127.0.0.1", client.server.server_port), timeout=30) as connection:
        connection.sendall(line + b"\r\nHost: x\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    assert b"<" not in answer
    assert b"200 OK" not in answer
    assert client.post("hello")["raters"] == []


def test_only_this_machine_is_listened_to_and_each_time_under_another_token(make_desk: Make) -> None:
    desk = make_desk(2)
    with AnnotationServer(desk) as one, AnnotationServer(desk) as other:
        assert one.server_address[0] == "127.0.0.1"
        assert one.token != other.token
        assert len(one.token) >= 32
        with pytest.raises(ConfigError, match=f"port {one.server_port} cannot be used: .*--port"):
            AnnotationServer(desk, one.server_port)
