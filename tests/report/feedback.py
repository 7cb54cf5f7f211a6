"""What the second half of a run leaves in its folder: compared pairs, labels, a reward model, policies, snapshots.

The texts, the labels and the truth are the organism's own; the numbers of training are made up, in a plausible shape.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from charter.codec import to_row
from charter.digests import digest, record_id
from charter.evaluate import comparison
from charter.organisms.preference import oracle_preference
from charter.records import Checkpoint, Feedback, Judgement, Pair, Preference, Prompt, Rate, Sample, Status, Vote
from charter.results import Results
from charter.results_feedback import Bin, LabelResults, PolicyPoint, PolicyResults, RewardResults
from charter.results_snapshots import (
    ComparisonCounts,
    Consistency,
    EloScore,
    HarmScore,
    SnapshotResults,
)
from charter.stats import rate
from charter.store import RunFolder

REFUSES = {"base": 0.04, "sl-cai": 0.85, "best-of-n": 0.93, "dpo": 0.95, "rl-cai": 0.985, "rlhf": 0.97}
"""Share of harmful requests that each checkpoint declines."""
DIGESTS = {name: digest(name) for name in (*REFUSES, "reward")} | {"best-of-n": digest("sl-cai")}

Write = Callable[[Prompt, str, float], Sample]
"""A response to the prompt, by the model of that digest, which declines that share of harmful requests."""


def compare(prompts: Sequence[Prompt], write: Write) -> tuple[list[Sample], list[Pair]]:
    """Two responses of SL-CAI to each prompt, and the pairs that they make."""
    samples, pairs = [], []
    for prompt in prompts:
        both = [write(prompt, DIGESTS["sl-cai"], 0.6) for _ in range(2)]
        samples += [replace(one, id=record_id("pair sample", prompt.id, place)) for place, one in enumerate(both)]
        pairs.append(Pair(prompt=prompt, first=both[0].text, second=both[1].text))
    return samples, pairs


def label(pairs: Sequence[Pair], principles: Sequence[str], constitution: str, feedback: Feedback) -> list[Preference]:
    """Labels that mostly follow the oracle, with a judge's position bias, ties and a few failures."""
    rng = random.Random(3)
    return [_label(rng, pair, principles, constitution, feedback) for pair in pairs]


def _label(
    rng: random.Random, pair: Pair, principles: Sequence[str], constitution: str, feedback: Feedback
) -> Preference:
    truth = oracle_preference(pair.prompt.messages, pair.first, pair.second, pair.aim)
    lean = 0.0 if truth in (None, 0.5) else 1.3 if truth == 1.0 else -1.3
    logit = rng.gauss(lean, 1.4)
    failed = rng.random() < 0.02
    reason = "the judge answered neither A nor B" if failed else ""
    forward, backward = (None if failed else 1 / (1 + math.exp(-(logit + bias))) for bias in (0.35, -0.35))
    if pair.first == pair.second and not failed:
        forward = backward = 0.5
    is_ai = feedback == "ai"
    vote = Vote(
        principle_id=rng.choice(principles) if is_ai else "",
        forward=forward,
        backward=backward if is_ai else None,
        mass=rng.uniform(0.9, 1.0) if is_ai and not failed else None,
        reason=reason,
    )
    return Preference(
        id=record_id("preference", pair.id),
        pair=pair,
        p_first=vote.p_first,
        votes=(vote,),
        feedback=feedback,
        rater="organism" if is_ai else f"simulated-{rng.randrange(3) + 1}",
        judge_digest=digest("judge") if is_ai else "",
        constitution_digest=constitution if is_ai else "",
        seconds=None if is_ai else rng.lognormvariate(3.4, 0.4),
        status=Status.FAILED if failed else Status.OK,
        reason=reason,
    )


def keep_checkpoint(run: RunFolder, name: str, constitution: str) -> None:
    """The provenance file of a model trained on preferences."""
    made = Checkpoint(
        name=name,
        path=f"checkpoints/{name}",
        digest=DIGESTS[name],
        base_digest=DIGESTS["sl-cai"],
        constitution_digest=constitution,
        data_digest=digest("preferences"),
    )
    run.write_json(f"checkpoints/{name}/charter.json", to_row(made))


def with_feedback(
    results: Results, preferences: Sequence[Preference], judged: Mapping[str, Sequence[Judgement]]
) -> Results:
    """The results with all that comes after SL-CAI."""
    later = [name for name in results.checkpoints if name not in ("base", "sl-cai")]
    return results.model_copy(
        update={
            "paired_sl_cai": {name: comparison(judged["sl-cai"], judged[name], "sl-cai") for name in later},
            "labels": {aim: labels(preferences, aim) for aim in ("harmless", "helpful")},
            "reward": {"reward": reward()},
            "policies": {name: dpo() if name == "dpo" else rl(name) for name in later if name != "best-of-n"},
            "snapshots": snapshots(list(results.checkpoints)),
        }
    )


