"""One look of a person at a pair as a record, and many looks at one pair as one label."""

from collections.abc import Iterable, Sequence

from charter.digests import record_id
from charter.records import Feedback, Pair, Preference, Status, Vote

NO_LABEL = "no human label"
"""Why the preference of a pair that nobody has labelled is a failed one."""

BETWEEN_RATERS = ", "
"""What stands between the names where a label is that of several raters; no name holds it."""


def look_id(pair: Pair, rater: str, number: int) -> str:
    """The id of a rater's look at a pair; ``number`` is 0 for the first, 1 for a repeat of it, and so on."""
    return record_id("look", pair.id, rater, number)


def look(
    pair: Pair,
    rater: str,
    number: int,
    p_first: float | None,
    *,
    swapped: bool = False,
    seconds: float | None = None,
    feedback: Feedback = "human",
    reason: str = "",
    judge_digest: str = "",
) -> Preference:
    """What a rater said of a pair at one look; a failed record with that ``reason`` where ``p_first`` is None.

    ``swapped`` says that the pair's first response was shown second.
    """
    vote = Vote(reason=reason) if p_first is None else Vote(backward=p_first) if swapped else Vote(forward=p_first)
    return Preference(
        id=look_id(pair, rater, number),
        pair=pair,
        p_first=p_first,
        votes=(vote,),
        feedback=feedback,
        rater=rater,
        judge_digest=judge_digest,
        seconds=seconds,
        status=Status.FAILED if p_first is None else Status.OK,
        reason=reason,
    )


def distinct(pair: Pair) -> bool:
    """Whether there is something to choose: the two texts differ by more than white space around them."""
    return pair.first.strip() != pair.second.strip()


def joined(pair: Pair, looks: Iterable[Preference], *, feedback: Feedback = "human", identity: str = "") -> Preference:
    """The one label that all looks at a pair make: every look a vote, the label their mean.

    ``rater`` lists the raters, ``seconds`` is what they took together. Without a look that gave a label, two equal
    texts are a tie, which nobody need be asked about, and others a failed record with the reason ``NO_LABEL``.
    ``identity`` is the record's id, where it is not to follow from the looks.
    """
    every = sorted(looks, key=lambda each: (each.rater, each.id))
    given = [each for each in every if each.p_first is not None]
    votes = tuple(vote for each in given for vote in each.votes if vote.p_first is not None)
    p_first = _mean([vote.p_first for vote in votes if vote.p_first is not None])
    if p_first is None and not distinct(pair):
        p_first = 0.5
    times = [each.seconds for each in given if each.seconds is not None]
    why = next((f": {each.reason}" for each in every if each.reason), "")
    return Preference(
        id=identity or record_id("human-label", pair.id, [(each.id, each.p_first) for each in given]),
        pair=pair,
        p_first=p_first,
        votes=votes,
        feedback="simulated" if any(each.feedback == "simulated" for each in every) else feedback,
        rater=BETWEEN_RATERS.join(sorted({each.rater for each in given})),
        judge_digest=given[0].judge_digest if given else "",
        seconds=sum(times) if given and len(times) == len(given) else None,
        status=Status.FAILED if p_first is None else Status.OK,
        reason=f"{NO_LABEL}{why}" if p_first is None else "",
    )


def contradictions(looks: Iterable[Preference]) -> list[tuple[str, Pair]]:
    """Each rater and pair where the rater took the one response at one look, and the other at another.

    Records that were made of several raters' looks say nothing of one of them and are left out.
    """
    said: dict[tuple[str, str], list[Preference]] = {}
    for each in looks:
        if each.p_first is not None and BETWEEN_RATERS not in each.rater:
            said.setdefault((each.rater, each.pair.id), []).append(each)
    return [(rater, of[0].pair) for (rater, _), of in said.items() if _both_ways(of)]


def _both_ways(looks: Sequence[Preference]) -> bool:
    labels = [vote.p_first for each in looks for vote in each.votes if vote.p_first is not None]
    return min(labels, default=0.5) < 0.5 < max(labels, default=0.5)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
