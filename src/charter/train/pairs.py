"""Pairs in tokens, and the batches and measures that reward model and DPO have in common."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from charter.train.encode import Encoder, Tokens
from charter.train.preference_data import Comparison, PreferenceData
from charter.train.trainer import Ordered
from charter.training_data import LeftOut, counted

MARGINS = {"accuracy": "accuracy", "margin": "margin"}
"""What the log keeps of a step beside what it keeps of any: see ``Pairwise.note_margins``."""


@dataclass(frozen=True, slots=True)
class PairTokens:
    """Two answers to one prompt in tokens, each as the model would have written it after that prompt."""

    first: Tokens
    second: Tokens
    p_first: float

    @property
    def length(self) -> int:
        """What the pair costs: the tokens of its longer half, to which the shorter is padded."""
        return max(len(self.first.ids), len(self.second.ids))


def encode_pairs(
    encoder: Encoder, comparisons: Sequence[Comparison]
) -> tuple[list[PairTokens], tuple[Comparison, ...], Counter[LeftOut]]:
    """The pairs that fit, in their order, as tokens and as they were, and a count of those of which a half does not."""
    firsts = encoder.encode_each([(each.prompt, each.first) for each in comparisons])
    seconds = encoder.encode_each([(each.prompt, each.second) for each in comparisons])
    pairs: list[PairTokens] = []
    fitting: list[Comparison] = []
    left_out: Counter[LeftOut] = Counter()
    for comparison, first, second in zip(comparisons, firsts, seconds, strict=True):
        if isinstance(first, LeftOut):
            left_out[first] += 1
        elif isinstance(second, LeftOut):
            left_out[second] += 1
        else:
            pairs.append(PairTokens(first, second, comparison.p_first))
            fitting.append(comparison)
    return pairs, tuple(fitting), left_out


@dataclass(frozen=True, slots=True)
class PairExamples:
    """What a training of pairs is trained on, once it is tokens."""

    pairs: list[PairTokens]
    left_out: Mapping[LeftOut, int]
    labels: Mapping[str, int]

    @classmethod
    def of(cls, data: PreferenceData, encoder: Encoder, label: str) -> Self:
        """The examples of a training that is called ``label``.

        Raises:
            StageError: no pair fits, or none that fits has a label that is no tie.
        """
        pairs, fitting, unfit = encode_pairs(encoder, data.comparisons)
        left_out = {**data.left_out, **unfit}
        kept = PreferenceData(fitting, left_out)
        kept.check(label)
        return cls(pairs, left_out, kept.labels)

    @property
    def summary(self) -> str:
        """For the screen."""
        without = f"; left out: {counted(self.left_out)}" if self.left_out else ""
        return f"{len(self.pairs):,} pairs, {self._tokens:,} tokens, {self.labels['tie']:,} ties{without}"

    @property
    def record(self) -> dict[str, Any]:
        """For ``training.json``."""
        return {
            "examples": len(self.pairs),
            "tokens": self._tokens,
            "labels": self.labels,
            "left_out": self.left_out,
        }

    @property
    def _tokens(self) -> int:
        return sum(len(pair.first.ids) + len(pair.second.ids) for pair in self.pairs)


def pair_dataset(pairs: Sequence[PairTokens]) -> Any:
    """The pairs as the trainers' data set."""
    from datasets import Dataset

    return Dataset.from_dict(
        {
            "first": [pair.first.ids for pair in pairs],
            "second": [pair.second.ids for pair in pairs],
            "prompt": [pair.first.prompt for pair in pairs],
            "p_first": [pair.p_first for pair in pairs],
        }
    )


class PairCollator:
    """Batches of N pairs: 2N rows padded on the right, all first answers before all second ones, for one forward."""

    def __init__(self, pad: int) -> None:
        self._pad = pad

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """``input_ids``, ``attention_mask`` and ``answer_mask`` of shape (2N, T); every other column, of shape (N,)."""
        import torch

        texts = [row[half] for half in ("first", "second") for row in rows]
        longest = max(map(len, texts))
        prompts = [row["prompt"] for row in rows] * 2
        places_2N_T = torch.arange(longest)[None]
        lengths, begins = torch.tensor([len(ids) for ids in texts])[:, None], torch.tensor(prompts)[:, None]
        shown_2N_T = places_2N_T < lengths
        batch = {
            "input_ids": torch.tensor([[*ids, *[self._pad] * (longest - len(ids))] for ids in texts]),
            "attention_mask": shown_2N_T.long(),
            "answer_mask": shown_2N_T & (places_2N_T >= begins),
        }
        others = [name for name in rows[0] if name not in ("first", "second", "prompt")]
        return batch | {name: torch.tensor([float(row[name]) for row in rows]) for name in others}


class Pairwise(Ordered):
    """Mixed into TRL's trainers of pairs: they take our batches, and log how far the better response is ahead."""

    accelerator: Any
    _metrics: Any

    def _prepare_dataset(self, dataset: Any, *_: object, **__: object) -> Any:
        return dataset  # it is tokens already

    def note_margins(self, difference_N: Any, p_first_N: Any) -> None:
        """Logs ``accuracy``, the share of labels that are no tie whose better response is ahead, and ``margin``, by how
        much it is ahead in the mean."""
        import torch

        ahead_N = difference_N.detach() * (p_first_N - 0.5).sign()  # 0 for a tie
        sums = torch.stack([(ahead_N > 0).sum(), ahead_N.sum(), (p_first_N != 0.5).sum()]).float()
        right, margin, n = self.accelerator.reduce(sums, "sum").tolist()
        if n:
            self._metrics["train"]["accuracy"].append(right / n)
            self._metrics["train"]["margin"].append(margin / n)
