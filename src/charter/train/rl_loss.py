"""Log-probabilities of what the policy wrote, over real tokens alone.

TRL computes a batch as it is padded: each prompt to the longest, and each answer to the longest. Here rows are moved to
begin at their first token and, on one processor, passed through the model in groups of like length. Padding is then at
the end alone, where no token of a row sees it, so that no mask is needed and positions count from each row's own first
token, as they did when the answer was written.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

TOKENS_A_PASS = 2048
"""Tokens that go through a small model together, padding included: more of them no longer stay in the cache."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Prompts and answers, each row beginning at its first token."""

    ids: "torch.Tensor"  # (rows, tokens)
    prompts: "torch.Tensor"  # (rows,), tokens of each prompt
    lengths: "torch.Tensor"  # (rows,), tokens of prompt and answer
    kept: int
    """Columns of the answers, padded."""

    @classmethod
    def of(cls, input_ids: "torch.Tensor", attention_mask: "torch.Tensor", kept: int) -> "Batch":
        """From prompts padded on the left and answers, the last ``kept`` columns, padded on the right."""
        import torch

        width = input_ids.size(1)
        lengths = attention_mask.sum(1)
        first = width - kept - attention_mask[:, : width - kept].sum(1)
        index = (first[:, None] + torch.arange(width, device=first.device)).clamp(max=width - 1)
        return cls(input_ids.gather(1, index), width - kept - first, lengths, kept)

    def passes(self, budget: int | None) -> "list[torch.Tensor]":
        """Indices of the rows of each pass: all, or those of like length of at most ``budget`` tokens together."""
        import torch

        if budget is None:
            return [torch.arange(len(self.lengths), device=self.lengths.device)]
        order = self.lengths.argsort(stable=True)
        lengths = self.lengths[order].tolist()
        borders = [0]
        for place, length in enumerate(lengths):
            if place > borders[-1] and length * (place + 1 - borders[-1]) > budget:
                borders.append(place)
        return list(order.tensor_split(borders[1:]))


@dataclass(frozen=True, slots=True)
class Head:
    """How a model says how likely its tokens were."""

    temperature: float
    positions: bool
    """Whether the model computes logits only where it is told to; otherwise TRL's fused head gives them."""


def log_probs(model: Any, batch: Batch, head: Head, budget: int | None) -> "tuple[torch.Tensor, torch.Tensor]":
    """Of each token of the answers, (rows, ``batch.kept``): its log-probability, and the entropy it was drawn with.

    Both are in nats and 0 where there is padding; the entropy carries no gradient. The tokens count as drawn at
    ``head.temperature``.
    """
    import torch

    shape = (len(batch.lengths), batch.kept)
    rows, columns, values, entropies = [], [], [], []
    for part in batch.passes(budget):
        width = int(batch.lengths[part].max())
        ids = batch.ids[part, :width]
        before = batch.prompts[part, None] - 1  # the last token of the prompt says what comes first
        at = torch.arange(width - 1, device=ids.device)
        scored = (at >= before) & (at < batch.lengths[part, None] - 1)
        found = (_chosen if head.positions else _fused)(model, ids, scored, head.temperature)
        row, place = scored.nonzero(as_tuple=True)
        rows.append(part[row])
        columns.append((at - before)[row, place])
        values.append(found[0])
        entropies.append(found[1])
    where = (torch.cat(rows), torch.cat(columns))
    value, entropy = torch.cat(values), torch.cat(entropies)
    return value.new_zeros(shape).index_put(where, value), entropy.new_zeros(shape).index_put(where, entropy)


def _chosen(
    model: Any, ids: "torch.Tensor", scored: "torch.Tensor", temperature: float
) -> "tuple[torch.Tensor, torch.Tensor]":
    import torch

    positions = scored.any(0).nonzero().squeeze(1)  # where any row of the pass has a token of an answer next
    logits = model(input_ids=ids, use_cache=False, logits_to_keep=positions).logits
    each = (logits[scored[:, positions]].float() / temperature).log_softmax(-1)
    with torch.no_grad():
        entropy = -(each.exp() * each).sum(-1)
    return each.gather(1, ids[:, 1:][scored][:, None]).squeeze(1), entropy


def _fused(
    model: Any, ids: "torch.Tensor", scored: "torch.Tensor", temperature: float
) -> "tuple[torch.Tensor, torch.Tensor]":
    """Through the head that TRL puts into the model, which was told the temperature."""
    labels = ids.clone()
    labels[:, 0] = -100
    labels[:, 1:][~scored] = -100
    output = model(input_ids=ids, labels=labels, fused_lm_head=True)
    value = output.log_probs[scored]
    entropy = value.detach() * 0 if output.entropy is None else output.entropy[scored].detach()
    return value, entropy
