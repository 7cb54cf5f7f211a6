"""The fast way to run a model: shared beginnings computed once, rows continued, finished rows leaving the batch."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from charter.models.completer import Sampling
from charter.models.hf_forward import Forward, Line
from charter.models.hf_kept import KeptPrefixes, KeptRow, KeptRows, kept_bytes
from charter.models.hf_requests import Batches, Ends, Question, Request
from charter.models.hf_rows import SLOTS_AHEAD, Rows, Span
from charter.models.hf_sampling import choose, uniforms
from charter.models.prefixes import group_by_prefix


@dataclass(frozen=True, slots=True)
class _Prefix:
    length: int
    span: Span | None


@dataclass(frozen=True, slots=True)
class _Order:
    """How the answers of a call are written."""

    sampling: Sampling
    ends: Ends
    on_done: Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Job:
    """A request, and what of its prompt is still to be computed."""

    request: Request
    line: Line
    kept: bool
    """Whether there is room to keep its row for the next call."""


class SharedRunner:
    """Runs a model whose attention can be ``hf_attention``'s."""

    def __init__(self, forward: Forward, batches: Batches) -> None:
        self._forward = forward
        self._geometry = forward.geometry
        self._batches = batches
        self._limit = kept_bytes(self._geometry)
        self._prefixes = KeptPrefixes(self._limit, self._geometry.token_bytes)
        self._kept = self._no_rows()

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        return self._geometry.device

    def generate(
        self, requests: Sequence[Request], sampling: Sampling, ends: Ends, on_done: Callable[[], None]
    ) -> None:
        """See ``Runner``."""
        order = _Order(sampling, ends, on_done)
        before, self._kept = self._kept, self._no_rows()
        steps = max((request.limit for request in requests), default=0)
        for group in group_by_prefix([request.tokens for request in requests], steps):
            members = [requests[index] for index in group.members]
            jobs = [self._job(request, group.shared, before) for request in members]
            jobs.sort(key=lambda job: (len(job.line.tail), job.line.old_length))
            rows: dict[int, KeptRow] = {}

            def run(batch: Sequence[_Job], shared: int = group.shared, rows: dict[int, KeptRow] = rows) -> None:
                _Decoding(self, batch, self._prefix(batch[0].request.tokens[:shared]), order, rows).run()

            self._batches.work(jobs, run, lambda job: _give_up(job.request, on_done), self._free)
            for request in members:  # in this order, whichever was finished first
                if id(request) in rows:
                    self._kept.add(rows[id(request)])

    def score(self, questions: Sequence[Question]) -> list[list[float]]:
        """See ``Runner``."""
        scores: list[list[float]] = [[math.nan] * len(question.options) for question in questions]
        for group in group_by_prefix([question.tokens for question in questions], 1):
            order = sorted(group.members, key=lambda index: len(questions[index].tokens))

            def run(batch: Sequence[int], shared: int = group.shared) -> None:
                prefix = self._prefix(questions[batch[0]].tokens[:shared])
                found = self._score([questions[index] for index in batch], prefix)
                for index, row in zip(batch, found, strict=True):
                    scores[index] = row

            self._batches.work(order, run, lambda index: None, self._free)
        return scores

    def prompts(self, lines: Sequence[Line], prefix: Span | None, ahead: int) -> tuple[Rows, torch.Tensor]:
        """Rows with all lines computed, and the logits after each; equal prompts are computed once."""
        first: dict[tuple[int, ...], int] = {}
        sources = [first.setdefault((line.position, *line.tail), len(first)) for line in lines]
        unique = [lines[sources.index(source)] for source in range(len(first))]
        if any(line.old for line in lines):
            sources, unique = list(range(len(lines))), list(lines)
        end = max(len(line.tail) for line in unique) + max(line.old_length for line in unique)
        rows = Rows(self._geometry, len(unique), end + ahead, prefix)
        logits = self._forward.prompts(rows, unique, end)[:, 0]
        if len(unique) == len(lines):
            return rows, logits
        return rows.spread(sources, self._geometry, end + ahead), logits[torch.tensor(sources, device=logits.device)]

    def step(self, rows: Rows, tokens: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
        """The logits after one more token of each row."""
        return self._forward.step(rows, tokens, positions)

    def _score(self, questions: Sequence[Question], prefix: _Prefix) -> list[list[float]]:
        lines = [Line(question.tokens[prefix.length :], prefix.length) for question in questions]
        rows, logits = self.prompts(lines, prefix.span, 0)
        first = logits.float().log_softmax(-1)
        scores = [
            [float(first[row, option[0]]) if option else 0.0 for option in question.options]
            for row, question in enumerate(questions)
        ]
        longer = sorted(
            (len(option), row, column)
            for row, question in enumerate(questions)
            for column, option in enumerate(question.options)
            if len(option) > 1
        )
        for start in range(0, len(longer), self._batches.size):
            places = [(row, column) for _, row, column in longer[start : start + self._batches.size]]
            for (row, column), rest in zip(places, self._rest(questions, rows, places, prefix), strict=True):
                scores[row][column] += rest
        return scores

    def _rest(
        self, questions: Sequence[Question], rows: Rows, places: Sequence[tuple[int, int]], prefix: _Prefix
    ) -> list[float]:
        """The log-probabilities of the options' tokens after the first, given the prompt and the tokens before."""
        options = [questions[row].options[column] for row, column in places]
        taken = {row: rows.take(row) for row in dict.fromkeys(row for row, _ in places)}
        lines = [
            Line(option[:-1], len(questions[row].tokens), taken[row])
            for (row, _), option in zip(places, options, strict=True)
        ]
        width = max(len(line.tail) for line in lines)
        end = width + max(line.old_length for line in lines)
        continued = Rows(self._geometry, len(lines), end, prefix.span)
        logits = self._forward.prompts(continued, lines, end, width)
        sums = []
        for row, option in enumerate(options):
            after = logits[row, width - len(option) + 1 :].float().log_softmax(-1)
            picked = after.gather(1, torch.tensor(option[1:], device=after.device)[:, None])
            sums.append(float(picked.sum(dtype=torch.float64)))
        return sums

    def _prefix(self, tokens: tuple[int, ...]) -> _Prefix:
        return _Prefix(len(tokens), self._prefixes.get(tokens, self._forward.prefix) if tokens else None)

    def _job(self, request: Request, shared: int, kept: KeptRows) -> _Job:
        # Whether there is room is decided by what a row may need, not by what those finished before it did need.
        room = self._kept.room_for(len(request.tokens) - shared + request.limit)
        return _Job(request, self._line(request.tokens, shared, kept), room)

    def _line(self, tokens: tuple[int, ...], shared: int, kept: KeptRows) -> Line:
        found = kept.longest(tokens)
        if found is None or found[1] <= shared:
            return Line(tokens[shared:], shared)
        row, known = found
        return Line(tokens[known:], known, row.span(shared, known))

    def _no_rows(self) -> KeptRows:
        return KeptRows(self._limit, self._geometry.token_bytes)

    def _free(self) -> None:
        self._prefixes.clear()
        self._kept = self._no_rows()
        if self._geometry.device.type == "cuda":
            torch.cuda.empty_cache()


class _Decoding:
    """One batch from prompt to end."""

    def __init__(
        self, runner: SharedRunner, jobs: Sequence[_Job], prefix: _Prefix, order: _Order, kept: dict[int, KeptRow]
    ) -> None:
        self._runner = runner
        self._jobs = [job for job in jobs if job.request.finish is None]
        self._prefix = prefix
        self._order = order
        self._kept = kept

    def run(self) -> None:
        """Decodes until every request is finished."""
        jobs = self._jobs
        for job in jobs:
            job.request.restart()
        most = max(job.request.limit for job in jobs)
        device = self._runner.device
        rows, logits = self._runner.prompts(
            [job.line for job in jobs], self._prefix.span, min(most, SLOTS_AHEAD[device.type])
        )
        positions = torch.tensor([len(job.request.tokens) for job in jobs], device=device)
        drawn = None
        if self._order.sampling.temperature > 0:
            drawn = uniforms([job.request.seed for job in jobs], most).to(device)
        for step in range(most):
            tokens = choose(logits, self._order.sampling, drawn[: len(jobs), step] if drawn is not None else None)
            written = tokens.tolist()
            leaving = [row for row, job in enumerate(jobs) if job.request.write(written[row], self._order.ends)]
            for row in leaving:
                self._keep(jobs[row], rows, row)
                self._order.on_done()
            if len(leaving) == len(jobs):
                return
            for hole, mover in rows.drop(leaving):
                jobs[hole] = jobs[mover]
                tokens[hole] = tokens[mover]
                positions[hole] = positions[mover]
                if drawn is not None:
                    drawn[hole] = drawn[mover]
            del jobs[rows.count :]
            tokens, positions = tokens[: rows.count], positions[: rows.count]
            logits = self._runner.step(rows, tokens, positions)
            positions = positions + 1

    def _keep(self, job: _Job, rows: Rows, row: int) -> None:
        if job.kept:
            tokens = (*job.request.tokens, *job.request.written[:-1])
            own = rows.take(row)
            self._kept[id(job.request)] = KeptRow(
                tokens, len(job.request.tokens), self._prefix.length, self._prefix.span, own
            )


def _give_up(request: Request, on_done: Callable[[], None]) -> None:
    request.error = "out of memory, even alone in its batch"
    request.restart()
    on_done()
