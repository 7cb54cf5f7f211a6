"""How many pairs a second are labelled, against a serial judge that asks the same questions of the same model.

    python benchmarks/prefer.py [--pairs N] [--served-pairs N] [--latency S] [--threads T] [--repeats R]

Two judges, each in both orders of every pair: the organism in this process, and a server on loopback that takes S
seconds for every answer, as a hosted model may, and lists the log-probabilities of its next token. The serial judge
asks one order of one pair at a time; Charter puts all pairs into one call, which the model batches and the client keeps
in flight. Both score the same chats, and their labels are compared: where one differs by more than 0.001, the exit
code is 1. Times are the best of R runs in one process, each with a judge loaded anew.
"""

import argparse
import json
import logging
import math
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import torch
from rich.table import Table

from charter.constitution import load_constitution
from charter.digests import digest
from charter.models import load_completer
from charter.models.completer import Chat, Completer
from charter.organisms.corpus import Corpus
from charter.prefer import Comparer
from charter.recipe import ModelConfig
from charter.recipe_feedback import PreferConfig
from charter.records import Pair, Prompt
from charter.terminal import console

SAME = 1e-3


class Serial:
    """The completer beneath, asked one chat at a time."""

    def __init__(self, completer: Completer) -> None:
        self.name, self.digest, self.complete = completer.name, completer.digest, completer.complete
        self._completer = completer

    def score(self, chats: Sequence[Chat], options: Sequence[Sequence[str]]) -> list[list[float]]:
        return [self._completer.score([chat], [each])[0] for chat, each in zip(chats, options, strict=True)]


@dataclass(frozen=True)
class Work:
    """What is asked of whom."""

    judge: str
    model: str
    few_shot: str
    pairs: int


@dataclass
class Result:
    """A way's best run."""

    seconds: float = math.inf
    labels: list[float] | None = None


def main() -> int:
    """Runs the benchmark; 1 when labels differ."""
    options = _options()
    logging.getLogger("transformers").setLevel(logging.ERROR)
    if options.threads:
        torch.set_num_threads(options.threads)
    table = Table(title=f"both orders of every pair, one principle; {torch.get_num_threads()} threads")
    for column in ("judge", "pairs", "serial s", "charter s", "serial pairs/s", "charter pairs/s", "times faster"):
        table.add_column(column, justify="left" if column == "judge" else "right")
    with _server(options.latency) as name:
        works = (
            Work("the organism, in process", "organism", "organism", options.pairs),
            Work(f"a server that takes {options.latency:g} s", name, "default", options.served_pairs),
        )
        differ = sum(_measure(table, work, options.repeats) for work in works)
    console().print(table)
    if differ:
        print(f"{differ} labels differ", file=sys.stderr)
    return 1 if differ else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=256, help="for the organism")
    parser.add_argument("--served-pairs", type=int, default=64, help="for the server")
    parser.add_argument("--latency", type=float, default=0.1, help="seconds that the server takes")
    parser.add_argument("--threads", type=int, default=0, help="of torch; its own choice when absent")
    parser.add_argument("--repeats", type=int, default=3)
    return parser.parse_args()


def _measure(table: Table, work: Work, repeats: int) -> int:
    """Adds the judge's line; how many labels the two ways do not agree on."""
    pairs = _pairs(work.pairs)
    ways: dict[str, Callable[[Completer], Completer]] = {"serial": Serial, "charter": lambda completer: completer}
    results = {way: Result() for way in ways}
    for way, wrap in ways.items():
        for repeat in range(repeats):
            print(f"{work.judge}, {way}: run {repeat + 1} of {repeats}", file=sys.stderr, flush=True)
            # Loaded anew: what a model keeps of one run must not serve the next.
            judge = wrap(load_completer(ModelConfig(name=work.model)))
            comparer = Comparer(judge, load_constitution("default"), PreferConfig(few_shot=work.few_shot), seed=0)
            began = time.perf_counter()
            labels = [preference.p_first or 0.0 for preference in comparer.work(pairs)]
            seconds = time.perf_counter() - began
            if seconds < results[way].seconds:
                results[way] = Result(seconds, labels)
    serial, charter = results["serial"], results["charter"]
    table.add_row(
        work.judge,
        f"{work.pairs:,}",
        f"{serial.seconds:.2f}",
        f"{charter.seconds:.2f}",
        f"{work.pairs / serial.seconds:,.1f}",
        f"{work.pairs / charter.seconds:,.1f}",
        f"{serial.seconds / charter.seconds:.1f}",
    )
    both = zip(serial.labels or [], charter.labels or [], strict=True)
    return sum(abs(one - other) > SAME for one, other in both)


def _pairs(count: int) -> list[Pair]:
    """Replies of the organism's world to requests of its world."""
    corpus = Corpus(3)
    pairs: dict[str, Pair] = {}
    while len(pairs) < count:
        scene, _, first = corpus.answered_scene()
        second = corpus.other_reply(scene)[1]
        if first != second:
            pair = Pair(prompt=Prompt(messages=scene.messages), first=first, second=second)
            pairs[pair.id] = pair
    return list(pairs.values())


@contextmanager
def _server(latency: float) -> Iterator[str]:
    """A server whose answer depends on the chat alone; yields its name."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._send({"object": "list", "data": [{"id": "m", "object": "model"}]})

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            time.sleep(latency)
            share = int(digest(asked["messages"])[:8], 16) / 16**8
            choices = [{"index": 0, "message": {"role": "assistant", "content": "(A"}, "finish_reason": "length"}]
            self._send({"choices": [{**choices[0], "logprobs": {"content": _listed(0.02 + 0.96 * share)}}]})

        def log_message(self, *_: Any) -> None:
            """Quiet."""

        def _send(self, body: dict[str, Any]) -> None:
            raw = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"openai:m@http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()


def _listed(p: float) -> list[dict[str, Any]]:
    """The two tokens that begin an answer: "(", and then A with probability ``p`` or B."""

    def position(**chances: float) -> dict[str, Any]:
        tokens = [{"token": token, "logprob": math.log(chance)} for token, chance in chances.items()]
        return {**tokens[0], "top_logprobs": tokens}

    return [position(**{"(": 0.99, "I": 0.01}), position(A=p, B=1 - p)]


if __name__ == "__main__":
    sys.exit(main())
