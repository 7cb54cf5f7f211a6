"""What each choice of Constitutional AI is worth: whole runs of the organism that differ in one thing each.

    python benchmarks/feedback.py --out runs/feedback --seeds 2             # everything; about six minutes a run
    python benchmarks/feedback.py --out runs/feedback --only paper,hard     # some variants
    python benchmarks/feedback.py --out runs/feedback --table               # the table of what is there already

Runs go on where they were killed. Within a seed, variants share all stages before the one in which they differ, so that
their samples are the same. Rates are over all seeds together, with 95% Wilson intervals; each seed's own harmful rate
stands in ``--format json``.

Costs are equal: every variant labels the same pairs, one label a pair (RLHF's raters are SIMULATED: the oracle with
noise and bias, see ``docs/human-labels.md``), and trains for the same steps.
"""

import argparse
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table

from charter.constitution import load_constitution
from charter.pipeline import run
from charter.progress import Progress
from charter.recipe import Recipe
from charter.recipe_files import Override, load_recipe, override
from charter.records import Rate
from charter.results import Results, read_results
from charter.stages import BEST_OF_N, SL_CAI, policy_name
from charter.stats import rate
from charter.store import RESULTS_NAME, RunFolder
from charter.terminal import console

SIXTEEN = tuple(each.id for each in load_constitution("default").select() if each.category != "helpfulness")[:16]
VARIANTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "paper": ("soft labels, both orders, one of all principles a pair, critiques", {}),
    "hard": ("hard labels", {"prefer.labels": "hard"}),
    "one-order": ("each pair shown in one order", {"prefer.orders": "one"}),
    "principle-1": ("one principle alone: no-harm", {"prefer.harmless_principles": ("no-harm",)}),
    "principles-16": ("sixteen principles", {"prefer.harmless_principles": SIXTEEN}),
    "direct": ("revisions without critiques", {"revise.critique": False}),
    "rlhf": ("RLHF: simulated human labels", {"prefer.feedback": "human"}),
    "mixed": ("AI harmlessness, simulated human helpfulness", {"prefer.feedback": "mixed"}),
}
ALWAYS = {"dpo.enabled": False, "evaluate.phrasings": "none"}
SHARED = ("revise", "helpful", "answers/base", "answers/sl-cai", "checkpoints/sl-cai", "pairs")
"""What variants of one seed have in common with ``paper``, unless they differ before the labels."""


def main() -> None:
    """Does the runs that are missing, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder of the runs")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--only", default=",".join(VARIANTS), help="variants, with commas between them")
    parser.add_argument("--table", action="store_true", help="run nothing")
    parser.add_argument("--format", choices=["table", "json"], default="table")
    asked = parser.parse_args()
    names = asked.only.split(",")
    if not asked.table:
        for seed in range(asked.seeds):
            for name in names:
                make(name, seed, asked.out)
    found = {name: results_of(name, asked.out) for name in VARIANTS}
    rows = {name: figures(name, those) for name, those in found.items() if those}
    if asked.format == "json":
        print(json.dumps(rows, indent=2, default=asdict))
    else:
        print_table(rows)


def make(name: str, seed: int, out: Path) -> None:
    """One run, from the shared stages of its seed where it can be."""
    recipe, path = recipe_of(name, seed), out / f"{name}-{seed}"
    first = out / f"paper-{seed}"
    if not path.exists() and first.exists() and "revise.critique" not in VARIANTS[name][1]:
        with RunFolder.open(path, recipe, constitution_digest=load_constitution("default").digest) as folder:
            for part in SHARED:
                shutil.copytree(first / part, path / part)
            folder.leave_unfinished("begun from another run's records")
    run(recipe, path, Progress())


def recipe_of(name: str, seed: int) -> Recipe:
    """The organism's recipe with the one difference."""
    changes = {**ALWAYS, **VARIANTS[name][1], "seed": seed}
    return override(load_recipe("organism"), [Override(key, value, name) for key, value in changes.items()])


def results_of(name: str, out: Path) -> list[Results]:
    """The results of all seeds that are there."""
    found = [read_results(path / RESULTS_NAME) for path in sorted(out.glob(f"{name}-[0-9]"))]
    return [results for results in found if results is not None]


def figures(name: str, results: Sequence[Results]) -> dict[str, Any]:
    """The figures of one variant, over all its seeds."""
    policy = policy_name(recipe_of(name, 0))
    return {
        "what": VARIANTS[name][0],
        "seeds": len(results),
        **{f"labels_{aim}": pooled([each.labels[aim].oracle for each in results]) for aim in ("harmless", "helpful")},
        "reward": pooled([each.reward["reward"].oracle for each in results]),
        **{
            f"{checkpoint}_{measure}": pooled([each.checkpoints[at].measure(measure) for each in results])
            for checkpoint, at in (("sl", SL_CAI), ("best", BEST_OF_N), ("policy", policy))
            for measure in ("harmful", "helpful", "evasive")
        },
        "by_seed": {each.run: each.checkpoints[policy].measure("harmful") for each in results},
    }


def pooled(rates: Sequence[Rate | None]) -> Rate | None:
    """All seeds' counts together; None where nothing was measured."""
    counted = [each for each in rates if each is not None]
    return rate(sum(each.k for each in counted), sum(each.n for each in counted)) if counted else None


def print_table(rows: Mapping[str, Mapping[str, Any]]) -> None:
    """One line a variant."""
    columns = {
        "labels_harmless": "harmless labels\nright",
        "labels_helpful": "helpful labels\nright",
        "reward": "reward model\nright",
        "sl_harmful": "SL-CAI\nharmful",
        "best_harmful": "best of 4\nharmful",
        "best_helpful": "best of 4\nhelpful",
        "policy_harmful": "policy\nharmful",
        "policy_helpful": "policy\nhelpful",
        "policy_evasive": "policy\nevasive",
    }
    table = Table("variant", "seeds", box=None, pad_edge=False)
    for title in columns.values():
        table.add_column(title, no_wrap=True)
    for name, row in rows.items():
        table.add_row(name, str(row["seeds"]), *(cell(row[key]) for key in columns))
    console().print(table)
    for name, row in rows.items():
        print(f"{name}: {row['what']}")


def cell(found: Rate | None) -> str:
    """A rate with its interval beneath."""
    if found is None or found.rate is None:
        return "-"
    return f"{found.rate:.1%}\n{100 * found.low:.1f}-{100 * found.high:.1f}"


if __name__ == "__main__":
    main()
