"""From labels to everything that ``charter agreement`` says of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from charter.agreement.agree import alphas, between_kinds, pairwise
from charter.agreement.curves import worth_by_curve
from charter.agreement.labels import TIE, Labels, Oracle, Rater, Source, category, collect
from charter.agreement.repeats import first_shown, repeats
from charter.agreement.worth import measure_worth
from charter.errors import ConfigError
from charter.results_agreement import AgreementResults, LearningCurve, RaterResults

_SECONDS_PER_HOUR = 3600
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Costs:
    """What an hour costs, in any one unit; None where it is not known."""

    of_people: float | None = None
    of_machine: float | None = None


def measure_agreement(
    sources: Sequence[Source],
    *,
    oracle: Oracle | None = None,
    costs: Costs | None = None,
    curves: Sequence[LearningCurve] = (),
    seed: int = 0,
) -> AgreementResults:
    """Who agrees with whom in ``sources``, how far, at what cost, and what an AI label is worth.

    ``oracle`` becomes one more rater, on the pairs that it can judge. The same labels and seed give the same figures.

    Raises:
        ConfigError: no labels, labels of one rater alone, no two raters with a pair in common, or a label that is no
            probability.
    """
    labels = collect(sources, oracle)
    _check(sources, labels)
    found = pairwise(labels, seed)
    if not found:
        raise ConfigError(
            f"they have no pair in common: {_listed(labels)}; a pair is the same conversation and the same two "
            "responses, compared for the same aim: name labels of the same run"
        )
    worth, reason = measure_worth(labels, seed)
    return AgreementResults(
        sources=tuple(source.name for source in sources),
        pairs=len(labels.prompt_of_N),
        prompts=len(np.unique(labels.prompt_of_N)),
        identical=labels.identical,
        raters=tuple(_rater(labels, rater, costs or Costs()) for rater in labels.raters),
        pairwise=found,
        kinds=between_kinds(labels, seed),
        alpha=alphas(labels, seed),
        worth=worth,
        worth_reason=reason,
        curves=tuple(curves),
        curve_worth=worth_by_curve(curves),
    )


def _check(sources: Sequence[Source], labels: Labels) -> None:
    names = ", ".join(source.name for source in sources)
    if not any(rater.labels for rater in labels.raters):
        failed = sum(rater.failed for rater in labels.raters)
        raise ConfigError(
            f"{names}: no labels to compare (records without a label: {failed:,}, pairs of equal texts: "
            f"{labels.identical:,}); make some with 'charter prefer' or 'charter annotate'"
        )
    if sum(bool(rater.labels) for rater in labels.raters) == 1:
        raise ConfigError(
            f"{names}: all labels are of one rater, {_listed(labels)}; agreement needs two: name another run, or a "
            "folder or file with labels of others on the same pairs"
        )


def _listed(labels: Labels) -> str:
    named = [f"{rater.name} (pairs: {len(rater.labels):,})" for rater in labels.raters if rater.labels]
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    return f"{', '.join(named[:_SHOWN])}{more}"


def _rater(labels: Labels, rater: Rater, costs: Costs) -> RaterResults:
    _, p = rater.arrays()
    same_order, both_orders = repeats(labels, rater)
    seconds = median(rater.seconds) if rater.seconds else rater.seconds_per_label
    hourly = costs.of_machine if rater.feedback == "ai" else costs.of_people
    cost = None if seconds is None or hourly is None else 1000 * seconds * hourly / _SECONDS_PER_HOUR
    return RaterResults(
        name=rater.name,
        feedback=rater.feedback,
        digest=rater.digest,
        sources=tuple(rater.sources),
        labels=len(p),
        ties=int(np.sum(category(p) == TIE)),
        failed=rater.failed,
        first_shown=first_shown(labels, rater),
        same_order=same_order,
        both_orders=both_orders,
        seconds=seconds,
        labels_per_hour=_SECONDS_PER_HOUR / seconds if seconds else None,
        cost_per_1000=cost,
    )
