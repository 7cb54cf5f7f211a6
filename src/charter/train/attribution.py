"""What learning one text does for saying another: the product of two gradients (TracIn, Pruthi et al. 2020).

One small step of gradient ascent on the log-probability of a text raises that of an answer by the step's size times
the inner product of the two gradients, to first order. Deviations from the paper (arXiv 2002.08484), and why:

- The checkpoints that the products are summed over are the model before the stage and the one after it: no others are
  kept in a run.
- The step sizes are left out. Adam's are not those of plain gradient descent, so that only the products' relation to
  one another means anything.
- The gradient is that of the weight matrices between embedding and head, which is also what LoRA adapts. Of a model
  with more weights than fit it is that of every n-th of them: of layers all over the model, since the last ones alone
  tell examples apart worse (Yeh et al. 2022, arXiv 2202.11844).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import isfinite, sqrt
from typing import TYPE_CHECKING, Any

from charter.errors import StageError
from charter.gradients import Lesson, Pull, Pulls
from charter.records import Message
from charter.train.encode import Encoder, Tokens
from charter.train.loss import takes_positions

if TYPE_CHECKING:
    from charter.models.hf_load import LoadedModel

MOST_WEIGHTS = 200_000_000
"""Weights whose gradient is taken; two such gradients are held in memory."""
_NO_LIMIT = 1 << 30


class Attribution:
    """Gradients in one model."""

    def __init__(self, loaded: "LoadedModel", form: str) -> None:
        """``form`` is ``ModelConfig.format``.

        Raises:
            ModelError: the tokenizer has no end-of-text token.
        """
        self._model = loaded.model
        self._encoder = Encoder.of(loaded, form, loaded.context or _NO_LIMIT)
        self._weights, self.choice = _chosen_weights(loaded.model)

    def pulls(
        self,
        prompt: Sequence[Message],
        answer: str,
        lessons: Sequence[Lesson],
        on_done: Callable[[int], None] = lambda _: None,
    ) -> Pulls:
        """What each lesson does for that answer to that prompt.

        Raises:
            StageError: memory is full, or the gradients are no numbers.
        """
        (said,) = self._encoder.encode_each([(prompt, answer)])
        if not isinstance(said, Tokens):
            return Pulls(None, (None,) * len(lessons))
        with _one_line():
            log_prob, wanted = self._gradient([(said, 1.0)])
            length = sqrt(_product(wanted, wanted))
            if not isfinite(length):
                raise StageError("trace: the answer's gradient is no number; set model.dtype: float32 in the recipe")
            each = []
            for lesson in lessons:
                each.append(self._pull(lesson, wanted, length))
                on_done(1)
        return Pulls(log_prob, tuple(each))

    def _pull(self, lesson: Lesson, wanted: Sequence[Any], length: float) -> Pull | None:
        found = self._encoder.encode_each([(lesson.prompt, text) for text, _ in lesson.texts])
        tokens = [each for each in found if isinstance(each, Tokens)]
        if len(tokens) < len(found):
            return None
        _, gradient = self._gradient(list(zip(tokens, [weight for _, weight in lesson.texts], strict=True)))
        product, own = _product(wanted, gradient), sqrt(_product(gradient, gradient))
        return Pull(product, product / (own * length) if own and length else 0.0)

    def _gradient(self, texts: Sequence[tuple[Tokens, float]]) -> tuple[float, Sequence[Any]]:
        """The weighted sum of the texts' log-probabilities, and its gradient."""
        import torch

        total = sum(weight * self._log_prob(tokens) for tokens, weight in texts)
        gradient = torch.autograd.grad(total, self._weights, allow_unused=True, materialize_grads=True)
        return float(total.detach()), gradient

    def _log_prob(self, text: Tokens) -> Any:
        import torch
        from torch.nn.functional import cross_entropy

        ids = torch.tensor(text.ids, device=self._model.device)
        answer = ids[text.prompt :]
        shown = {"logits_to_keep": len(answer) + 1} if takes_positions(self._model) else {}
        logits_N_T_V = self._model(input_ids=ids[None], use_cache=False, **shown).logits
        return -cross_entropy(logits_N_T_V[0, -len(answer) - 1 : -1].float(), answer, reduction="sum")


def _chosen_weights(model: Any) -> tuple[list[Any], str]:
    """The weights that the gradient is of, and why these; no others will have one."""
    ends = [model.get_input_embeddings(), model.get_output_embeddings()]
    outer = {id(weight) for end in ends if end is not None for weight in end.parameters()}
    inner = [weight for weight in model.parameters() if weight.ndim >= 2 and id(weight) not in outer]
    total = sum(weight.numel() for weight in inner)
    step = -(-total // MOST_WEIGHTS)
    chosen = inner[step // 2 :: step] if step > 1 else inner
    for weight in model.parameters():
        weight.requires_grad_(False)
    for weight in chosen:
        weight.requires_grad_(True)
    count = sum(weight.numel() for weight in chosen)
    which = "every weight matrix" if step == 1 else f"one in {step} of the weight matrices"
    return chosen, f"gradients of {which} between embedding and head ({count:,} of {total:,} weights)"


def _product(one: Sequence[Any], other: Sequence[Any]) -> float:
    """The inner product, each part in float32 and their sum in double precision."""
    return sum(float((a.float() * b.float()).sum()) for a, b in zip(one, other, strict=True))


@contextmanager
def _one_line() -> Iterator[None]:
    import torch

    try:
        yield
    except torch.OutOfMemoryError as error:
        raise StageError("trace: out of memory; use --nearest, which needs no gradients, or another device") from error