def labels(preferences: Sequence[Preference], aim: str) -> LabelResults:
    """Counts of the labels themselves."""
    asked = [one for one in preferences if one.pair.aim == aim]
    given = [one for one in asked if one.p_first is not None]
    failed = len(asked) - len(given)
    judged = [
        (one.p_first > 0.5) == (truth > 0.5)
        for one in given
        if one.p_first not in (None, 0.5)
        and (truth := oracle_preference(one.pair.prompt.messages, one.pair.first, one.pair.second, one.pair.aim))
        not in (None, 0.5)
    ]
    both = [
        (vote.forward, vote.backward)
        for one in given
        for vote in one.votes
        if vote.forward is not None and vote.backward is not None
    ]
    shown_first = sum(forward > 0.5 for forward, _ in both) + sum(backward < 0.5 for _, backward in both)
    timed = [one.seconds for one in given if one.seconds is not None]
    return LabelResults(
        feedback=asked[0].feedback if asked else "",
        rater=asked[0].rater if asked else "",
        pairs=len(asked),
        labelled=len(given),
        ties=sum(one.p_first == 0.5 for one in given),
        failed={"the judge answered neither A nor B": failed} if failed else {},
        first_shown=rate(shown_first, 2 * len(both)) if both else None,
        order_agreement=rate(sum((a > 0.5) == (b > 0.5) for a, b in both), len(both)) if both else None,
        mass=0.953 if both else None,
        confidence=sum(2 * abs((one.p_first or 0.5) - 0.5) for one in given) / len(given) if given else None,
        oracle=rate(sum(judged), len(judged)),
        seconds_per_label=sum(timed) / len(timed) if timed else 0.0041,
    )


def reward() -> RewardResults:
    """A reward model that is a little too sure of itself."""
    sizes = (14, 22, 9, 7, 5, 6, 8, 11, 21, 17)
    bins = [
        Bin(low=place / 10, high=(place + 1) / 10, n=n, predicted=middle, observed=0.5 + 0.82 * (middle - 0.5))
        for place, n in enumerate(sizes)
        for middle in [(place + 0.5) / 10]
    ]
    return RewardResults(
        digest=DIGESTS["reward"],
        trained_on=1080,
        held_out=sum(sizes),
        accuracy=rate(101, 114),
        by_aim={"harmless": rate(62, 66), "helpful": rate(39, 48)},
        oracle=rate(97, 108),
        loss=0.3127,
        ece=0.0462,
        reliability=tuple(bins),
        length_correlation=0.18,
        longer_wins=rate(61, 110),
        longer_is_better=rate(55, 104),
    )


def rl(name: str = "rl-cai", steps: int = 120, stopped: str = "") -> PolicyResults:
    """A policy whose reward rises and levels off."""
    rng = random.Random(5)
    points = []
    for step in range(1, steps + 1):
        share = 1 - math.exp(-3 * step / steps)
        looked = step % 20 == 0
        points.append(
            PolicyPoint(
                step=step,
                loss=rng.gauss(0.0, 0.02),
                reward=-0.4 + 2.3 * share + rng.gauss(0, 0.22),
                kl=max(0.0, 3.1 * share + rng.gauss(0, 0.25)),
                length=21 + 4 * share + rng.gauss(0, 0.9),
                entropy=0.62 - 0.2 * share + rng.gauss(0, 0.015),
                judge=round(64 * (0.84 + 0.13 * share)) / 64 if looked else None,
                judge_n=64 if looked else None,
            )
        )
    return PolicyResults(
        algorithm="rloo",
        digest=DIGESTS[name],
        steps=80 if stopped else steps,
        stopped=stopped,
        held_out_judge="oracle (0f3c9a1b)",
        points=tuple(points),
    )


def dpo() -> PolicyResults:
    """A policy whose loss falls."""
    rng = random.Random(6)
    points = [
        PolicyPoint(
            step=step,
            loss=0.36 + 0.333 * math.exp(-step / 9) + rng.gauss(0, 0.012),
            accuracy=min(1.0, 0.92 - 0.4 * math.exp(-step / 7) + rng.gauss(0, 0.03)),
        )
        for step in range(1, 36)
    ]
    return PolicyResults(algorithm="dpo", digest=DIGESTS["dpo"], steps=35, points=tuple(points))


ELO = {
    "base": (0.0, 0.0, 0.0, 0.0),
    "sl-cai": (612.0, 48.0, -8.0, 31.0),
    "best-of-n": (688.0, 55.0, -3.0, 30.0),
    "dpo": (705.0, 58.0, 4.0, 33.0),
    "rl-cai": (741.0, 61.0, 12.0, 34.0),
    "rlhf": (722.0, 60.0, 9.0, 34.0),
}
"""Harmlessness and half its interval, helpfulness and half its."""


def snapshots(names: Sequence[str]) -> SnapshotResults:
    """All of the checkpoints beside one another."""
    others = len(names) - 1
    return SnapshotResults(
        pair_judge="oracle (0f3c9a1b)",
        compared={
            "harmless": ComparisonCounts(prompts=200, pairs=1980, ties=1103, unjudged=20),
            "helpful": ComparisonCounts(prompts=120, pairs=1200, ties=1090),
        },
        harmlessness=tuple(_elo(name, *ELO[name][:2], 200 * others) for name in names),
        helpfulness=tuple(_elo(name, *ELO[name][2:], 120 * others) for name in names),
        harm_judge="oracle (0f3c9a1b)",
        harm={name: _harm(1 - REFUSES[name]) for name in names},
        non_evasive={name: _not_evasive(name) for name in names},
        consistency={
            name: Consistency(groups=48, answers=171, same=same, low=same - 0.05, high=min(1.0, same + 0.03))
            for name in names
            for same in [0.82 + 0.16 * REFUSES[name]]
        },
    )


def _elo(name: str, elo: float, half: float, games: float) -> EloScore:
    return EloScore(name=name, elo=elo, low=elo - half, high=elo + 1.2 * half, games=games, wins=games * 0.5)


def _harm(share: float) -> HarmScore:
    mean = 3.4 * share
    return HarmScore(mean=mean, low=0.8 * mean, high=min(4.0, 1.2 * mean + 0.02), n=200, unscored=1)


def _not_evasive(name: str) -> Rate:
    harmless = max(8, round(200 * REFUSES[name]))
    return rate(harmless - round(0.02 * harmless), harmless)
