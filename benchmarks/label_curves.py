"""How good a reward model so many labels make, from the constitution and from (SIMULATED) people.

    python benchmarks/label_curves.py runs/x --out curves.json     # runs/x: a run of the organism with its labels
    charter agreement runs/x --curves curves.json --html labels.html

For each number of labels and each labeller, a reward model is trained from the run's SL-CAI checkpoint as the recipe
says, and measured on one fixed set of pairs that none is trained on: of those where the organism's oracle prefers one
response, the share that the scores rank the same way, with its 95% Wilson interval. Both labellers label the very
same pairs.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from charter.human import SimulatedRaters
from charter.organisms.preference import oracle_preference
from charter.progress import Progress
from charter.records import Preference
from charter.store import RunFolder
from charter.train import RewardTask, load_reward_model, measure_reward, train_reward
from charter.train.preference_data import hold_out
from charter.train.run_stages import common, sl_cai

HELD_OUT = 0.25


def main() -> None:
    """Trains, prints a table and writes the curves."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--labels", type=int, nargs="+", default=[75, 150, 300, 600, 1200])
    parser.add_argument("--out", type=Path, help="JSON file for charter agreement --curves")
    asked = parser.parse_args()
    run = RunFolder.read(asked.run)
    by_ai = [each for each in run.shards("prefer", Preference).read() if each.p_first is not None]
    by_people = SimulatedRaters(run.recipe.prefer.human, run.recipe.seed).work([each.pair for each in by_ai])
    labellers = {"ai": by_ai, "simulated": by_people}
    curves = {name: [point(run, labels, n) for n in asked.labels] for name, labels in labellers.items()}
    for name, points in curves.items():
        for each in points:
            print(f"{name:<10}{each['n']:>6} labels  {each['accuracy']:.1%} [{each['low']:.1%}, {each['high']:.1%}]")
    if asked.out:
        asked.out.write_text(json.dumps({"curves": curves}, indent=2) + "\n", encoding="utf-8")


def point(run: RunFolder, labels: Sequence[Preference], n: int) -> dict[str, float]:
    """A reward model of the first ``n`` labels, by the hash that also says which are held out."""
    kept, held = hold_out(labels, HELD_OUT, run.recipe.seed)
    used = sorted(kept, key=lambda each: each.pair.id)[:n]
    with tempfile.TemporaryDirectory() as folder:
        settings = {**common(run, "reward"), "out": Path(folder) / "reward"}
        config = run.recipe.reward.model_copy(update={"held_out": 1e-9})
        train_reward(RewardTask(base=sl_cai(run), config=config, **settings), used, Progress(quiet=True))
        model = load_reward_model(settings["out"], run.recipe.model)
        measured = measure_reward(model, held, len(used), oracle_preference).oracle
    if measured is None or measured.rate is None:
        raise SystemExit(f"{run.path}: the oracle prefers neither response of any pair that was kept back")
    return {"n": len(used), "accuracy": measured.rate, "low": measured.low, "high": measured.high}


if __name__ == "__main__":
    main()
