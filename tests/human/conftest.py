"""Pairs to annotate, a desk for them, and a server that is really asked over HTTP."""

import http.client
import importlib.util
import json
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from charter.human.desk import Desk
from charter.human.keep import Keep
from charter.human.server import AnnotationServer
from charter.records import Message, Pair, Prompt

MakeDesk = Callable[..., Desk]


def make_pairs(count: int) -> list[Pair]:
    """Pairs of responses to red-team and benign prompts in turn."""
    prompts = [
        Prompt(messages=(Message("user", f"Question {n}?"),), kind="benign" if n % 2 else "red_team")
        for n in range(count)
    ]
    return [Pair(prompt=prompt, first=f"one {n}", second=f"two {n}") for n, prompt in enumerate(prompts)]


@pytest.fixture
def make_desk(tmp_path: Path) -> Iterator[MakeDesk]:
    """``make_desk(pairs=12, folder="labels", ...) -> Desk``; closed when the test ends."""
    made: list[Desk] = []

    def make(pairs: int | list[Pair] = 12, *, folder: str = "labels", **options: Any) -> Desk:
        several = make_pairs(pairs) if isinstance(pairs, int) else pairs
        made.append(Desk(Keep(tmp_path / folder), several, **{"repeat_share": 0.0, **options}))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


@dataclass
class Client:
    """Asks a server as a browser would, and as one should not."""

    server: AnnotationServer

    def ask(
        self,
        method: str,
        name: str,
        said: object = None,
        *,
        path: str | None = None,
        body: bytes | None = None,
        **headers: str | None,
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and content. A header that is None is left out."""
        address = urlsplit(self.server.url)
        connection = http.client.HTTPConnection("127.0.0.1", address.port or 0, timeout=30)
        sent: dict[str, str | None] = {"Host": address.netloc}
        if method == "POST":
            body = json.dumps(said).encode() if body is None else body
            sent |= {"Origin": f"http://{address.netloc}", "Content-Type": "application/json"}
        sent |= {key.replace("_", "-"): value for key, value in headers.items()}
        connection.putrequest(method, path or f"{address.path}{name}", skip_host=True, skip_accept_encoding=True)
        for key, value in sent.items():
            if value is not None:
                connection.putheader(key, value)
        if body is not None and "Content-Length" not in sent:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, {key.lower(): value for key, value in answer.getheaders()}, content

    def post(self, name: str, **said: object) -> dict[str, Any]:
        """What the server replies to what the page says."""
        status, _, content = self.ask("POST", name, said)
        assert status == 200, content
        found: dict[str, Any] = json.loads(content)
        return found


@pytest.fixture
def serve() -> Iterator[Callable[..., Client]]:
    """``serve(desk, rater="") -> Client``."""
    servers: list[AnnotationServer] = []

    def start(desk: Desk, **options: Any) -> Client:
        server = AnnotationServer(desk, **options)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        return Client(server)

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless browser, the report's. Skips where there is none."""
    path = Path(__file__).parents[1] / "report" / "chromium.py"
    spec = importlib.util.spec_from_file_location("human_chromium", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    program = module.find_chromium()
    if program is None:
        pytest.skip(f"no browser to answer in (one of {', '.join(module.NAMES)})")
    with module.Chromium(program) as browser:
        yield browser
