"""How good a reward model is: measured on preferences that it was not trained on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, isfinite, log1p

from charter.records import Aim, Message, Preference, Rate
from charter.results_feedback import Bin, RewardResults
from charter.stats import rate
from charter.train.preference_data import Comparison, preference_data
from charter.train.scoring import RewardModel, Scored

BINS = 10
"""Bins of the reliability diagram, of equal width."""

Oracle = Callable[[Sequence[Message], str, str, Aim], float | None]
"""Who knows which of two answers is better: 1 the first, 0 the second, 0.5 neither, None where it cannot tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One held-out comparison, and what the reward model says of its two answers."""

    aim: Aim
    p_first: float
    difference: float
    """Score of the first answer minus that of the second."""
    longer: int
    """Tokens of the first answer minus those of the second."""
    oracle: float | None = None

    @property
    def predicted(self) -> float:
        """Probability, by the model, that the first is better: the logistic function of the difference."""
        grown = exp(-abs(self.difference))
        return 1 / (1 + grown) if self.difference >= 0 else grown / (1 + grown)

    @property
    def loss(self) -> float:
        """The soft pairwise loss, in nats."""
        return self.p_first * _softplus(-self.difference) + (1 - self.p_first) * _softplus(self.difference)


def measure_reward(
    model: RewardModel, held_out: Sequence[Preference], trained_on: int, oracle: Oracle | None = None
) -> RewardResults:
    """What the model makes of preferences that were kept back.

    Pairs that do not fit into the model are not counted among the ``held_out`` ones of the result.
    """
    comparisons = preference_data(held_out).comparisons
    chats = [each.prompt for each in comparisons]
    firsts = model.rate(chats, [each.first for each in comparisons])
    seconds = model.rate(chats, [each.second for each in comparisons])
    measured = [
        _measured(comparison, first, second, oracle)
        for comparison, first, second in zip(comparisons, firsts, seconds, strict=True)
        if isfinite(first.score) and isfinite(second.score)
    ]
    return results_of(measured).model_copy(update={"digest": model.digest, "trained_on": trained_on})


def results_of(measured: Sequence[Measured]) -> RewardResults:
    """The measures of these comparisons."""
    if not measured:
        return RewardResults()
    gaps = [abs(sum(each.predicted - each.p_first for each in those)) for those in _binned(measured)]
    lengths = [each for each in measured if each.longer]
    return RewardResults(
        held_out=len(measured),
        accuracy=_agreement(measured),
        by_aim={aim: _agreement([each for each in measured if each.aim == aim]) for aim in _aims(measured)},
        oracle=_oracle_agreement(measured),
        loss=sum(each.loss for each in measured) / len(measured),
        ece=sum(gaps) / len(measured),
        reliability=_bins(measured),
        length_correlation=_length_correlation(measured),
        longer_wins=_same_way([each.difference * each.longer for each in lengths]),
        longer_is_better=_same_way([(each.p_first - 0.5) * each.longer for each in lengths if each.p_first != 0.5]),
    )


def _measured(comparison: Comparison, first: Scored, second: Scored, oracle: Oracle | None) -> Measured:
    known = oracle(comparison.prompt, comparison.first, comparison.second, comparison.aim) if oracle else None
    return Measured(
        aim=comparison.aim,
        p_first=comparison.p_first,
        difference=first.score - second.score,
        longer=first.tokens - second.tokens,
        oracle=known,
    )


def _aims(measured: Sequence[Measured]) -> list[Aim]:
    return sorted({each.aim for each in measured})


def _agreement(measured: Sequence[Measured]) -> Rate:
    """Of labels that are no tie, those whose better answer scored higher."""
    return _same_way([(each.p_first - 0.5) * each.difference for each in measured if each.p_first != 0.5])


def _oracle_agreement(measured: Sequence[Measured]) -> Rate | None:
    known = [(each.oracle, each.difference) for each in measured if each.oracle is not None]
    decided = [(oracle - 0.5) * difference for oracle, difference in known if oracle != 0.5]
    return _same_way(decided) if decided else None


def _same_way(products: Sequence[float]) -> Rate:
    """How often both factors point the same way; where one is 0, as equal scores are, they do not."""
    return rate(sum(each > 0 for each in products), len(products))


def _bins(measured: Sequence[Measured]) -> tuple[Bin, ...]:
    return tuple(
        Bin(
            low=number / BINS,
            high=(number + 1) / BINS,
            n=len(those),
            predicted=sum(each.predicted for each in those) / len(those) if those else None,
            observed=sum(each.p_first for each in those) / len(those) if those else None,
        )
        for number, those in enumerate(_binned(measured))
    )


def _binned(measured: Sequence[Measured]) -> list[list[Measured]]:
    """The comparisons by the bin of what the model predicts for them."""
    inside: list[list[Measured]] = [[] for _ in range(BINS)]
    for each in measured:
        inside[min(int(each.predicted * BINS), BINS - 1)].append(each)
    return inside


def _length_correlation(measured: Sequence[Measured]) -> float | None:
    """Spearman's; None where one of the two does not vary."""
    from scipy.stats import spearmanr

    differences, lengths = [each.difference for each in measured], [each.longer for each in measured]
    if len(set(differences)) < 2 or len(set(lengths)) < 2:
        return None
    return float(spearmanr(differences, lengths).statistic)


def _softplus(x: float) -> float:
    """log(1 + exp(x)), which is -log sigmoid(-x)."""
    return max(x, 0.0) + log1p(exp(-abs(x)))
