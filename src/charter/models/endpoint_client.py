"""Many questions to one server: at most so many at once, each within its deadline, repeated where that may help.

The questions run on an event loop in a thread of its own. So a deadline cuts off whatever hangs, be it a body that
comes a byte at a time; Ctrl-C does not wait for the server; and the caller may itself run in a loop, as notebooks do.
"""

import asyncio
import json
import math
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from queue import SimpleQueue

import httpx2

from charter.errors import ModelError
from charter.models.completer import OnDone
from charter.models.endpoint_key import Key
from charter.models.endpoint_text import error_text, one_line, root_cause
from charter.models.endpoint_types import Failure, Limits, Question, Reply
from charter.served import ServedModel

MAX_REPLY = 64 * 2**20
"""Bytes; a longer reply is a failure, so that a server cannot fill this machine's memory."""
_IDLE_SECONDS = 3.0
"""A connection idle for longer is not used again: common servers close theirs after five."""


class EndpointClient:
    """Asks one server; see the module."""

    def __init__(self, served: ServedModel, key: Key, limits: Limits) -> None:
        """
        Raises:
            ModelError: the proxy that the environment names cannot be used.
        """
        self.limits = limits
        self._served = served
        self._key = key
        self._tls = httpx2.create_ssl_context()
        try:
            self._http()
        except (ValueError, ImportError, httpx2.InvalidURL) as error:
            # Not the error's own words: a proxy's URL may hold a password.
            raise ModelError(
                f"{served.url}: the proxy named in HTTP_PROXY, HTTPS_PROXY or ALL_PROXY cannot be used; "
                "mend it, or put the host into NO_PROXY"
            ) from error

    def ask(self, question: Question) -> Reply:
        """The answer to one question."""
        return self.ask_all([question])[0]

    def ask_all(self, questions: Sequence[Question], on_done: OnDone | None = None) -> list[Reply]:
        """An answer to each question, in their order; ``on_done`` is called in this thread."""
        replies: dict[int, Reply] = {}
        finished: SimpleQueue[tuple[int, Reply] | None] = SimpleQueue()
        with _event_loop() as loop:
            work = asyncio.run_coroutine_threadsafe(self._work(questions, finished.put), loop)
            work.add_done_callback(lambda _: finished.put(None))
            while (item := finished.get()) is not None:
                replies[item[0]] = item[1]
                if on_done is not None:
                    on_done(1)
            work.result()
        return [replies[index] for index in range(len(questions))]

    async def _work(self, questions: Sequence[Question], put: Callable[[tuple[int, Reply]], None]) -> None:
        todo = iter(enumerate(questions))

        async def worker(http: httpx2.AsyncClient) -> None:
            for index, question in todo:
                put((index, await self._answer(http, question)))

        async with self._http() as http, asyncio.TaskGroup() as group:
            for _ in range(min(self.limits.concurrency, len(questions))):
                group.create_task(worker(http))

    async def _answer(self, http: httpx2.AsyncClient, question: Question) -> Reply:
        limits, clock = self.limits, asyncio.get_running_loop().time
        end = clock() + limits.deadline
        attempt = 0
        while True:
            attempt += 1
            reply = await self._attempt(http, question, min(limits.timeout, end - clock()))
            if not isinstance(reply, Failure) or not reply.passing:
                return reply
            wait = limits.first_wait * 2 ** (attempt - 1) * random.uniform(0.5, 1)
            if reply.wait is not None:
                wait = reply.wait + random.uniform(0, limits.first_wait)
            if attempt >= limits.attempts or clock() + wait >= end:
                return _given_up(reply, attempt, limits)
            await asyncio.sleep(wait)

    async def _attempt(self, http: httpx2.AsyncClient, question: Question, seconds: float) -> Reply:
        # ASCII JSON, since a lone surrogate in a text can be written in no other.
        content = None if question.body is None else json.dumps(question.body).encode("ascii")
        url = f"{self._served.url}/{question.path}"
        try:
            async with asyncio.timeout(seconds), http.stream(question.method, url, content=content) as response:
                raw = bytearray()
                async for chunk in response.aiter_bytes():
                    raw += chunk
                    if len(raw) > MAX_REPLY:
                        return Failure(f"the reply is longer than {MAX_REPLY:,} bytes", response.status_code)
        except TimeoutError:
            return Failure(f"no whole answer within {seconds:.3g} s", passing=True)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError) as error:
            return Failure(self._clean(f"no connection: {root_cause(error)}"), unreachable=True, passing=True)
        except httpx2.RequestError as error:
            return Failure(self._clean(f"the connection broke: {root_cause(error)}"), passing=True)
        return self._read(response, bytes(raw))

    def _read(self, response: httpx2.Response, raw: bytes) -> Reply:
        status = response.status_code
        try:
            data = json.loads(raw)
        except (ValueError, RecursionError):
            data = None
        if 200 <= status < 300:
            if isinstance(data, dict):
                return data
            return Failure(self._clean(f"the reply is no JSON object but {_shown(raw)}"), status)
        if 300 <= status < 400:
            return Failure(f"HTTP {status}: the server sends us elsewhere; name the final URL", status)
        said = "" if status in {401, 403} else error_text(data, raw)  # such replies may repeat a part of the key
        reason = self._clean(f"HTTP {status} {response.reason_phrase}".rstrip() + (f": {said}" if said else ""))
        passing = status in {408, 429} or (status >= 500 and status not in {501, 505})
        return Failure(reason, status, passing=passing, wait=_retry_after(response.headers.get("retry-after")))

    def _clean(self, text: str) -> str:
        return one_line(self._key.redacted(text))

    def _http(self) -> httpx2.AsyncClient:
        limits = self.limits
        return httpx2.AsyncClient(
            headers={"content-type": "application/json", **self._key.headers},
            verify=self._tls,
            timeout=httpx2.Timeout(None, connect=min(limits.timeout, 20.0)),
            limits=httpx2.Limits(
                max_connections=limits.concurrency,
                max_keepalive_connections=limits.concurrency,
                keepalive_expiry=_IDLE_SECONDS,
            ),
            trust_env=not self._served.is_loopback,
        )


@contextmanager
def _event_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop that runs in a thread of its own; leaving cancels what still runs on it."""
    ready: SimpleQueue[asyncio.AbstractEventLoop] = SimpleQueue()

    def run() -> None:
        with asyncio.Runner() as runner:
            ready.put(runner.get_loop())
            runner.get_loop().run_forever()

    thread = threading.Thread(target=run, name="charter-endpoint", daemon=True)
    thread.start()
    loop = ready.get()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def _given_up(failure: Failure, attempts: int, limits: Limits) -> Failure:
    """The failure after the last attempt, with what was tried."""
    tried = f"given up after {attempts} {'attempt' if attempts == 1 else 'attempts'}"
    if failure.wait is not None and attempts < limits.attempts:
        tried = f"given up: the server asks to wait {failure.wait:.0f} s, which the deadline does not leave"
    return replace(failure, reason=f"{failure.reason}; {tried}")


def _retry_after(value: str | None) -> float | None:
    """Seconds, from either form of the header; None when it is absent or makes no sense."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            at = parsedate_to_datetime(value)
        except ValueError:
            return None
        seconds = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _shown(raw: bytes) -> str:
    text = one_line(raw[:200].decode("utf-8", "replace"), 60)
    return f"'{text}'" if text else "nothing"
