"""Answers of the policy while it is trained: prompt tokens in, the tokens that it wrote out.

Charter's own decoder writes them where it can run the model (see ``charter.models.hf_probe``): on a CPU several times
faster than transformers' ``generate``, and with random numbers that depend on a seed of their own, so that a training
that was killed goes on with the very answers it would have had. An adapter's weights are used as they are, beside the
base's: merging them in and taking them out again would leave rounding behind in the base.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from charter.models.completer import Sampling
from charter.models.rendering import Renderer
from charter.records import Finish

Fallback = Callable[[list[list[int]]], list[list[int]]]
"""Another way to write: prompts' tokens in, completions' tokens out."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """One answer."""

    tokens: list[int]
    """What the policy wrote, the token that ends the turn included; at least one."""
    text: str
    finish: Finish


class Decoder:
    """Writes answers with a model that is being trained."""

    def __init__(
        self, model: Any, renderer: Renderer, sampling: Sampling, *, batch_size: int, context: int | None, whole: bool
    ) -> None:
        """
        Args:
            model: the language model itself, not an adapter's or a launcher's wrapping of it.
            batch_size: answers written together.
            context: most tokens that prompt and answer may have together.
            whole: whether this process holds all of the model's weights.
        """
        from charter.models.hf_probe import probe, window
        from charter.models.hf_requests import Batches
        from charter.models.hf_workers import Workers

        self._model = model
        self._renderer = renderer
        self._sampling = sampling
        self._context = context
        self._own: str = model.config._attn_implementation
        self._batches = Batches(batch_size, Workers(model))
        self._forward = None
        self._window = window(model.config)
        self.reason = "through generate: the weights are divided among processes"
        if whole:
            with evaluating(model):
                self._forward, self.reason = probe(model)
            self._fast = model.config._attn_implementation
            self._attend(self._own)

    def write(self, prompts: Sequence[Sequence[int]], seeds: Sequence[int], fallback: Fallback) -> list[Rollout]:
        """An answer a prompt, each drawn with its seed; ``fallback`` draws as it will."""
        if self._forward is None or self._longest(prompts) > (self._window or 1 << 30):
            return [self._cut(tokens) for tokens in fallback([list(prompt) for prompt in prompts])]
        from charter.models.hf_requests import Request
        from charter.models.hf_shared import SharedRunner

        most = self._sampling.max_new_tokens
        requests = [
            Request(tuple(prompt), seed, min(most, (self._context or 1 << 30) - len(prompt)))
            for prompt, seed in zip(prompts, seeds, strict=True)
        ]
        # A new runner each time: what an old one keeps was computed with the weights before the last step.
        runner = SharedRunner(self._forward, self._batches)
        with evaluating(self._model):
            self._attend(self._fast)
            try:
                runner.generate(requests, self._sampling, self._ends, lambda: None)
            finally:
                self._attend(self._own)
        for request in requests:
            if request.error:
                raise MemoryError(f"out of memory while answering: {request.error}")
        return [self._rollout(request.written, request.finish or "length") for request in requests]

    def _longest(self, prompts: Sequence[Sequence[int]]) -> int:
        return max(map(len, prompts)) + self._sampling.max_new_tokens

    def _attend(self, implementation: str) -> None:
        if self._model.config._attn_implementation != implementation:
            self._model.set_attn_implementation(implementation)

    def _ends(self, tokens: Sequence[int]) -> bool:
        return tokens[-1] in self._renderer.stop_tokens or self._renderer.ends(tokens)

    def _cut(self, tokens: list[int]) -> Rollout:
        """What ``generate`` wrote, up to where the turn ends: it knows of end tokens, but not of texts that end one."""
        end = next((length for length in range(1, len(tokens) + 1) if self._ends(tokens[:length])), None)
        return self._rollout(tokens[:end], "stop" if end else "length")

    def _rollout(self, tokens: list[int], finish: Finish) -> Rollout:
        written = tokens[:-1] if tokens[-1] in self._renderer.stop_tokens else tokens
        return Rollout(tokens, self._renderer.text(written), finish)


@contextmanager
def evaluating(model: Any) -> Iterator[None]:
    """The model is in evaluation mode (no dropout), and afterwards in whichever it was."""
    training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(training)
