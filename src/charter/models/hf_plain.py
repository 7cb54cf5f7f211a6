"""The plain way to run a model: transformers' own ``generate``, whatever the architecture keeps from token to token.

For models whose cache cannot be shared between rows (state-space models, windows of attention shorter than the chat,
attention that is not looked up in transformers' registry). Each token is still drawn by the request's own numbers.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from transformers import GenerationConfig, LogitsProcessor, StoppingCriteria

from charter.models.completer import Sampling
from charter.models.hf_requests import Batches, Ends, Question, Request
from charter.models.hf_sampling import choose, uniforms


class PlainRunner:
    """Runs any model that ``generate`` can run."""

    def __init__(self, model: Any, batches: Batches) -> None:
        self._model = model
        self._batches = batches

    def generate(
        self, requests: Sequence[Request], sampling: Sampling, ends: Ends, on_done: Callable[[], None]
    ) -> None:
        """See ``Runner``."""
        order = sorted(requests, key=lambda request: len(request.tokens))

        def fail(request: Request) -> None:
            request.error = "out of memory, even alone in its batch"
            on_done()

        def run(batch: Sequence[Request]) -> None:
            self._generate(batch, sampling, ends)
            for _ in batch:
                on_done()

        with _no_defaults(self._model):
            self._batches.work(order, run, fail, self._free)

    def score(self, questions: Sequence[Question]) -> list[list[float]]:
        """See ``Runner``."""
        scores = [[math.nan if option else 0.0 for option in question.options] for question in questions]
        places = [
            (row, column)
            for row, question in enumerate(questions)
            for column, option in enumerate(question.options)
            if option
        ]

        def run(batch: Sequence[tuple[int, int]]) -> None:
            texts = [questions[row].tokens + questions[row].options[column] for row, column in batch]
            starts = [len(questions[row].tokens) for row, _ in batch]
            for (row, column), score in zip(batch, self._score(texts, starts), strict=True):
                scores[row][column] = score

        places.sort(key=lambda place: len(questions[place[0]].tokens) + len(questions[place[0]].options[place[1]]))
        self._batches.work(places, run, lambda place: None, self._free)
        return scores

    def _generate(self, batch: Sequence[Request], sampling: Sampling, ends: Ends) -> None:
        for request in batch:
            request.restart()
        width = max(len(request.tokens) for request in batch)
        ids = torch.zeros(len(batch), width, dtype=torch.long)
        attended = torch.zeros_like(ids)
        for row, request in enumerate(batch):
            ids[row, width - len(request.tokens) :] = torch.tensor(request.tokens)
            attended[row, width - len(request.tokens) :] = 1
        most = max(request.limit for request in batch)
        device = self._model.device
        self._model.generate(
            input_ids=ids.to(device),
            attention_mask=attended.to(device),
            generation_config=GenerationConfig(max_new_tokens=most, do_sample=False, pad_token_id=0),
            logits_processor=[_Choice([request.seed for request in batch], sampling, most)],
            stopping_criteria=[_Writing(batch, ends)],
        )

    def _score(self, texts: Sequence[tuple[int, ...]], starts: Sequence[int]) -> list[float]:
        """Padding on the right changes nothing for the tokens before it, in any causal model."""
        width = max(len(text) for text in texts)
        ids = torch.zeros(len(texts), width, dtype=torch.long)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = torch.tensor(text)
        attended = torch.tensor([[1] * len(text) + [0] * (width - len(text)) for text in texts])
        device = self._model.device
        logits = self._model(input_ids=ids.to(device), attention_mask=attended.to(device)).logits
        sums = []
        for row, (text, start) in enumerate(zip(texts, starts, strict=True)):
            after = logits[row, start - 1 : len(text) - 1].float().log_softmax(-1)
            picked = after.gather(1, torch.tensor(text[start:], device=after.device)[:, None])
            sums.append(float(picked.sum(dtype=torch.float64)))
        return sums

    def _free(self) -> None:
        if self._model.device.type == "cuda":
            torch.cuda.empty_cache()


@contextmanager
def _no_defaults(model: Any) -> Iterator[None]:
    """``generate`` would fill in whatever the model's own generation configuration says beside what was asked for."""
    defaults = model.generation_config
    model.generation_config = GenerationConfig()
    try:
        yield
    finally:
        model.generation_config = defaults


class _Choice(LogitsProcessor):  # type: ignore[misc]  # transformers is not typed
    """Leaves only the token that the request's own number chooses, so that ``generate``'s greedy search takes it."""

    def __init__(self, seeds: Sequence[int], sampling: Sampling, steps: int) -> None:
        self._sampling = sampling
        self._drawn = uniforms(seeds, steps) if sampling.temperature > 0 else None
        self._step = 0

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        drawn = self._drawn[:, self._step].to(scores.device) if self._drawn is not None else None
        self._step += 1
        chosen = choose(scores, self._sampling, drawn)
        return torch.full_like(scores, -torch.inf).scatter(1, chosen[:, None], 0)


class _Writing(StoppingCriteria):  # type: ignore[misc]  # transformers is not typed
    """Hands each new token to its request, and says which requests are finished."""

    def __init__(self, batch: Sequence[Request], ends: Ends) -> None:
        self._batch = batch
        self._ends = ends

    def __call__(self, input_ids: torch.Tensor, scores: Any, **kwargs: Any) -> torch.Tensor:
        for request, token in zip(self._batch, input_ids[:, -1].tolist(), strict=True):
            if request.finish is None:
                request.write(token, self._ends)
        return torch.tensor([request.finish is not None for request in self._batch], device=input_ids.device)
