"""The page's server: on the loopback interface alone, for whoever has its address.

Other programs and web sites of the same machine must not read or write labels through it. So every address begins
with a token that is drawn anew each time; a request must name this very host and port (or a foreign name could be
made to resolve to this machine), and one that writes must come from this page, and as JSON, which no form of another
site can send. The page may load nothing from elsewhere, and nothing may frame it.
"""

import hmac
import json
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from typing import Any, Final

from charter.errors import CharterError, ConfigError
from charter.human.desk import Desk, is_choice

HOST = "127.0.0.1"
MAX_BODY_BYTES = 1 << 14
_MOST_DIGITS = 9
"""Of a length; Python refuses to read a number of thousands of digits."""
PATIENCE_SECONDS = 30
"""A connection on which nothing comes for so long is closed."""

_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_PAGES: Final = {
    "": ("annotate.html", "text/html; charset=utf-8"),
    "annotate.css": ("annotate.css", "text/css; charset=utf-8"),
    "annotate.js": ("annotate.js", "text/javascript; charset=utf-8"),
}


class AnnotationServer(ThreadingHTTPServer):
    """Serves one desk. ``serve_forever`` runs until another thread, or a signal, ends it."""

    daemon_threads = True

    def __init__(
        self, desk: Desk, port: int = 0, *, rater: str = "", told: Callable[[str], None] | None = None
    ) -> None:
        """Listens at once; port 0 takes any that is free.

        Args:
            rater: the only one who answers here; each names himself on the page where it is empty.
            told: called with a line when a rater begins, and when one has answered everything.

        Raises:
            ConfigError: the port is taken, or may not be used.
        """
        self.desk = desk
        self.rater = rater
        self.token = secrets.token_urlsafe(24)
        self._told = told
        self._heard: set[str] = set()
        try:
            super().__init__((HOST, port), _Handler)
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or error
            raise ConfigError(
                f"port {port} cannot be used: {why}; name another with --port, or leave it out"
            ) from error

    @property
    def url(self) -> str:
        """The address of the page, token included."""
        return f"{self.origins[0]}/{self.token}/"

    @property
    def origins(self) -> tuple[str, str]:
        """What this server is called by its own page."""
        return f"http://{HOST}:{self.server_port}", f"http://localhost:{self.server_port}"

    def tell(self, line: str) -> None:
        """Says something once."""
        if self._told is not None and line not in self._heard:
            self._heard.add(line)
            self._told(line)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away in the middle of an answer is no news; anything else is a defect, and told."""
        error = sys.exception()
        if not isinstance(error, OSError):
            self.tell(f"an answer failed: {type(error).__name__}: {error}")


class _Refused(Exception):  # noqa: N818  # told to the client
    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status


class _Handler(BaseHTTPRequestHandler):
    server: AnnotationServer
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE_SECONDS

    def do_GET(self) -> None:
        """The page and its two files."""
        try:
            name = self._name()
            if name not in _PAGES:
                raise _Refused(HTTPStatus.NOT_FOUND, "there is nothing here")
        except _Refused as refused:
            self._refuse(refused)
            return
        file, kind = _PAGES[name]
        self._send(HTTPStatus.OK, _asset(file), kind)

    def do_POST(self) -> None:
        """What the page asks and says, as JSON."""
        try:
            body = self._body()
            answer = self._answers().get(self._name())
            if answer is None:
                raise _Refused(HTTPStatus.NOT_FOUND, "there is nothing here")
            self._send_json(HTTPStatus.OK, answer(self._said(body)))
        except _Refused as refused:
            self._refuse(refused)
        except ConfigError as error:
            self._send_json(HTTPStatus.BAD_REQUEST, {"error": str(error)})
        except CharterError as error:
            self.server.tell(str(error))
            self._send_json(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": str(error)})

    def _answers(self) -> dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]]:
        return {"hello": self._hello, "next": self._next, "answer": self._answer, "undo": self._undo}

    def _hello(self, _said: Mapping[str, Any]) -> dict[str, Any]:
        return {"rater": self.server.rater, "raters": self.server.desk.raters()}

    def _next(self, said: Mapping[str, Any]) -> dict[str, Any]:
        rater = self._rater(said)
        state = self.server.desk.state(rater)
        self.server.tell(f"{rater} answers: {state.done:,} of {state.total:,} are done")
        return asdict(state)

    def _answer(self, said: Mapping[str, Any]) -> dict[str, Any]:
        rater, choice, seconds = self._rater(said), said.get("choice"), said.get("seconds")
        if not is_choice(choice) or not isinstance(said.get("task"), str):
            raise ConfigError("an answer has a task, and a choice that is left, right, tie or skip")
        measured = seconds if isinstance(seconds, float) else None
        kept, state = self.server.desk.answer(rater, said["task"], choice, measured)
        if state.task is None:
            self.server.tell(f"{rater} has answered all {state.total:,}")
        return {"kept": kept, **asdict(state)}

    def _undo(self, said: Mapping[str, Any]) -> dict[str, Any]:
        undone, state = self.server.desk.undo(self._rater(said))
        return {"undone": undone, **asdict(state)}

    def _rater(self, said: Mapping[str, Any]) -> str:
        if self.server.rater:
            return self.server.rater
        if not isinstance(said.get("rater"), str):
            raise ConfigError("no rater is named")
        return self.server.desk.called(said["rater"])

    def _name(self) -> str:
        """What is asked for, below the token."""
        host = self.headers.get("Host", "")
        if f"http://{host}" not in self.server.origins:
            raise _Refused(HTTPStatus.FORBIDDEN, "this server answers to no other name than the one in its address")
        token, slash, name = self.path.split("?", 1)[0].removeprefix("/").partition("/")
        if not slash or not hmac.compare_digest(token.encode("utf-8", "replace"), self.server.token.encode()):
            raise _Refused(HTTPStatus.FORBIDDEN, "open the whole address that the terminal shows")
        return name

    def _body(self) -> bytes:
        """Read before anything is refused, so that the client has written it when it is answered."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or len(length) > _MOST_DIGITS or int(length) > MAX_BODY_BYTES:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"say how many bytes, at most {MAX_BODY_BYTES:,}")
        return self.rfile.read(int(length))

    def _said(self, body: bytes) -> Mapping[str, Any]:
        if self.headers.get("Origin", "") not in self.server.origins:
            raise _Refused(HTTPStatus.FORBIDDEN, "this does not come from the page")
        if self.headers.get_content_type() != "application/json":
            raise _Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "write JSON")
        try:
            said = json.loads(body, parse_int=float)
        except (ValueError, RecursionError) as error:
            raise _Refused(HTTPStatus.BAD_REQUEST, "this is not JSON") from error
        if not isinstance(said, dict):
            raise _Refused(HTTPStatus.BAD_REQUEST, "write a JSON object")
        return said

    def _refuse(self, refused: _Refused) -> None:
        self.close_connection = True  # what else the client sent is not read
        self._send(refused.status, f"{refused}\n".encode(), "text/plain; charset=utf-8")

    def _send_json(self, status: HTTPStatus, value: Mapping[str, Any]) -> None:
        self._send(status, json.dumps(value).encode(), "application/json")

    def _send(self, status: HTTPStatus, content: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in {**_HEADERS, "Content-Type": kind, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the base class refuses (another method, a line that is no HTTP) is refused as everything else is."""
        self._refuse(_Refused(HTTPStatus(code), message or HTTPStatus(code).phrase))

    def version_string(self) -> str:
        """Who answers, without the versions of Python."""
        return "charter"

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the address holds the token, and a terminal is no place for each request."""


@cache
def _asset(name: str) -> bytes:
    return (resources.files("charter.human") / "assets" / name).read_bytes()
