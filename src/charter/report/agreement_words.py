"""The figures of ``charter agreement`` in words, for the terminal and the page alike."""

from charter.records import Rate
from charter.results_agreement import KIND_NAMES, AgreementResults, Estimate, Worth
from charter.stats_bootstrap import FEWEST


def estimate_text(estimate: Estimate) -> str:
    """``0.62 [0.55, 0.68]``; or why there is none."""
    if estimate.value is None:
        return f"none ({estimate.reason})"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.2f} ({estimate.reason})"
    return f"{estimate.value:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]"


def votes_text(worth: Worth) -> str:
    """The votes that one AI label is worth; where these are more than were looked at, so many and a plus."""
    votes = worth.votes
    if votes.value is None:
        return f"none ({votes.reason})"

    def text(number: float) -> str:
        return f"{number:.1f}" if number < worth.votes_max else f"{worth.votes_max}+"

    if votes.low is None or votes.high is None:
        return f"{text(votes.value)} ({votes.reason})"
    return f"{text(votes.value)} [{text(votes.low)}, {text(votes.high)}]"


def few(rate: Rate | None) -> bool:
    """Whether a rate is of so few that its share and its interval would say more than it does."""
    return rate is not None and 0 < rate.n < FEWEST


def few_text(rate: Rate) -> str:
    """``1/2, n is too small``."""
    return f"{rate.k}/{rate.n}, n is too small"


def reference_words(worth: Worth) -> str:
    """What labels are held against."""
    return {"oracle": "the oracle", "majority": "the majority of the other people"}[worth.reference]


def worth_lines(results: AgreementResults) -> list[str]:
    """What an AI label is worth, and under which conditions; or why it is not known."""
    worth = results.worth
    if worth is None:
        lines = [f"What an AI label is worth is not known: {results.worth_reason}."]
    else:
        kind = KIND_NAMES[worth.people.feedback]
        lines = [
            f"One AI label is worth {estimate_text(worth.hard)} {kind} labels to train on; "
            f"{estimate_text(worth.soft)} where its probability is kept.",
            f"It is right as often as the majority of {votes_text(worth)} {kind} labels of the same pair.",
            *_conditions(worth),
        ]
    if results.curve_worth is not None:
        trained = {curve.feedback for curve in results.curves}
        kind = KIND_NAMES["human" if "human" in trained else "simulated"]
        lines.append(f"By the learning curves, it trains a reward model as {results.curve_worth:.2g} {kind} labels do.")
    return lines


def _conditions(worth: Worth) -> list[str]:
    found = []
    if worth.people.feedback == "simulated":
        found.append("These people are simulated: programs that know the truth and err as stated.")
    if worth.reference == "majority":
        found.append("The reference errs too: both look less accurate beside it than they are, in like measure.")
    if worth.correlation is None:
        found.append("People's errors are taken to be independent: what they get wrong together cannot be seen here.")
    if not worth.shared:
        found.append("AI and people labelled different pairs, which may not be equally hard.")
    return found
