"""Whether a trace finds what it should on the organism, whose categories are known.

python benchmarks/trace.py runs/x                  # a run of the organism that has come to its fine-tuned model
python benchmarks/trace.py runs/x --answers 40

For refusals of red-team test prompts: which share of the nearest training examples, and of the contribution, is of the
answer's own harm category; how far fine-tuning raised the answer; how much a random training example contributes.
"""

import argparse
import random
import sys
from collections import defaultdict
from pathlib import Path
from statistics import fmean, stdev

from charter.progress import Progress
from charter.records import Behaviour, Revision, Sample
from charter.runs import find_run
from charter.trace import Found, StageTrace, TraceConfig, Tracer
from charter.train import Attribution

TOP = 5
CHECKPOINT = "sl-cai"


def main() -> None:
    """Prints one table: the mean over answers, and its standard error."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", help="a run folder of the organism")
    parser.add_argument("--answers", type=int, default=21, help="how many refusals are traced")
    asked = parser.parse_args()
    run = find_run(asked.run, Path("runs"))
    tracer = Tracer(run, TraceConfig(), Progress(quiet=True), Attribution)
    measured: dict[str, list[float]] = defaultdict(list)
    for number, identity in enumerate(refusals(tracer, asked.answers), 1):
        trace = tracer.example(identity, CHECKPOINT)
        for name, value in measures(trace.stages[0], trace.target.prompt.category, tracer).items():
            measured[name].append(value)
        print(f"{number} of {asked.answers}", file=sys.stderr)
    for name, values in measured.items():
        error = stdev(values) / len(values) ** 0.5 if len(values) > 1 else float("nan")
        print(f"{name:<62}{fmean(values):>8.2f} ± {error:.2f}  (n = {len(values)})")


def refusals(tracer: Tracer, most: int) -> list[str]:
    """Ids of answers that refuse, the categories in turn."""
    by_category: dict[str, list[str]] = defaultdict(list)
    for verdict in tracer.material.judgements:
        prompt = verdict.sample.prompt
        refused = verdict.behaviour is Behaviour.REFUSAL and prompt.kind == "red_team" and not prompt.held_out
        if refused and verdict.sample in tracer.material.answers[CHECKPOINT]:
            by_category[prompt.category].append(verdict.sample.id)
    rng = random.Random(0)
    drawn = [rng.sample(ids, len(ids)) for ids in by_category.values()]
    return [ids[turn] for turn in range(max(map(len, drawn))) for ids in drawn if turn < len(ids)][:most]


def measures(stage: StageTrace, category: str, tracer: Tracer) -> dict[str, float]:
    """What one trace says of itself."""
    records: tuple[Revision | Sample, ...] = (*tracer.material.revisions, *tracer.material.helpful)
    nearest = sorted(stage.found, key=lambda each: each.rank)

    def same(found: list[Found]) -> float:
        return fmean(each.learned.prompt.category == category for each in found)

    toward = [(each, max(each.share or 0.0, 0.0)) for each in stage.found]
    total = sum(share for _, share in toward)
    own = sum(share for each, share in toward if each.learned.prompt.category == category)
    before, after = stage.log_prob_start or 0.0, stage.log_prob_end or 0.0
    return {
        "same category: of all training records": fmean(each.prompt.category == category for each in records),
        f"same category: of the {TOP} nearest": same(nearest[:TOP]),
        f"same category: of the {stage.candidates} nearest": same(nearest),
        f"same category: of the {TOP} that contribute most": same(list(stage.found[:TOP])),
        "same category: of the contribution towards the answer": own / total if total else 0.0,
        "a random other example, as a part of a near one": stage.others or 0.0,
        "log-probability of the answer, before": before,
        "log-probability of the answer, after": after,
    }


if __name__ == "__main__":
    main()
